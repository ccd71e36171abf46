"""Redis gone, restarted, emptied, silent, full or a replica while messages become due: all arrive,
each once.

Worker and beat are never restarted. What was due when Redis was back is sent when the second round
of scans after that has ended.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from cryoclinic.models import Clinic
from scheduling.models import Message
from tests.attack.messages.due import NEVER, Clients, ids, states
from tests.attack.messages.laboratory import Laboratory

# Due while Redis is away, before it is given back.
MISSED = 5
# What the mail server takes for each, so that half of the time a task is in a worker's hands.
SECONDS_PER_MAIL = 0.1


class Load:
    """One more message is due every so often, from a thread of its own, until the block ends."""

    def __init__(self, clinic: Clinic, *, pause: float = 0.2) -> None:
        self.clients, self.pause = Clients(clinic), pause
        self.became_due: list[Message] = []
        self.ended = threading.Event()
        self.refill()

    def refill(self) -> None:
        self.waiting = self.clients.due(100, at=NEVER)

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()

    def _run(self) -> None:
        while not self.ended.wait(self.pause):
            if not self.waiting:
                self.refill()
            plan = self.waiting.pop(0)
            Message.objects.filter(pk=plan.pk).update(due_at=timezone.now())
            self.became_due.append(plan)
        connection.close()


def stop(laboratory: Laboratory, until_missed: Callable[[], None]) -> None:
    """Killed, its address refuses; what it had on its disk comes back."""
    laboratory.redis.kill()
    laboratory.to_redis.refuse()
    until_missed()
    laboratory.redis.start()
    laboratory.to_redis.accept()


def restart(laboratory: Laboratory, until_missed: Callable[[], None]) -> None:
    """In good order, and back at once."""
    laboratory.redis.check_own()
    laboratory.redis.stop()
    laboratory.redis.start()


def flush(laboratory: Laboratory, until_missed: Callable[[], None]) -> None:
    """Emptied: the queue, what was taken from it and not confirmed, and how it is called."""
    laboratory.redis.flush()


def stall(laboratory: Laboratory, until_missed: Callable[[], None]) -> None:
    """Connections stay open and nothing comes; then they are cut, as a network does at last."""
    laboratory.to_redis.stall()
    until_missed()
    laboratory.to_redis.cut()
    laboratory.to_redis.flow()


def pause(laboratory: Laboratory, until_missed: Callable[[], None]) -> None:
    """Connections stay open and nothing comes for a while; then all of it does."""
    laboratory.to_redis.stall()
    until_missed()
    laboratory.to_redis.flow()


def fill(laboratory: Laboratory, until_missed: Callable[[], None]) -> None:
    """Its memory is full: it answers, and refuses."""
    with laboratory.redis.full():
        until_missed()


def demote(laboratory: Laboratory, until_missed: Callable[[], None]) -> None:
    """Another is the primary now, as in a failover, and then it is again."""
    with laboratory.redis.replica():
        until_missed()


Fault = Callable[[Laboratory, Callable[[], None]], None]

FAULTS: list[Fault] = [stop, restart, flush, stall, pause, fill, demote]


def strike(laboratory: Laboratory, load: Load, fault: Fault) -> None:
    """One fault, and what has to be true after it."""
    before = len(load.became_due)

    def until_missed() -> None:
        laboratory.wait(lambda: len(load.became_due) >= before + MISSED, "more to become due")

    fault(laboratory, until_missed)
    back = time.time()
    due = [plan.pk for plan in list(load.became_due)]
    found = Message.objects.filter(pk__in=due)
    laboratory.wait(lambda: not found.exclude(status="sent").exists(), "the outbox to catch up")
    last = max(sent_at.timestamp() for sent_at in found.values_list("sent_at", flat=True))
    laboratory.wait(lambda: _ended_twice(laboratory, back) >= last, "two rounds to send it all")


def _ended_twice(laboratory: Laboratory, moment: float) -> float:
    """When the second round of scans since then ended; 0 where it has not."""
    ends = [ended for began, ended in laboratory.rounds() if began >= moment]
    return ends[1] if len(ends) > 1 else 0


def prove(laboratory: Laboratory, clinic: Clinic, faults: list[Fault]) -> None:
    load = Load(clinic)
    laboratory.post.at_data = lambda address: time.sleep(SECONDS_PER_MAIL)
    laboratory.start("worker", "beat")
    processes = dict(laboratory.running)
    with load.running():
        laboratory.wait(lambda: bool(laboratory.scans()), "the first scan")
        for fault in faults:
            strike(laboratory, load, fault)
    plans = load.became_due
    sent = Message.objects.filter(pk__in=[plan.pk for plan in plans], status="sent")
    laboratory.wait(lambda: sent.count() == len(plans), "the rest to be sent")

    assert sorted(mail["Message-ID"] for mail in laboratory.post.mails) == sorted(ids(plans))
    assert [process.poll() for process in processes.values()] == [None, None]


def test_redis_that_fails_once_each_way_loses_and_doubles_nothing(
    laboratory: Laboratory, clinic: Clinic
):
    prove(laboratory, clinic, FAULTS)


@pytest.mark.prove
@pytest.mark.parametrize("fault", FAULTS)
def test_redis_that_fails_ten_times_loses_and_doubles_nothing(
    laboratory: Laboratory, clinic: Clinic, fault: Fault
):
    prove(laboratory, clinic, [fault] * 10)


@pytest.mark.parametrize("fault", FAULTS)
def test_redis_that_fails_while_a_mail_is_on_its_way_stops_no_worker(
    laboratory: Laboratory, clinic: Clinic, fault: Fault
):
    """The task is in a process's hands throughout and ends when Redis is long back."""
    clients = Clients(clinic)
    first = clients.due(1)
    laboratory.to_smtp.stall()
    laboratory.start("worker", "beat")
    processes = dict(laboratory.running)
    laboratory.wait(lambda: states(first) == [("sending", 1)], "the mail to be on its way")

    fault(laboratory, lambda: time.sleep(1))
    done = len(laboratory.scans())
    laboratory.wait(lambda: len(laboratory.scans()) > done + 1, "other processes to go on")
    laboratory.to_smtp.flow()
    laboratory.wait(lambda: states(first) == [("sent", 1)], "the mail to be sent")
    later = clients.due(3)
    laboratory.wait(lambda: states(later) == [("sent", 1)] * 3, "what became due later")
    done = len(laboratory.scans())
    laboratory.wait(lambda: len(laboratory.scans()) > done + 1, "more scans")

    arrived = [mail["Message-ID"] for mail in laboratory.post.mails]
    assert sorted(arrived) == sorted(ids([*first, *later]))
    assert [process.poll() for process in processes.values()] == [None, None]
