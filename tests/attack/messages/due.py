"""Messages that are due: of so many clients, one each, with a visit in the days to come."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from cryoclinic.models import Clinic
from scheduling.models import Appointment, Course, Message
from scheduling.services.outbox import announce_course
from tests import factories

SOON = timedelta(days=3)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
PER_DAY = 24  # treatments of a specialist, from 9 o'clock on, every 20 minutes


class Clients:
    """Writes courses of one visit each, none of them in another's way."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.protocol = factories.ProtocolFactory()
        types = [self.protocol.procedure_type]
        self.specialist = factories.SpecialistFactory(clinic=clinic, skills=types)
        self.room = factories.RoomFactory(clinic=clinic, procedure_types=types)
        self.first_day = clinic.today() + SOON
        self.numbers = count()

    @transaction.atomic
    def due(self, number: int, *, at: datetime | None = None) -> list[Message]:
        """Their plans, due now unless told otherwise, in the order in which they are sent."""
        return [self._due(Message.Kind.COURSE_BOOKED, at or timezone.now()) for _ in range(number)]

    @transaction.atomic
    def reminders(self, number: int) -> list[Message]:
        """The first reminder of each one's visit, due now; nothing else of theirs is."""
        return [self._due(Message.Kind.REMINDER, timezone.now()) for _ in range(number)]

    def _due(self, kind: str, due_at: datetime) -> Message:
        course, visit = self._course()
        announce_course(course, [visit], now=timezone.now())
        of_course = Message.objects.select_related("client", "appointment").filter(course=course)
        of_course.filter(due_at__lt=timezone.now() + SOON / 3).update(due_at=NEVER)
        message = of_course.filter(kind=kind).earliest("due_at", "id")
        of_course.filter(pk=message.pk).update(due_at=due_at)
        return message

    def _course(self) -> tuple[Course, Appointment]:
        """One visit, in a place of its own in the specialist's days."""
        day, slot = divmod(next(self.numbers), PER_DAY)
        course = factories.CourseFactory(
            clinic=self.clinic,
            protocol=self.protocol,
            procedure_type=self.protocol.procedure_type,
            sessions_planned=1,
        )
        return course, factories.make_appointment(
            course,
            day=self.first_day + timedelta(days=day),
            at=time(9 + slot // 3, slot % 3 * 20),
            specialist=self.specialist,
            room=self.room,
        )


def states(plans: Sequence[Message]) -> list[tuple[str, int]]:
    """``("sent", 1)``, status and attempts, for each of them in their order."""
    found = Message.objects.in_bulk([plan.pk for plan in plans])
    return [(found[plan.pk].status, found[plan.pk].attempts) for plan in plans]


def ids(plans: Sequence[Message]) -> list[str]:
    """Their Message-IDs, as mails have them."""
    return [f"<{plan.message_id}@127.0.0.1>" for plan in plans]
