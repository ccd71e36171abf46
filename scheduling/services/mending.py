"""The worker mends courses: what only adds it books, what would move a visit it proposes.

One course per transaction, its row locked and skipped by every other worker, so that each is mended
or proposed once. Which ones are due is in ``CourseCheck``: looking costs what has changed, or what
time has come for, and nothing for all the others.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Max

from cryoclinic.audit import service
from cryoclinic.errors import Refused
from cryoclinic.models import User
from procedures.selectors import protocol_for
from scheduling.models import Course, CourseAlert, CourseCheck, CourseProposal
from scheduling.planner import CELL_MINUTES
from scheduling.replanning import Replan, replan
from scheduling.selectors.mending import taken_by_others
from scheduling.services import spacing, telling
from scheduling.services.replanning import apply_replan
from scheduling.standing import Standing, Step, standing_of

Reason = CourseProposal.Reason
Status = CourseProposal.Status


def mend_due(*, by: User, now: datetime, limit: int | None = None) -> int:
    """Look at every course that is due, or at ``limit`` of them; return how many were."""
    done = 0
    while (limit is None or done < limit) and _mend_next(by=by, now=now):
        done += 1
    return done


def mend_course(*, by: User, course: Course, now: datetime) -> bool:
    """Look at this course now; False where somebody else is just changing it."""
    return _mend_next(by=by, now=now, only=course.pk)


@service
def _mend_next(*, by: User, now: datetime, only: int | None = None) -> bool:
    """Claim the course that has been due the longest, or ``only`` this one, and deal with it.

    The course's row is locked, after its client's, and not its check's: whoever changes a room or
    its hours in the meantime asks for another look without waiting, and ``asked`` tells that they
    did.
    """
    checks = CourseCheck.objects.order_by("due_at", "course_id")
    checks = checks.filter(due_at__lte=now) if only is None else checks.filter(pk=only)
    claimed = (
        checks.select_related("course__client")
        .select_for_update(of=("course__client", "course"), skip_locked=True, no_key=True)
        .first()
    )
    if claimed is None:
        return False
    # Another worker may have dealt with it between our finding it and our locking it.
    check = CourseCheck.objects.filter(pk=claimed.pk).first()
    if check is None or (only is None and check.due_at > now):
        return True
    course = Course.objects.select_related("client", "clinic", "procedure_type", "zone").get(
        pk=claimed.pk
    )
    if course.status != Course.Status.ACTIVE:
        _leave_alone(course, now)
        CourseCheck.objects.filter(pk=course.pk, asked=check.asked).delete()
        return True
    if undo_until := course.appointments.undoable(now).aggregate(last=Max("undo_until"))["last"]:
        CourseCheck.objects.filter(pk=course.pk, asked=check.asked).update(due_at=undo_until)
        return True
    outcome = _mend(by, course, now)
    # What was booked just now has asked for another look: this was it.
    seen = check.asked + (1 if outcome is Outcome.BOOKED else 0)
    due_at = _next_look(course, now, retry=outcome is Outcome.NO_PLAN)
    CourseCheck.objects.filter(pk=course.pk, asked=seen).update(due_at=due_at)
    return True


class Outcome(Enum):
    RIGHT = "right"
    BOOKED = "booked"
    PROPOSED = "proposed"
    NO_PLAN = "no plan"


def _mend(by: User, course: Course, now: datetime) -> Outcome:
    """Book, propose or leave as it is."""
    try:
        found = replan(course, now=now, taken=list(taken_by_others(course, now)))
    except Refused:  # not one day on which the client is cleared
        found = Replan(standing=standing_of(course, now=now))
    if found.unchanged and found.infeasible is None:
        _overtake(course, now)
        outcome = Outcome.RIGHT
    elif _may_book(found) and _booked(by, course, found):
        outcome = Outcome.BOOKED
    else:
        _propose(course, found, now)
        outcome = Outcome.PROPOSED if found.lines else Outcome.NO_PLAN
    spacing.review_courses(by=by, ids=[course.pk], now=now)
    return outcome


def _may_book(found: Replan) -> bool:
    """What only adds; but not once more what was added before and called off again."""
    return found.only_adds_at_the_end and len(found.standing.called_off) <= len(found.added)


def _booked(by: User, course: Course, found: Replan) -> bool:
    """Book the plan; where somebody was quicker, all as before and False."""
    try:
        with transaction.atomic():
            apply_replan(by=by, course=course, steps=found.steps, fingerprint=found.fingerprint)
    except Refused:
        return False
    return True


def _propose(course: Course, found: Replan, now: datetime) -> None:
    """Put the plan before the desk, unless just this is there already or was turned down."""
    reason = reason_of(found)
    tokens = [step.token for step in found.steps]
    same = CourseProposal.objects.filter(
        course=course, fingerprint=found.fingerprint, reason=reason, steps=tokens
    )
    if same.filter(status__in=[Status.OPEN, Status.DISMISSED]).exists():
        return
    _overtake(course, now)
    protocol = protocol_for(course.procedure_type, course.zone)
    CourseProposal.objects.create(
        course=course,
        reason=reason,
        relaxed=found.relaxation.kind.value if found.relaxation else "",
        steps=tokens,
        cells=protocol.occupied_minutes // CELL_MINUTES,
        fingerprint=found.fingerprint,
        created_at=now,
    )
    telling.tell_desk(course.clinic, now=now)


def reason_of(found: Replan) -> str:
    """Why the course has to change, the most pressing reason first."""
    if found.hit:
        return Reason.UNAVAILABLE
    if len(found.standing.movable) < found.standing.sessions:
        return Reason.SESSION_LOST
    return Reason.GAP_TOO_LONG


def _overtake(course: Course, now: datetime) -> None:
    """What was proposed before is no longer what the course needs."""
    course.proposals.open().update(status=Status.STALE, decided_at=now)


def _leave_alone(course: Course, now: datetime) -> None:
    """A course that is held, stopped or over has nothing to be put right."""
    _overtake(course, now)
    CourseAlert.objects.open().filter(course=course).update(resolved_at=now)


def _next_look(course: Course, now: datetime, *, retry: bool) -> datetime:
    """When time alone can make something wrong with the course, or its proposal overtaken."""
    standing = standing_of(course, now=now)
    today = course.clinic.local(now).date()
    days = {day for day in _turning_days(course, standing) if day > today}
    if retry or not days:
        days.add(today + timedelta(days=1))
    return datetime.combine(min(days), time(), tzinfo=course.clinic.zone)


def _turning_days(course: Course, standing: Standing) -> Iterator[date]:
    """Days with whose beginning the course has to be looked at."""
    live = sorted(each.day for each in (*standing.stands, *standing.movable))
    for day in live:
        yield day + timedelta(days=1)
    if live:
        yield live[-1] + timedelta(days=course.max_gap_days + 1)
    for each in standing.movable:
        if each.needs_rescreening:
            yield each.day - timedelta(days=spacing.RESCREENING_NOTICE_DAYS)
    proposal = course.proposals.open().first()
    if proposal:
        yield from (Step.parse(token).slot.day for token in proposal.steps[:1])
