"""The race is really there: with neither lock nor constraint, rivals do take the same slot."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from clients.models import Client
from cryoclinic.errors import Refused
from scheduling.models import Appointment
from scheduling.planner import Slot
from scheduling.services import booking
from scheduling.services.booking import book_course
from scheduling.wishes import Wishes
from tests.attack.bookings import screened
from tests.scheduling.services.test_booking import proposal_for

pytestmark = pytest.mark.django_db(transaction=True)

RIVALS = 4
GUARDS = ["appointment_specialist_free", "appointment_room_free"]


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No lock on specialist and room, no constraint over them, and all check before any writes."""
    checked = Barrier(RIVALS, timeout=10)
    check = booking._check_slots

    def check_then_wait(*arguments: Any) -> None:
        check(*arguments)
        checked.wait()

    monkeypatch.setattr(booking, "lock_resources", lambda slots: None)
    monkeypatch.setattr(booking, "_check_slots", check_then_wait)
    constraints = {c.name: c for c in Appointment._meta.constraints if c.name in GUARDS}
    with connection.schema_editor() as editor:
        for constraint in constraints.values():
            editor.remove_constraint(Appointment, constraint)
    yield
    Appointment.objects.filter(status="booked").update(status="cancelled")
    with connection.schema_editor() as editor:
        for constraint in constraints.values():
            editor.add_constraint(Appointment, constraint)


def rivals_of(practice, reception) -> int:
    """How many of the rivals got the same ten slots."""
    slots: tuple[Slot, ...] = proposal_for(practice).plan.slots
    people = screened(practice, RIVALS)

    def book(person: Client) -> bool:
        try:
            book_course(
                by=reception,
                client=person,
                clinic=practice.clinic,
                procedure_type=practice.procedure_type,
                zone=practice.zone,
                indications=[practice.indication],
                wishes=Wishes(),
                slots=slots,
                screening=person.screenings.get(),
            )
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(RIVALS) as threads:
        return sum(threads.map(book, people))


@pytest.mark.usefixtures("unguarded")
def test_without_lock_and_constraint_all_rivals_win(practice, reception):
    assert rivals_of(practice, reception) == RIVALS


def test_with_them_one_wins(practice, reception):
    assert rivals_of(practice, reception) == 1
