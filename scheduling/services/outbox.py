"""What becomes a message, in the transaction that causes it: the rows, plans and reminders.

Plain functions for other services to call inside their own transaction: a message exists if and
only if what it is about does. What it will say is read when it is sent (``sending``), so nothing
here looks at wording. Other kinds are in ``telling``; the contract is in ``docs/messages.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import F

from cryoclinic.models import Clinic
from scheduling import problems
from scheduling.models import Appointment, Course, Message
from scheduling.models.message import CHANGES, MessageKind
from scheduling.reminder_times import Day, reminders_due

# A withdrawn row of the same version comes back (a cancelled visit restored), unless the desk did
# it by hand; any other stays.
_ADD = """
INSERT INTO scheduling_message AS m (clinic_id, client_id, course_id, appointment_id, kind,
                                     lead_hours, version, due_at, created_at, status, attempts,
                                     message_id, sent_to, problem, source)
SELECT row.*, 'due', 0, gen_random_uuid(), '', '', '' FROM (VALUES {rows}) AS row
ON CONFLICT (clinic_id, course_id, appointment_id, kind, lead_hours, version, repeat)
DO UPDATE SET status = 'due', due_at = excluded.due_at, attempts = 0, problem = ''
 WHERE m.status = 'withdrawn' AND m.sent_at IS NULL AND m.problem <> 'by_desk'
"""
_ROW = (
    "(%s::bigint, %s::bigint, %s::bigint, %s::bigint, %s, %s::smallint, %s::bigint,"
    " %s::timestamptz, %s::timestamptz)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One message to be, in the order of the statement's columns."""

    clinic: int
    client: int | None
    course: int | None
    appointment: int | None
    kind: str
    lead_hours: int
    version: int
    due_at: datetime
    created_at: datetime


def add(rows: Sequence[Row]) -> None:
    """Write the messages that are not there yet; bring back those that were withdrawn unsent."""
    if rows:
        statement = _ADD.format(rows=", ".join([_ROW] * len(rows)))
        with connection.cursor() as cursor:
            cursor.execute(statement, [value for row in rows for value in astuple(row)])


def day_of(clinic: Clinic) -> Day:
    """The hours in which the clinic writes to its clients."""
    return Day(clinic.zone, begins=clinic.quiet_until, ends=clinic.quiet_from)


def announce_course(course: Course, appointments: Sequence[Appointment], *, now: datetime) -> None:
    """The course was booked: its plan goes out now, and reminders before each visit.

    The appointments are new: there is nothing to withdraw and nothing to read again.
    """
    if not appointments or not course.client.may_be_mailed:
        return
    for appointment in appointments:
        appointment.client, appointment.clinic = course.client, course.clinic
    add([_plan(course, now), *_reminders(appointments, now)])


def announce_again(course: Course, *, version: int, now: datetime) -> None:
    """The whole plan goes out once more, as with a new link; once for each ``version``."""
    if course.client.may_be_mailed:
        add([replace(_plan(course, now), version=version)])


def schedule_reminders(appointments: Iterable[Appointment], *, now: datetime) -> None:
    """The reminders of each appointment's present time; those for an earlier time are withdrawn.

    Call it after a booking, a move (with the new ``schedule_version`` saved) or a restored visit.
    """
    ids = [appointment.pk for appointment in appointments]
    Message.objects.withdrawable().filter(
        appointment__in=ids, version__lt=F("appointment__schedule_version")
    ).update(status=Message.Status.WITHDRAWN, problem=problems.MOVED)
    saved = Appointment.objects.filter(pk__in=ids, status=Appointment.Status.BOOKED)
    add(_reminders(saved.select_related("client", "clinic").order_by("pk"), now))


def withdraw(appointments: Iterable[Appointment], *, problem: str = problems.CANCELLED) -> None:
    """The visits won't be: their messages don't go out.

    A message that a worker holds right now is left to the worker, which looks at the appointment
    again before it sends.
    """
    ids = [appointment.pk for appointment in appointments]
    Message.objects.withdrawable().filter(appointment__in=ids).update(
        status=Message.Status.WITHDRAWN, problem=problem
    )


def hold(course: Course) -> None:
    """The course rests: what is still to go waits with it, but for changes of its visits."""
    waiting = Message.objects.withdrawable().filter(course=course).exclude(kind__in=CHANGES)
    waiting.update(status=Message.Status.WITHDRAWN, problem=problems.HELD)


def resume(course: Course, *, now: datetime) -> None:
    """The course goes on: its reminders come back, and the plan if it was never sent."""
    schedule_reminders(course.appointments.upcoming(), now=now)
    plans = Message.objects.filter(course=course, kind=Message.Kind.COURSE_BOOKED)
    if plans.filter(status=Message.Status.WITHDRAWN, problem=problems.HELD).exists():
        add([_plan(course, now)])


def _plan(course: Course, now: datetime) -> Row:
    return Row(
        clinic=course.clinic_id,
        client=course.client_id,
        course=course.pk,
        appointment=None,
        kind=Message.Kind.COURSE_BOOKED.value,
        lead_hours=0,
        version=1,
        due_at=now,
        created_at=now,
    )


def _reminders(appointments: Iterable[Appointment], now: datetime) -> list[Row]:
    """Those of clients who may be mailed; client and clinic are to be loaded."""
    return [
        about(appointment, Message.Kind.REMINDER, due_at=due_at, now=now, lead_hours=lead)
        for appointment in appointments
        if appointment.client.may_be_mailed
        for lead, due_at in reminders_due(
            appointment.starts_at,
            lead_hours=appointment.clinic.reminder_lead_hours,
            day=day_of(appointment.clinic),
            now=now,
        )
    ]


def about(
    appointment: Appointment,
    kind: MessageKind,
    *,
    due_at: datetime,
    now: datetime,
    lead_hours: int = 0,
) -> Row:
    """The message of this kind about the appointment as it is scheduled now."""
    return Row(
        clinic=appointment.clinic_id,
        client=appointment.client_id,
        course=appointment.course_id,
        appointment=appointment.pk,
        kind=kind.value,
        lead_hours=lead_hours,
        version=appointment.schedule_version,
        due_at=due_at,
        created_at=now,
    )
