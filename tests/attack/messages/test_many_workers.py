"""Several beats and several workers at once: each message goes out once."""

import pytest

from cryoclinic.models import Clinic
from scheduling.models import Message
from tests.attack.messages.due import Clients, ids
from tests.attack.messages.laboratory import Laboratory


def prove(laboratory: Laboratory, clinic: Clinic, *, number: int, workers: int) -> None:
    plans = Clients(clinic).due(number)
    names = [f"worker-{n}" for n in range(workers)]
    laboratory.start("beat-1", "beat-2", *names)
    sent = Message.objects.filter(pk__in=[plan.pk for plan in plans], status="sent")
    laboratory.wait(lambda: sent.count() == number, "all to be sent")
    # Another round of everybody finds nothing to do.
    done = len(laboratory.scans())
    laboratory.wait(lambda: len(laboratory.scans()) >= done + 2 * workers, "more scans")

    assert sorted(mail["Message-ID"] for mail in laboratory.post.mails) == sorted(ids(plans))
    assert set(sent.values_list("attempts", flat=True)) == {1}


def test_two_workers_and_two_beats_send_a_hundred_messages_once(
    laboratory: Laboratory, clinic: Clinic
):
    prove(laboratory, clinic, number=100, workers=2)


@pytest.mark.prove
def test_four_workers_and_two_beats_send_a_thousand_messages_once(
    laboratory: Laboratory, clinic: Clinic
):
    prove(laboratory, clinic, number=1000, workers=4)
