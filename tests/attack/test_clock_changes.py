"""Whole courses booked across a change of the clock: local times kept, gaps counted in days."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cryoclinic.models import Clinic
from scheduling.clock import cell_at
from scheduling.errors import SlotTaken
from scheduling.models import Course
from scheduling.planner import Slot
from scheduling.proposals import propose
from scheduling.services.booking import book_course
from scheduling.spans import slot_of
from scheduling.wishes import Wishes
from tests import factories
from tests.attack.rules_in_sql import broken_rules

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Change:
    """``minutes`` that are skipped on that Sunday, or less than none where they come twice;
    ``unclear`` is a time of the clock among them, ``clear`` one right after."""

    zone: str
    sunday: date
    minutes: int
    unclear: time
    clear: time

    def __str__(self) -> str:
        return f"{self.zone} {self.sunday}"


CHANGES = [
    Change("Europe/Berlin", date(2031, 3, 30), 60, time(2, 30), time(3)),
    Change("Europe/Berlin", date(2031, 10, 26), -60, time(2, 30), time(3)),
    Change("America/New_York", date(2031, 3, 9), 60, time(2, 30), time(3)),
    Change("America/New_York", date(2031, 11, 2), -60, time(1, 30), time(2)),
    Change("Australia/Lord_Howe", date(2031, 10, 5), 30, time(2, 15), time(2, 30)),
    Change("Australia/Lord_Howe", date(2031, 4, 6), -30, time(1, 45), time(2)),
]


@pytest.fixture(params=CHANGES, ids=str)
def change(request: pytest.FixtureRequest) -> Iterator[Change]:
    """The morning three days before it."""
    found: Change = request.param
    morning = datetime.combine(
        found.sunday - timedelta(days=3), time(7), tzinfo=ZoneInfo(found.zone)
    )
    with time_machine.travel(morning, tick=False):
        yield found


@pytest.fixture
def clinic(change: Change, db: None) -> Clinic:
    """One that works around the clock."""
    clinic = factories.ClinicFactory(time_zone=change.zone)
    factories.open_daily(clinic, starts=time(0), ends=time(23, 55))
    return clinic


@pytest.fixture
def facts(clinic: Clinic) -> dict[str, Any]:
    """What a course is asked for and booked with."""
    protocol = factories.ProtocolFactory()
    types = [protocol.procedure_type]
    specialist = factories.SpecialistFactory(clinic=clinic, skills=types, hours=False)
    factories.open_daily(clinic, specialist=specialist, starts=time(0), ends=time(23, 55))
    factories.RoomFactory(clinic=clinic, procedure_types=types)
    client = factories.ClientFactory()
    return {
        "clinic": clinic,
        "client": client,
        "procedure_type": protocol.procedure_type,
        "zone": protocol.zone,
        "screening": factories.ScreeningFactory(client=client, asked_by=specialist.user),
        "wishes": Wishes(),
    }


@pytest.fixture
def book(facts: dict[str, Any]) -> Callable[[Sequence[Slot]], Course]:
    desk = factories.UserFactory(clinic=facts["clinic"], role="receptionist")
    indications = [factories.IndicationFactory()]
    return lambda slots: book_course(by=desk, indications=indications, slots=slots, **facts)


def test_a_course_keeps_its_local_times_and_its_gaps(change, facts, book):
    slots = propose(sessions=10, **facts).plan.slots
    course = book(slots)
    visits = list(course.appointments.in_order())
    local = [visit.starts_at.astimezone(ZoneInfo(change.zone)) for visit in visits]
    assert [slot_of(visit) for visit in visits] == list(slots)
    assert [visit.day for visit in visits] == [moment.date() for moment in local]
    assert {(after.day - before.day).days for before, after in pairwise(visits)} <= {2, 3}
    assert len({moment.time() for moment in local}) == 1
    assert len({visit.treatment.upper - visit.treatment.lower for visit in visits}) == 1

    [last, *_earlier] = [visit for visit in reversed(visits) if visit.day < change.sunday]
    [first, *_later] = [visit for visit in visits if visit.day > change.sunday]
    lost = timedelta(minutes=change.minutes)
    assert first.starts_at - last.starts_at == first.day - last.day - lost
    assert broken_rules(course.clinic_id) == []


def nightly(change: Change, facts: dict[str, Any], at: time) -> list[Slot]:
    """Ten sessions at that time, the first in the night of the change."""
    like = propose(sessions=10, **facts).plan.slots[0]
    return [
        Slot(
            day=change.sunday + timedelta(days=2 * number),
            cell=cell_at(at),
            specialist=like.specialist,
            room=like.room,
            device=None,
        )
        for number in range(10)
    ]


def test_a_time_that_is_skipped_or_comes_twice_is_not_booked(change, facts, book):
    with pytest.raises(SlotTaken, match="is not free on Sun"):
        book(nightly(change, facts, change.unclear))
    assert not Course.objects.exists()
    course = book(nightly(change, facts, change.clear))
    first = course.appointments.in_order().first()
    begins = first.starts_at.astimezone(ZoneInfo(change.zone))
    assert (begins.date(), begins.time()) == (change.sunday, change.clear)
    assert broken_rules(course.clinic_id) == []
