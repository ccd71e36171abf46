"""Telling clients, and the desk, of what has happened: the kinds of messages that are no reminder.

Like ``outbox``: called inside the transaction of what happened, with the course locked.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from cryoclinic.models import Clinic
from scheduling import problems
from scheduling.models import Appointment, Course, Message
from scheduling.models.message import MessageKind
from scheduling.reminder_times import change_due, later
from scheduling.services.outbox import Row, about, add, day_of

Kind = MessageKind

# While changes go on, each puts the mail off; but not for longer than so many grace delays.
LONGEST_GRACE = 5
# The desk hears of new proposals no more often than this.
DESK_PAUSE = timedelta(hours=1)
FINISHED_AFTER_HOURS = 24

# The change that waits to be told takes in another; a plan that waits will tell it anyway. Of
# changes the version is a number in the course, so that each mail has its own.
_CHANGE = """
WITH waiting AS (
    UPDATE scheduling_message SET due_at = least(%(due)s, greatest(due_at, created_at + %(cap)s))
     WHERE course_id = %(course)s AND kind IN ('moved', 'cancelled') AND status = 'due'
    RETURNING id
)
INSERT INTO scheduling_message (clinic_id, client_id, course_id, kind, lead_hours, version, due_at,
                                created_at, status, attempts, message_id, sent_to, problem, source)
SELECT %(clinic)s, %(client)s, %(course)s, %(kind)s, 0,
       (SELECT count(*) + 1 FROM scheduling_message
         WHERE course_id = %(course)s AND kind IN ('moved', 'cancelled')),
       %(due)s, %(now)s, 'due', 0, gen_random_uuid(), '', '', ''
 WHERE NOT EXISTS (SELECT FROM waiting)
   AND NOT EXISTS (SELECT FROM scheduling_message
                    WHERE course_id = %(course)s AND kind = 'course_booked'
                      AND status IN ('due', 'retrying'))
"""
_SCREENINGS = """
SELECT DISTINCT ON (c.id) c.clinic_id, c.client_id, c.id, a.screening_id
  FROM scheduling_course c
  JOIN cryoclinic_clinic k ON k.id = c.clinic_id
  JOIN clients_client p ON p.id = c.client_id AND p.email_consent AND p.email <> ''
  JOIN scheduling_appointment a ON a.course_id = c.id AND a.status = 'booked'
  JOIN clients_screening s ON s.id = a.screening_id
 WHERE c.id = ANY (%(ids)s) AND c.status = 'active' AND a.day > s.valid_until
   AND a.day BETWEEN (%(now)s::timestamptz AT TIME ZONE k.time_zone)::date
                 AND (%(now)s::timestamptz AT TIME ZONE k.time_zone)::date + %(notice)s
   AND NOT EXISTS (SELECT FROM scheduling_message m
                    WHERE m.course_id = c.id AND m.kind = 'rescreening_due'
                      AND m.version = a.screening_id AND m.status <> 'withdrawn')
 ORDER BY c.id, a.treatment
"""


def tell_change(
    course: Course, *, touched: Iterable[datetime], now: datetime, cancelled: bool = False
) -> None:
    """Visits were moved, cancelled or added: the client is told once nothing more has changed for
    the clinic's grace delay.

    ``touched`` are the beginnings of the visits concerned, before and after. What has changed is
    found when the mail is sent, against what the client was last told.
    """
    beginnings = list(touched)
    if not beginnings or not course.client.may_be_mailed:
        return
    clinic = course.clinic
    values: dict[str, Any] = {
        "clinic": course.clinic_id,
        "client": course.client_id,
        "course": course.pk,
        "kind": (Kind.CANCELLED if cancelled else Kind.MOVED).value,
        "now": now,
        "cap": clinic.change_grace * LONGEST_GRACE,
        "due": change_due(
            now, grace=clinic.change_grace, soonest=min(beginnings), day=day_of(clinic)
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, values)


def tell_missed(appointment: Appointment, *, now: datetime) -> None:
    """The client did not come: let us find another time."""
    _tell(appointment, Kind.MISSED, now)


def take_missed_back(appointment: Appointment) -> None:
    """The client was there after all."""
    Message.objects.withdrawable().filter(appointment=appointment, kind=Kind.MISSED).update(
        status=Message.Status.WITHDRAWN, problem=problems.SETTLED
    )


def tell_completed(appointment: Appointment, *, now: datetime) -> None:
    """The session was given: what to mind now."""
    if appointment.client.optional_mail:
        _tell(appointment, Kind.AFTERCARE, now)


def tell_finished(course: Course, *, now: datetime) -> None:
    """The last session was given: a day later the client is thanked."""
    if not (course.client.may_be_mailed and course.client.optional_mail):
        return
    tomorrow = later(now, FINISHED_AFTER_HOURS, course.clinic.zone)
    row = Row(
        clinic=course.clinic_id,
        client=course.client_id,
        course=course.pk,
        appointment=None,
        kind=Kind.COURSE_FINISHED.value,
        lead_hours=0,
        version=1,
        due_at=day_of(course.clinic).next_hour(tomorrow),
        created_at=now,
    )
    add([row])


def ask_for_screenings(courses: Sequence[int], *, notice_days: int, now: datetime) -> None:
    """Sessions of the courses (ids) within ``notice_days`` outlive their screening: a new one is
    asked for, once per course and screening."""
    with connection.cursor() as cursor:
        cursor.execute(_SCREENINGS, {"ids": list(courses), "notice": notice_days, "now": now})
        found = cursor.fetchall()
    clinics = Clinic.objects.in_bulk({clinic for clinic, *_rest in found}) if found else {}
    add(
        [
            Row(
                clinic=clinic,
                client=client,
                course=course,
                appointment=None,
                kind=Kind.RESCREENING_DUE.value,
                lead_hours=0,
                version=screening,
                due_at=day_of(clinics[clinic]).next_hour(now),
                created_at=now,
            )
            for clinic, client, course, screening in found
        ]
    )


def tell_desk(clinic: Clinic, *, now: datetime) -> None:
    """Proposals wait for the desk: one e-mail for all of them, and at most one an hour."""
    before = Message.objects.filter(clinic=clinic, kind=Kind.PROPOSALS_WAITING)
    if not clinic.email or before.pending().exists():
        return
    due_at = now + clinic.change_grace
    last = before.filter(status=Message.Status.SENT).order_by("-sent_at").first()
    if last is not None and last.sent_at is not None:
        due_at = max(due_at, last.sent_at + DESK_PAUSE)
    row = Row(
        clinic=clinic.pk,
        client=None,
        course=None,
        appointment=None,
        kind=Kind.PROPOSALS_WAITING.value,
        lead_hours=0,
        version=before.count() + 1,
        due_at=day_of(clinic).next_hour(due_at),
        created_at=now,
    )
    add([row])


def _tell(appointment: Appointment, kind: MessageKind, now: datetime) -> None:
    clinic = appointment.clinic
    if appointment.client.may_be_mailed:
        due_at = day_of(clinic).next_hour(now + clinic.change_grace)
        add([about(appointment, kind, due_at=due_at, now=now)])
