"""One worker, as it is started: a backlog is sent by all its processes, each message once."""

import os
import signal

from django.conf import settings

from cryoclinic.models import Clinic
from scheduling.services.sending import BATCH
from tests.attack.messages.due import Clients, ids, states
from tests.attack.messages.laboratory import Laboratory

HELD, SENT = ("sending", 1), ("sent", 1)
PROCESSES = settings.CELERY_WORKER_CONCURRENCY


def test_processes_of_a_worker_share_a_backlog(laboratory: Laboratory, clinic: Clinic):
    """The first mail is not taken before each has a batch in hand; it has one at a time."""
    plans = Clients(clinic).due((PROCESSES + 1) * BATCH)
    in_hand = "SELECT count(*) FROM scheduling_message WHERE status = 'sending'"

    def wait_for_another(address: str) -> None:
        laboratory.post.at_data = lambda address: None
        laboratory.wait(lambda: laboratory.ask(in_hand) == [(PROCESSES * BATCH,)], "all to claim")

    laboratory.post.at_data = wait_for_another
    laboratory.start("worker")
    laboratory.scan()
    laboratory.wait(lambda: states(plans) == [SENT] * len(plans), "all to be sent")

    assert sorted(mail["Message-ID"] for mail in laboratory.post.mails) == sorted(ids(plans))


def test_process_that_can_ask_nobody_sends_a_backlog_alone(laboratory: Laboratory, clinic: Clinic):
    """Redis goes between the scan and the claim."""
    plans = Clients(clinic).due(2 * BATCH)
    laboratory.start("worker")
    with laboratory.holding("LOCK TABLE scheduling_message") as lock:
        laboratory.scan()
        lock.wait()
        laboratory.redis.kill()
        laboratory.to_redis.refuse()
    laboratory.wait(lambda: states(plans) == [SENT] * 2 * BATCH, "all to be sent")

    assert [mail["Message-ID"] for mail in laboratory.post.mails] == ids(plans)


def test_with_nothing_due_nobody_is_called(laboratory: Laboratory, clinic: Clinic):
    """The second scan would come after whatever the first one had asked for."""
    laboratory.start("worker")
    for number in (1, 2):
        laboratory.scan()
        laboratory.wait(lambda n=number: len(laboratory.scans()) >= n, "the scan")  # type: ignore[misc]

    assert len(laboratory.scans()) == 2


def test_worker_told_to_stop_finishes_the_mails_it_has(laboratory: Laboratory, clinic: Clinic):
    """As ``make run`` tells it: the whole group of its processes gets the signal."""
    plans = Clients(clinic).due(3)
    laboratory.start("worker")
    laboratory.to_smtp.stall()
    laboratory.scan()
    laboratory.wait(lambda: states(plans) == [HELD] * 3, "the claim")
    os.killpg(laboratory.running["worker"].pid, signal.SIGTERM)
    laboratory.to_smtp.flow()
    assert laboratory.running.pop("worker").wait(60) == 0

    assert states(plans) == [SENT] * 3
    assert [mail["Message-ID"] for mail in laboratory.post.mails] == ids(plans)
