"""Reminders for those who agreed to e-mail, or gave an address, after their visits were booked.

Whoever changes a client's card knows nothing of visits, so the worker looks from time to time.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from cryoclinic.audit import service
from cryoclinic.models import User
from scheduling import problems
from scheduling.locks import lock_courses
from scheduling.models import Appointment, Message
from scheduling.selectors.running import running_courses
from scheduling.services.outbox import schedule_reminders


def complete_reminders(*, by: User, now: datetime) -> None:
    """Write the reminders that visits to come lack. Changes nothing where none is lacking."""
    for ids in running_courses():
        if missing := list(_without_reminder(ids, now)):
            _remind(by=by, appointments=missing, now=now)


@service
def _remind(*, by: User, appointments: Sequence[Appointment], now: datetime) -> None:
    lock_courses(appointment.course_id for appointment in appointments)
    schedule_reminders(appointments, now=now)


def _without_reminder(courses: Sequence[int], now: datetime) -> QuerySet[Appointment]:
    """Booked visits of clients who may be mailed; one withdrawn for want of consent counts not."""
    reminders = Message.objects.filter(
        appointment=OuterRef("pk"),
        kind=Message.Kind.REMINDER,
        version=OuterRef("schedule_version"),
    ).exclude(status=Message.Status.WITHDRAWN, problem=problems.NO_CONSENT)
    booked = Appointment.objects.filter(
        course__in=courses, status=Appointment.Status.BOOKED, treatment__startswith__gt=now
    )
    agreed = booked.filter(client__email_consent=True).exclude(client__email="")
    return agreed.exclude(Exists(reminders))
