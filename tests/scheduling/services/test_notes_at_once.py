"""Two tablets, one session: what is sent at the same moment is kept once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from clients.models import Screening
from cryoclinic.models import User
from scheduling.models import Addendum, Appointment, SessionNote
from scheduling.services.notes import add_addendum, close_note, start_session
from tests.fixtures import Practice
from tests.scheduling.treatment_room import MORNING, answered, draft, started, visit_today

pytestmark = pytest.mark.django_db(transaction=True)

TABLETS = 4


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING):
        yield


def at_once(act: Callable[[], object]) -> None:
    """Call it from every tablet at the same moment; an error of any of them is raised."""
    ready = Barrier(TABLETS)

    def tablet() -> None:
        try:
            ready.wait(timeout=30)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(TABLETS) as pool:
        for done in [pool.submit(tablet) for _ in range(TABLETS)]:
            done.result()


def test_a_session_is_started_once(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice)
    answers = answered()
    at_once(lambda: start_session(by=cosmetologist, appointment=appointment, answers=answers))
    assert Screening.objects.filter(follows__isnull=False).count() == 1


def test_a_note_is_written_closed_and_added_to_once(
    practice: Practice, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    at_once(lambda: draft(practice, cosmetologist, appointment, seen=""))
    note = SessionNote.objects.get()
    at_once(lambda: close_note(by=cosmetologist, note=note))
    assert Appointment.objects.get(pk=appointment.pk).status == "completed"
    at_once(lambda: add_addendum(by=cosmetologist, note=note, text="Redness gone."))
    assert Addendum.objects.count() == 1
