"""What the tests of mending stand on: courses at ten with one specialist, days from today."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from scheduling.models import Appointment, Course, Specialist, Unavailability
from scheduling.planner import Slot
from scheduling.spans import slot_of
from tests import factories
from tests.fixtures import Practice

# Monday, half past nine in Moscow.
MORNING = datetime(2026, 5, 4, 6, 30, tzinfo=UTC)
TODAY = date(2026, 5, 4)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def book(
    practice: Practice,
    offsets: Sequence[int],
    *,
    at: time = time(10),
    statuses: Sequence[str] = (),
    **fields: object,
) -> tuple[Course, list[Appointment]]:
    """A course with a session on each day (counted from today), of as many sessions as days."""
    another = Course.objects.filter(client=practice.person).exists()
    client = factories.ClientFactory() if another else practice.person
    screening = (
        factories.ScreeningFactory(client=client, asked_by=practice.specialist.user)
        if another
        else practice.screening
    )
    course = factories.CourseFactory(
        **(
            {"clinic": practice.clinic, "client": client, "protocol": practice.protocol}
            | {"sessions_planned": len(offsets)}
            | fields
        )
    )
    made = []
    for place, offset in enumerate(offsets, start=1):
        status = statuses[place - 1] if place <= len(statuses) else "booked"
        appointment = factories.make_appointment(
            course,
            day=day(offset),
            at=at,
            specialist=practice.specialist,
            room=practice.room,
            screening=screening,
            place=place,
            status=status,
        )
        made.append(appointment)
    return course, made


def colleague(practice: Practice) -> Specialist:
    """A second specialist with the same skill."""
    return factories.SpecialistFactory(clinic=practice.clinic, skills=[practice.procedure_type])


def slots(course: Course) -> list[Slot]:
    """Where the course's live appointments are now, in order."""
    return [slot_of(each) for each in course.appointments.live().in_order()]


def days(course: Course) -> list[int]:
    """The same, as days from today."""
    return [(slot.day - TODAY).days for slot in slots(course)]


def away(practice: Practice, first: int, last: int, **who: object) -> Unavailability:
    """An unavailability from the beginning of one day to the end of another."""
    zone = practice.clinic.zone
    return factories.UnavailabilityFactory(
        clinic=practice.clinic,
        period=(
            datetime.combine(day(first), time(), tzinfo=zone),
            datetime.combine(day(last + 1), time(), tzinfo=zone),
        ),
        **who,
    )
