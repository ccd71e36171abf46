"""What the tests of messages and alerts stand on: a course with visits at Moscow time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import time_machine
from django.utils import timezone

from cryoclinic.models import WORKER_USERNAME, Clinic, User
from scheduling.models import Appointment, Course, Message
from scheduling.services.sending import send_due
from tests import factories

# Tuesday noon in Moscow.
NOON = datetime(2026, 5, 12, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GRACE = 3 * MINUTE
DAYS = (date(2026, 5, 14), date(2026, 5, 16), date(2026, 5, 19))


def make_course(
    clinic: Clinic, days: Sequence[date] = DAYS, *, at: time = time(14, 5), **fields: object
) -> tuple[Course, list[Appointment]]:
    """A course of as many sessions as days, all booked with one specialist; no messages yet."""
    fields = {"sessions_planned": len(days)} | fields
    course = factories.CourseFactory(clinic=clinic, **fields)
    specialist = factories.SpecialistFactory(clinic=clinic, skills=[course.procedure_type])
    visits = [
        factories.make_appointment(course, day=day, at=at, specialist=specialist) for day in days
    ]
    return course, visits


def worker() -> User:
    """The worker's account, made again where a test that commits has emptied the database."""
    return User.objects.get_or_create(username=WORKER_USERNAME)[0]


def send(now: datetime, *, limit: int = 50) -> int:
    return send_due(by=worker(), now=now, limit=limit)


def rows(course: Course) -> list[tuple[str, int, str, str]]:
    """``("reminder", 1, "withdrawn", "moved")`` for each message, oldest first."""
    messages = Message.objects.filter(course=course).order_by("id")
    return list(messages.values_list("kind", "version", "status", "problem"))


def after(clock: time_machine.Traveller, pause: timedelta) -> None:
    """Let the time pass, and send what is due then."""
    clock.move_to(timezone.now() + pause)
    send(timezone.now())
