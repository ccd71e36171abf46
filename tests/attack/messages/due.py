"""Messages that are due: of so many clients, one each, with a visit in the days to come."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from cryoclinic.models import Clinic
from scheduling.models import Message
from scheduling.services.outbox import announce_course
from tests import factories

SOON = timedelta(days=3)
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
        return [self._plan(at or timezone.now()) for _ in range(number)]

    def _plan(self, due_at: datetime) -> Message:
        day, slot = divmod(next(self.numbers), PER_DAY)
        course = factories.CourseFactory(
            clinic=self.clinic,
            protocol=self.protocol,
            procedure_type=self.protocol.procedure_type,
            sessions_planned=1,
        )
        visit = factories.make_appointment(
            course,
            day=self.first_day + timedelta(days=day),
            at=time(9 + slot // 3, slot % 3 * 20),
            specialist=self.specialist,
            room=self.room,
        )
        announce_course(course, [visit], now=timezone.now())
        plan = course.messages.select_related("client").get(kind=Message.Kind.COURSE_BOOKED)
        Message.objects.filter(pk=plan.pk).update(due_at=due_at)
        return plan


def states(plans: Sequence[Message]) -> list[tuple[str, int]]:
    """``("sent", 1)``, status and attempts, for each of them in their order."""
    found = Message.objects.in_bulk([plan.pk for plan in plans])
    return [(found[plan.pk].status, found[plan.pk].attempts) for plan in plans]


def ids(plans: Sequence[Message]) -> list[str]:
    """Their Message-IDs, as mails have them."""
    return [f"<{plan.message_id}@127.0.0.1>" for plan in plans]
