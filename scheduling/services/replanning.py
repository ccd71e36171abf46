"""Booking a plan that was made anew for a running course: all of it or none of it."""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Screening
from cryoclinic.audit import service
from cryoclinic.models import User
from procedures.models import Protocol
from procedures.selectors import protocol_for
from scheduling import planner
from scheduling.errors import StalePlan, WrongState
from scheduling.explain import refused
from scheduling.locks import conflicts_in_words, lock_course, lock_resources
from scheduling.models import Appointment, Course, CourseProposal
from scheduling.planner import Slot
from scheduling.questions import Treatment, plan_request
from scheduling.services import outbox, telling
from scheduling.services.booking import new_appointment
from scheduling.services.watch import look_again
from scheduling.spans import slot_of, spans_of
from scheduling.standing import Change, Standing, Step, change_of, standing_of
from scheduling.wishes import Wishes

Decision = CourseProposal.Status

# Two sessions may change places: each is checked once both are there.
EXCLUSIONS = (
    "appointment_specialist_free, appointment_room_free, appointment_device_free, "
    "appointment_client_free, appointment_min_gap"
)


@conflicts_in_words()
@service
def apply_replan(
    *,
    by: User,
    course: Course,
    steps: Sequence[Step],
    fingerprint: str,
    wishes: Wishes | None = None,
) -> Course:
    """Move what moves and add what is missing, as ``replan`` found it for ``fingerprint``.

    Moved appointments stay the same ones: their schedule version rises and their confirmation
    ends. ``wishes`` become the course's. Raises ``StalePlan`` where the course has changed since,
    else the ``Refused`` of the first rule that a slot breaks.
    """
    course = lock_course(course.pk)
    standing = standing_of(course, now=timezone.now())
    steps = sorted(steps, key=lambda step: (step.slot.day, step.slot.cell))
    screening = _require_fresh(standing, steps, fingerprint)
    lock_resources([step.slot for step in steps])
    _check_steps(standing, steps, screening)
    if wishes is not None:
        course.wishes = wishes.to_json()
        course.save(update_fields=["wishes"])
    _book(standing, steps, screening)
    _decide(course, steps)
    look_again([course.pk], at=timezone.now())
    return course


def _require_fresh(standing: Standing, steps: Sequence[Step], fingerprint: str) -> Screening:
    """The plan is of the course as it is now, and places each of its sessions once."""
    course = standing.course
    if standing.fingerprint != fingerprint:
        raise StalePlan(_("The course has changed since this plan was made."))
    if course.status != Course.Status.ACTIVE:
        raise WrongState(_("The course is “%(status)s”.") % {"status": course.get_status_display()})
    keys = [step.key for step in steps if step.key is not None]
    placed = len(steps) == standing.sessions
    if not placed or sorted(keys) != sorted(each.pk for each in standing.movable):
        raise StalePlan(_("The plan does not place every session of the course once."))
    if standing.screening is None or not steps:
        raise StalePlan(_("The course has no session to place."))
    return standing.screening


def _check_steps(standing: Standing, steps: Sequence[Step], screening: Screening) -> None:
    """Ask the planner's rules of every slot, kept ones too, so that a refusal can be explained."""
    first, last = steps[0].slot.day, steps[-1].slot.day
    treatment = Treatment.of_course(standing.course, sessions=len(steps))
    ignoring = [appointment.pk for appointment in standing.movable]
    request = plan_request(
        treatment,
        screening=screening,
        first_day=first,
        days=(last - first).days + 1,
        ignoring=ignoring,
    )
    done = [slot_of(each).day for each in standing.stands]
    before: date | None = done[-1] if done else None
    for step in steps:
        refusal = planner.refuse(request, step.slot, before=before, after=None)
        if refusal is not None:
            raise refused(
                request,
                refusal,
                slot=step.slot,
                treatment=treatment,
                sessions=[*done, *(each.slot.day for each in steps)],
                ignoring=ignoring,
            )
        before = step.slot.day


def _book(standing: Standing, steps: Sequence[Step], screening: Screening) -> None:
    protocol = protocol_for(standing.course.procedure_type, standing.course.zone)
    course, booked = standing.course, {each.pk: each for each in standing.movable}
    places = _free_places(standing)
    told, touched = [], []
    _check_exclusions("DEFERRED")
    for step in steps:
        if step.key is None:
            place = places.pop(0)
            made = new_appointment(course, step.slot, screening, protocol, place)
            made.save(force_insert=True)
            told.append(made)
            touched.append(made.starts_at)
            continue
        appointment = booked[step.key]
        if change_of(slot_of(appointment), step.slot) is Change.MOVED:
            appointment.screening = screening
            told.append(appointment)
            touched.append(appointment.starts_at)
        _put(appointment, step.slot, protocol)
        touched.append(appointment.starts_at)
    _check_exclusions("IMMEDIATE")
    now = timezone.now()
    outbox.schedule_reminders(told, now=now)
    if told:
        telling.tell_change(course, touched=touched, now=now)


def _put(appointment: Appointment, slot: Slot, protocol: Protocol) -> None:
    """Bring the appointment into the slot; one whose time changes is told anew."""
    change = change_of(slot_of(appointment), slot)
    if change is Change.KEPT:
        return
    appointment.room_id, appointment.device_id = slot.room, slot.device
    if change is Change.MOVED:
        appointment.treatment, appointment.visit = spans_of(appointment.clinic, slot, protocol)
        appointment.specialist_id = slot.specialist
        appointment.schedule_version += 1
        appointment.confirmed_at = None
    appointment.save()


def _decide(course: Course, steps: Sequence[Step]) -> None:
    """What was proposed has been accepted, or is overtaken by what was booked instead."""
    tokens = [step.token for step in steps]
    for proposal in course.proposals.open():
        accepted = proposal.steps == tokens
        proposal.status = Decision.ACCEPTED if accepted else Decision.STALE
        proposal.decided_at = timezone.now()
        proposal.save(update_fields=["status", "decided_at"])


@conflicts_in_words()
@service
def accept_proposal(*, by: User, proposal: CourseProposal) -> Course:
    """Book what was proposed, just as it was seen.

    Raises ``StalePlan`` where it has been decided or overtaken since, or the course has changed.
    """
    course = lock_course(proposal.course_id)
    if not CourseProposal.objects.open().filter(pk=proposal.pk).exists():
        raise StalePlan(_("This plan has been overtaken by another one."))
    steps = [Step.parse(token) for token in proposal.steps]
    return apply_replan(by=by, course=course, steps=steps, fingerprint=proposal.fingerprint)


@conflicts_in_words()
@service
def dismiss_proposal(*, by: User, proposal: CourseProposal) -> None:
    """The desk leaves the course as it is; just this plan is not proposed again."""
    lock_course(proposal.course_id)
    open_one = CourseProposal.objects.open().filter(pk=proposal.pk)
    open_one.update(status=Decision.DISMISSED, decided_at=timezone.now())


def _free_places(standing: Standing) -> list[int]:
    taken = {each.place for each in (*standing.stands, *standing.movable)}
    return [n for n in range(1, standing.course.sessions_planned + 1) if n not in taken]


def _check_exclusions(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {EXCLUSIONS} {when}")
