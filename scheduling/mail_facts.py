"""What a mail says, read from the database when it is made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from scheduling.models import Appointment, Course, CourseProposal, Message, Wording
from scheduling.models.message import CHANGES, MessageKind
from scheduling.selectors.visits import Visit, visits_by_course
from scheduling.told import Changes, Told, changes_since, from_json, to_json

NO_CHANGES = Changes()

_OVERTAKEN = """
SELECT m.id FROM scheduling_message m
 WHERE m.id = ANY (%(ids)s) AND m.kind = 'reminder' AND EXISTS (
       SELECT FROM scheduling_message s
        WHERE s.appointment_id = m.appointment_id AND s.kind = 'reminder'
          AND s.version = m.version AND s.lead_hours < m.lead_hours
          AND s.due_at <= %(now)s AND s.status <> 'withdrawn')
"""

OwnWords = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds now of the message's course, or at its clinic.

    ``visits`` are the course's live ones in order. ``changes`` is filled for a change,
    ``outlived_screening`` (the id of the screening that runs out before a visit) for a
    re-screening, ``proposals`` (how many wait) for the desk, ``is_overtaken`` for a reminder where
    a later one is due as well. ``words`` are the clinic's own by kind and language, each subject,
    beginning and end; None where they were not read.
    """

    visits: tuple[Visit, ...] = ()
    changes: Changes = NO_CHANGES
    outlived_screening: int | None = None
    proposals: int = 0
    is_overtaken: bool = False
    words: Mapping[tuple[str, str], OwnWords] | None = None


def facts_of(message: Message, *, now: datetime) -> Facts:
    """Read what the message needs; its course and clinic are to be loaded."""
    return facts_of_all([message], now=now)[message.pk]


def facts_of_all(messages: Sequence[Message], *, now: datetime) -> dict[int, Facts]:
    """The facts by message; a fixed number of queries for all but changes and new screenings."""
    visits = visits_by_course([message.course for message in messages if message.course])
    words = _words({message.clinic_id for message in messages})
    overtaken = _overtaken([message.pk for message in messages], now)
    return {
        message.pk: Facts(
            is_overtaken=message.pk in overtaken,
            words=words[message.clinic_id],
            **_particular(message, visits.get(message.course_id or 0, ()), now),
        )
        for message in messages
    }


def _particular(message: Message, visits: tuple[Visit, ...], now: datetime) -> dict[str, Any]:
    """What this kind needs besides."""
    course = message.course
    if course is None:
        waiting = CourseProposal.objects.of(message.clinic).open()
        return {"proposals": waiting.filter(course__status=Course.Status.ACTIVE).count()}
    if message.kind in CHANGES:
        changes = changes_since(last_told(course), visits, now=now)
        return {"visits": visits, "changes": changes}
    if message.kind == MessageKind.RESCREENING_DUE:
        return {"visits": visits, "outlived_screening": _outlived(course, now)}
    return {"visits": visits}


def _words(clinics: Collection[int]) -> dict[int, dict[tuple[str, str], OwnWords]]:
    """By clinic, what it words itself."""
    own: dict[int, dict[tuple[str, str], OwnWords]] = {clinic: {} for clinic in clinics}
    rows = Wording.objects.filter(clinic__in=clinics).order_by()
    for clinic, kind, language, *said in rows.values_list(
        "clinic", "kind", "language", "subject", "intro", "closing"
    ):
        own[clinic][kind, language] = tuple(said)
    return own


def _overtaken(ids: Sequence[int], now: datetime) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_OVERTAKEN, {"ids": list(ids), "now": now})
        return {pk for (pk,) in cursor.fetchall()}


def last_told(course: Course) -> Told | None:
    """What the client was last told of the course; None where it was nothing."""
    sent = Message.objects.filter(course=course, status=Message.Status.SENT, told__isnull=False)
    told = sent.order_by("-sent_at", "-id").values_list("told", flat=True).first()
    return None if told is None else from_json(told)


def told_by(message: Message, facts: Facts) -> object:
    """What the client knows once the mail is there; None where it says no more than they know."""
    tells_all = message.kind in (*CHANGES, MessageKind.COURSE_BOOKED)
    return to_json(facts.visits) if tells_all else None


def _outlived(course: Course, now: datetime) -> int | None:
    booked = Appointment.objects.filter(course=course, status=Appointment.Status.BOOKED)
    late = booked.filter(treatment__startswith__gt=now, day__gt=F("screening__valid_until"))
    return late.in_order().values_list("screening", flat=True).first()
