"""The database gone for a moment while mails are on their way: each is sent once, and known to be.

Worker and beat are never restarted, and no lease has to run out for it.
"""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from cryoclinic.models import Clinic
from scheduling.models import Message
from tests.attack.messages.due import Clients, ids, states
from tests.attack.messages.laboratory import Laboratory
from tests.attack.messages.proxy import Proxy
from tests.web import present_server

SENT = ("sent", 1)


@pytest.fixture
def to_database(laboratory: Laboratory) -> Iterator[Proxy]:
    with Proxy(present_server()) as proxy:
        laboratory.to_database = proxy
        yield proxy
        laboratory.stop()


def cut(to_database: Proxy, meanwhile: Callable[[], None]) -> None:
    """Every connection is closed, and a new one welcome."""
    to_database.cut()
    meanwhile()


def be_away(to_database: Proxy, meanwhile: Callable[[], None]) -> None:
    """As for a restart of the server."""
    to_database.refuse()
    meanwhile()
    time.sleep(2)
    to_database.accept()


Fault = Callable[[Proxy, Callable[[], None]], None]


@pytest.mark.parametrize("fault", [cut, be_away])
def test_mail_that_the_server_took_meanwhile_is_marked_as_sent(
    laboratory: Laboratory, clinic: Clinic, to_database: Proxy, fault: Fault
):
    """The server has said 250; the worker hears it when its connection to the database is gone."""
    plans = Clients(clinic).due(3)
    laboratory.post.at_data = lambda address: laboratory.to_smtp.stall()
    laboratory.start("worker", "beat")
    processes = dict(laboratory.running)
    laboratory.wait(lambda: laboratory.to_smtp.held.startswith(b"250"), "the server's answer")
    assert states(plans) == [("sending", 1)] * 3

    laboratory.post.at_data = lambda address: None
    fault(to_database, laboratory.to_smtp.flow)
    laboratory.wait(lambda: states(plans) == [SENT] * 3, "all to be sent")

    assert [mail["Message-ID"] for mail in laboratory.post.mails] == ids(plans)
    assert [process.poll() for process in processes.values()] == [None, None]


def _slow_server(laboratory: Laboratory, address: str) -> threading.Event:
    """It takes 50 ms for a mail; the event is set with that for the address."""
    came = threading.Event()

    def take_time(to: str) -> None:
        time.sleep(0.05)
        if to == address:
            came.set()

    laboratory.post.at_data = take_time
    return came


def prove(laboratory: Laboratory, clinic: Clinic, to_database: Proxy, faults: list[Fault]) -> None:
    """Each strikes when a mail is at the server, which takes its time; nine others wait."""
    clients = Clients(clinic)
    laboratory.start("worker", "beat")
    processes = dict(laboratory.running)
    plans: list[Message] = []
    for fault in faults:
        some = clients.due(10)
        plans += some
        came = _slow_server(laboratory, some[4].client.email)
        laboratory.wait(came.is_set, "a mail to be at the server")
        fault(to_database, lambda: None)
        laboratory.wait(lambda some=some: states(some) == [SENT] * 10, "all to be sent")  # type: ignore[misc]

    assert sorted(mail["Message-ID"] for mail in laboratory.post.mails) == sorted(ids(plans))
    assert [process.poll() for process in processes.values()] == [None, None]


def test_database_that_goes_while_mails_go_loses_and_doubles_nothing(
    laboratory: Laboratory, clinic: Clinic, to_database: Proxy
):
    prove(laboratory, clinic, to_database, [cut, be_away])


@pytest.mark.prove
@pytest.mark.parametrize("fault", [cut, be_away])
def test_database_that_goes_twenty_times_loses_and_doubles_nothing(
    laboratory: Laboratory, clinic: Clinic, to_database: Proxy, fault: Fault
):
    prove(laboratory, clinic, to_database, [fault] * 20)
