"""What a mail says, read from the database when it is made."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from scheduling.models import Appointment, Course, CourseProposal, Message
from scheduling.models.message import CHANGES
from scheduling.selectors.visits import Visit, visits_of
from scheduling.told import Changes, Told, changes_since, from_json, to_json

NO_CHANGES = Changes()


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds now of the message's course, or at its clinic.

    ``visits`` are the course's live ones in order. ``changes`` is filled for a change,
    ``outlived_screening`` (the id of the screening that runs out before a visit) for a
    re-screening, ``proposals`` (how many wait) for the desk.
    """

    visits: tuple[Visit, ...] = ()
    changes: Changes = NO_CHANGES
    outlived_screening: int | None = None
    proposals: int = 0


def facts_of(message: Message, *, now: datetime) -> Facts:
    """Read what the message needs; its course and clinic are to be loaded."""
    course = message.course
    if course is None:
        waiting = CourseProposal.objects.of(message.clinic).open()
        return Facts(proposals=waiting.filter(course__status=Course.Status.ACTIVE).count())
    visits = visits_of(course)
    if message.kind in CHANGES:
        changes = changes_since(last_told(course), visits, now=now)
        return Facts(visits=visits, changes=changes)
    if message.kind == Message.Kind.RESCREENING_DUE:
        return Facts(visits=visits, outlived_screening=_outlived(course, now))
    return Facts(visits=visits)


def last_told(course: Course) -> Told | None:
    """What the client was last told of the course; None where it was nothing."""
    sent = Message.objects.filter(course=course, status=Message.Status.SENT, told__isnull=False)
    told = sent.order_by("-sent_at", "-id").values_list("told", flat=True).first()
    return None if told is None else from_json(told)


def told_by(message: Message, facts: Facts) -> object:
    """What the client knows once the mail is there; None where it says no more than they know."""
    tells_all = message.kind in (*CHANGES, Message.Kind.COURSE_BOOKED)
    return to_json(facts.visits) if tells_all else None


def _outlived(course: Course, now: datetime) -> int | None:
    booked = Appointment.objects.filter(course=course, status=Appointment.Status.BOOKED)
    late = booked.filter(treatment__startswith__gt=now, day__gt=F("screening__valid_until"))
    return late.in_order().values_list("screening", flat=True).first()
