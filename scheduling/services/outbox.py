"""What becomes a message, in the transaction that causes it.

Plain functions for other services to call inside their own transaction: a message exists if and
only if what it is about does. What it will say is read when it is sent (``sending``), so nothing
here looks at wording. The contract is in ``docs/messages.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from scheduling import problems
from scheduling.models import Appointment, Course, Message
from scheduling.reminder_times import reminder_due

# A withdrawn row of the same version comes back (a cancelled visit restored); any other stays.
_ADD = """
INSERT INTO scheduling_message AS m (client_id, course_id, appointment_id, kind, version, due_at,
                                     created_at, status, attempts, message_id, sent_to, problem,
                                     source)
SELECT row.*, 'due', 0, gen_random_uuid(), '', '', '' FROM (VALUES {rows}) AS row
ON CONFLICT (course_id, appointment_id, kind, version)
DO UPDATE SET status = 'due', due_at = excluded.due_at, attempts = 0, problem = ''
 WHERE m.status = 'withdrawn' AND m.sent_at IS NULL
"""
_ROW = "(%s::bigint, %s::bigint, %s::bigint, %s, %s::integer, %s::timestamptz, %s::timestamptz)"


@dataclass(frozen=True, slots=True)
class _Row:
    """One message to be, in the order of the statement's columns."""

    client: int
    course: int
    appointment: int | None
    kind: str
    version: int
    due_at: datetime
    created_at: datetime


def announce_course(course: Course, appointments: Sequence[Appointment], *, now: datetime) -> None:
    """The course was booked: its plan goes out now, and a reminder before each visit.

    The appointments are new: there is nothing to withdraw and nothing to read again.
    """
    if not appointments or not course.client.may_be_mailed:
        return
    kind = Message.Kind.COURSE_BOOKED.value
    plan = _Row(course.client_id, course.pk, None, kind, 1, now, now)
    for appointment in appointments:
        appointment.client, appointment.clinic = course.client, course.clinic
    reminders = [row for appointment in appointments if (row := _reminder(appointment, now))]
    _add([plan, *reminders])


def schedule_reminders(appointments: Iterable[Appointment], *, now: datetime) -> None:
    """One reminder for each appointment's present time; those for an earlier time are withdrawn.

    Call it after a booking, a move (with the new ``schedule_version`` saved) or a restored visit.
    """
    ids = [appointment.pk for appointment in appointments]
    Message.objects.withdrawable().filter(
        appointment__in=ids, version__lt=F("appointment__schedule_version")
    ).update(status=Message.Status.WITHDRAWN, problem=problems.MOVED)
    saved = Appointment.objects.filter(pk__in=ids, status=Appointment.Status.BOOKED)
    saved = saved.select_related("client", "clinic").order_by("pk")
    _add([row for appointment in saved if (row := _reminder(appointment, now))])


def withdraw(appointments: Iterable[Appointment]) -> None:
    """The visits won't be: their messages don't go out.

    A message that a worker holds right now is left to the worker, which looks at the appointment
    again before it sends.
    """
    ids = [appointment.pk for appointment in appointments]
    Message.objects.withdrawable().filter(appointment__in=ids).update(
        status=Message.Status.WITHDRAWN, problem=problems.CANCELLED
    )


def _reminder(appointment: Appointment, now: datetime) -> _Row | None:
    if not appointment.client.may_be_mailed:
        return None
    clinic = appointment.clinic
    due_at = reminder_due(
        appointment.starts_at, lead_hours=clinic.reminder_lead_hours, zone=clinic.zone, now=now
    )
    if due_at is None:
        return None
    return _Row(
        client=appointment.client_id,
        course=appointment.course_id,
        appointment=appointment.pk,
        kind=Message.Kind.REMINDER.value,
        version=appointment.schedule_version,
        due_at=due_at,
        created_at=now,
    )


def _add(rows: Sequence[_Row]) -> None:
    if rows:
        statement = _ADD.format(rows=", ".join([_ROW] * len(rows)))
        with connection.cursor() as cursor:
            cursor.execute(statement, [value for row in rows for value in astuple(row)])
