"""kill -9 at five points of the worker's way: nothing is lost, and what comes twice is told."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest

from cryoclinic.models import Clinic
from scheduling.models import Message
from tests.attack.messages.due import Clients, ids, states
from tests.attack.messages.laboratory import Held, Laboratory

BATCH = 3

DUE, HELD, SENT = ("due", 0), ("sending", 1), ("sent", 1)

Point = Callable[[Laboratory, Sequence[Message], int], AbstractContextManager[None]]
"""Lets a worker come to that point with the message of that number; the block kills it there."""


@contextmanager
def before_the_claim(
    laboratory: Laboratory, plans: Sequence[Message], victim: int
) -> Iterator[None]:
    with laboratory.holding("LOCK TABLE scheduling_message") as lock:
        laboratory.scan()
        yield from _at(laboratory, lock)
    assert states(plans) == [DUE] * BATCH


@contextmanager
def after_the_claim(
    laboratory: Laboratory, plans: Sequence[Message], victim: int
) -> Iterator[None]:
    with laboratory.holding("LOCK TABLE clients_client") as lock:
        laboratory.scan()
        yield from _at(laboratory, lock)
    assert states(plans) == [HELD] * BATCH


@contextmanager
def before_the_mail(
    laboratory: Laboratory, plans: Sequence[Message], victim: int
) -> Iterator[None]:
    """The server has taken the connection and does not greet."""
    before = laboratory.to_smtp.connections
    laboratory.to_smtp.stall()
    laboratory.scan()
    laboratory.wait(lambda: laboratory.to_smtp.connections > before, "the worker to connect")
    yield
    assert states(plans) == [HELD] * BATCH


@contextmanager
def after_the_250(laboratory: Laboratory, plans: Sequence[Message], victim: int) -> Iterator[None]:
    """The server has said it, and the worker has not heard it yet."""

    def stall(address: str) -> None:
        if address == plans[victim].client.email:
            laboratory.to_smtp.stall()

    laboratory.post.at_data = stall
    laboratory.scan()
    laboratory.wait(lambda: laboratory.to_smtp.held.startswith(b"250"), "the server's answer")
    yield
    assert marked(plans) <= victim


@contextmanager
def before_the_mark(
    laboratory: Laboratory, plans: Sequence[Message], victim: int
) -> Iterator[None]:
    """The worker has heard it, and its mark waits for the row, which is locked since the DATA.

    By then others may have gone with it, and wait for the same mark.
    """
    row = "SELECT FROM scheduling_message WHERE id = %s FOR UPDATE"
    taken: list[Held] = []
    with ExitStack() as locks:

        def take_the_row(address: str) -> None:
            if address == plans[victim].client.email:
                lock = laboratory.holding(row, plans[victim].pk)
                taken.append(locks.enter_context(lock))

        laboratory.post.at_data = take_the_row
        laboratory.scan()
        laboratory.wait(lambda: bool(taken), "the mail to come")
        yield from _at(laboratory, taken[0])
    assert marked(plans) <= victim


def marked(plans: Sequence[Message]) -> int:
    """How many the database knows to be sent: the first; the others are in a worker's hands."""
    found = states(plans)
    number = found.count(SENT)
    assert found == [SENT] * number + [HELD] * (BATCH - number)
    return number


def _at(laboratory: Laboratory, lock: Held) -> Iterator[None]:
    waiting = lock.wait()
    yield
    laboratory.end_sessions(waiting)


POINTS = [before_the_claim, after_the_claim, before_the_mail, after_the_250, before_the_mark]
# The server has the mail, the database does not know it: docs/messages.md, “What is promised”.
SENT_TWICE = {after_the_250, before_the_mark}


def kill_and_recover(laboratory: Laboratory, clients: Clients, point: Point, *, victim: int) -> int:
    """One round: a worker dies at that point, another takes over when the lease is over.

    Returns how many mails came twice: all that the server had and the database did not know.
    """
    post = laboratory.post
    plans, before = clients.due(BATCH), len(post.mails)
    with point(laboratory, plans, victim):
        laboratory.kill("worker")
    had = {mail["Message-ID"] for mail in post.mails[before:]}
    known = states(plans)
    twice = [
        plan
        for plan, state in zip(plans, known, strict=True)
        if state != SENT and ids([plan])[0] in had
    ]
    assert (plans[victim] in twice) == (point in SENT_TWICE) == bool(twice)
    post.at_data = lambda address: None
    laboratory.to_smtp.cut()
    laboratory.to_smtp.flow()
    run_leases_out()

    laboratory.start("worker")
    laboratory.scan()
    sent = [status for status, _attempts in [SENT]] * BATCH
    laboratory.wait(
        lambda: [status for status, _attempts in states(plans)] == sent, "the messages to be sent"
    )

    mails = [*plans, *twice]
    assert sorted(mail["Message-ID"] for mail in post.mails[before:]) == sorted(ids(mails))
    assert sorted(post.recipients[before:]) == sorted(plan.client.email for plan in mails)
    return len(twice)


def run_leases_out() -> None:
    """The five minutes of a lease, in which nothing else happens, go by at once."""
    Message.objects.filter(status="sending").update(leased_until="2020-01-01T00:00:00Z")


def prove(laboratory: Laboratory, clinic: Clinic, *, points: Sequence[Point], rounds: int) -> None:
    clients = Clients(clinic)
    laboratory.start("worker")
    twice = sum(
        kill_and_recover(laboratory, clients, point, victim=number % BATCH)
        for number in range(rounds)
        for point in points
    )

    everything = Message.objects.filter(kind="course_booked")
    total = rounds * len(points) * BATCH
    assert (everything.count(), everything.filter(status="sent").count()) == (total, total)
    assert len(laboratory.post.mails) == total + twice
    assert len({mail["Message-ID"] for mail in laboratory.post.mails}) == total


def test_killed_worker_loses_nothing(laboratory: Laboratory, clinic: Clinic):
    prove(laboratory, clinic, points=POINTS, rounds=2)


def test_worker_whose_processes_are_killed_goes_on(laboratory: Laboratory, clinic: Clinic):
    """It starts others. The task that died comes again and leaves the leased messages alone."""
    plans = Clients(clinic).due(BATCH)
    laboratory.start("worker")
    with laboratory.holding("LOCK TABLE clients_client") as lock:
        laboratory.scan()
        waiting = lock.wait()
        for pid in laboratory.processes("worker"):
            os.kill(pid, signal.SIGKILL)
        laboratory.end_sessions(waiting)
    laboratory.wait(lambda: len(laboratory.scans()) == 1, "the scan to come again")
    assert states(plans) == [HELD] * BATCH

    run_leases_out()
    laboratory.scan()
    laboratory.wait(lambda: states(plans) == [("sent", 2)] * BATCH, "the messages to be sent")
    assert [mail["Message-ID"] for mail in laboratory.post.mails] == ids(plans)


@pytest.mark.prove
@pytest.mark.parametrize("point", POINTS)
def test_forty_workers_killed_at_a_point_lose_nothing(
    laboratory: Laboratory, clinic: Clinic, point: Point
):
    prove(laboratory, clinic, points=[point], rounds=40)
