"""What can happen to one appointment, each as a service: it is moved, cancelled, attended."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Screening
from cryoclinic.audit import service
from cryoclinic.models import User
from procedures.selectors import protocol_for
from scheduling.asking import why_not
from scheduling.collisions import require_free
from scheduling.errors import AwaitsReview, NotCleared, SlotRefused, WrongState
from scheduling.locks import conflicts_in_words, lock_course, lock_resources
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.questions import Treatment
from scheduling.services import outbox, telling
from scheduling.services.watch import look_again
from scheduling.spans import slot_of, spans_of

Status = Appointment.Status


@conflicts_in_words()
@service
def move_appointment(*, by: User, appointment: Appointment, slot: Slot) -> Appointment:
    """Move the appointment to the slot; it stays the same appointment.

    Its confirmation ends and its schedule version rises, so that the client is told of the new
    time. Raises a ``Refused`` that names the rule.
    """
    appointment = _locked(appointment)
    _require(appointment, Status.BOOKED)
    if slot_of(appointment) == slot:
        return appointment
    check_slot(appointment.course, slot, appointment, ignoring=appointment)
    before = appointment.starts_at
    protocol = protocol_for(appointment.course.procedure_type, appointment.course.zone)
    appointment.treatment, appointment.visit = spans_of(appointment.clinic, slot, protocol)
    appointment.specialist_id, appointment.room_id = slot.specialist, slot.room
    appointment.device_id = slot.device
    appointment.schedule_version += 1
    appointment.confirmed_at = None
    appointment.save()
    appointment.refresh_from_db(fields=["day"])
    now = timezone.now()
    outbox.schedule_reminders([appointment], now=now)
    telling.tell_change(appointment.course, touched=[before, appointment.starts_at], now=now)
    look_again([appointment.course_id], at=now)
    return appointment


@conflicts_in_words()
@service
def cancel_appointment(
    *,
    by: User,
    appointment: Appointment,
    reason: str = "",
    undo_until: datetime | None = None,
) -> Appointment:
    """Call it off; its time is free at once and its place in the course open again.

    ``undo_until``: how long the client, who cancels by their link, may take it back; the worker
    books no other session in its place until then.
    """
    appointment = _locked(appointment)
    _require(appointment, Status.BOOKED, Status.CHECKED_IN)
    appointment.undo_until = undo_until
    cancelled = _set_status(appointment, Status.CANCELLED, reason)
    telling.tell_change(
        cancelled.course, touched=[cancelled.starts_at], now=timezone.now(), cancelled=True
    )
    return cancelled


@conflicts_in_words()
@service
def restore_appointment(*, by: User, appointment: Appointment) -> Appointment:
    """Undo a cancellation, where time, gaps, place and clearance still allow it."""
    appointment = _locked(appointment)
    _require(appointment, Status.CANCELLED)
    try:
        check_slot(appointment.course, slot_of(appointment), appointment, ignoring=appointment)
    except SlotRefused as error:
        error.next_step = _("Leave it cancelled, and book the session again from its course.")
        raise
    appointment.schedule_version += 1
    restored = _set_status(appointment, Status.BOOKED)
    now = timezone.now()
    outbox.schedule_reminders([restored], now=now)
    telling.tell_change(restored.course, touched=[restored.starts_at], now=now)
    return restored


@conflicts_in_words()
@service
def confirm_appointment(*, by: User, appointment: Appointment) -> Appointment:
    """The client has said that they will come."""
    appointment = _locked(appointment)
    _require(appointment, Status.BOOKED)
    appointment.confirmed_at = appointment.confirmed_at or timezone.now()
    appointment.save(update_fields=["confirmed_at"])
    look_again([appointment.course_id], at=timezone.now())
    return appointment


@conflicts_in_words()
@service
def check_in(*, by: User, appointment: Appointment) -> Appointment:
    """The client is here. Only on the day, in an active course, with a screening that counts."""
    appointment = _locked(appointment)
    _require(appointment, Status.BOOKED)
    if appointment.day != appointment.clinic.today():
        raise WrongState(_("A client is checked in on the day of the visit."))
    _require_active(appointment.course)
    if appointment.pre_visit_answers.to_review().exists():
        raise AwaitsReview()
    if appointment.needs_rescreening:
        raise NotCleared(
            _("The screening is no longer valid on the day of this visit."),
            _("Screen the client again, then check them in."),
        )
    return _set_status(appointment, Status.CHECKED_IN)


@conflicts_in_words()
@service
def undo_check_in(*, by: User, appointment: Appointment) -> Appointment:
    """Take a check-in back; what was asked at the visit is asked again at the next one."""
    appointment = _locked(appointment)
    _require(appointment, Status.CHECKED_IN)
    appointment.visit_check = None
    return _set_status(appointment, Status.BOOKED)


@conflicts_in_words()
@service
def mark_missed(*, by: User, appointment: Appointment) -> Appointment:
    """The client did not come; the session has to be booked again within the gap."""
    appointment = _locked(appointment)
    _require(appointment, Status.BOOKED)
    if appointment.starts_at > timezone.now():
        raise WrongState(_("A visit can be missed only after it should have begun."))
    missed = _set_status(appointment, Status.MISSED)
    telling.tell_missed(missed, now=timezone.now())
    return missed


@conflicts_in_words()
@service
def undo_missed(*, by: User, appointment: Appointment) -> Appointment:
    """The client was there after all, or came late."""
    appointment = _locked(appointment)
    _require(appointment, Status.MISSED)
    telling.take_missed_back(appointment)
    return _set_status(appointment, Status.BOOKED)


@conflicts_in_words()
@service
def complete_appointment(*, by: User, appointment: Appointment) -> Appointment:
    """The session was given. The course is completed with its last one."""
    appointment = _locked(appointment)
    _require(appointment, Status.CHECKED_IN)
    if appointment.visit_check_id is None:
        raise NotCleared(
            _("The passing contraindications were not asked again at this visit."),
            _("Ask them first; then record the session."),
        )
    appointment = _set_status(appointment, Status.COMPLETED)
    course, now = appointment.course, timezone.now()
    telling.tell_completed(appointment, now=now)
    done = course.appointments.filter(status=Status.COMPLETED).count()
    if done == course.sessions_planned:
        course.status = Course.Status.COMPLETED
        course.save(update_fields=["status"])
        telling.tell_finished(course, now=now)
    return appointment


def check_slot(
    course: Course, slot: Slot, appointment: Appointment | None, *, ignoring: Appointment | None
) -> None:
    """Lock what the slot needs and ask every rule of it; raises the refusal in words.

    Gaps are asked against the course's other live appointments. For a new one ``appointment`` is
    None, and the screening that of the course's latest appointment.
    """
    _require_active(course)
    treatment = Treatment.of_course(course, sessions=1)
    require_free(treatment, [slot], ignoring=[ignoring.pk] if ignoring else [])
    lock_resources([slot])
    screening = appointment.screening if appointment else screening_of(course)
    refusal = why_not(course, slot, screening, own=ignoring)
    if refusal is not None:
        raise refusal


def screening_of(course: Course) -> Screening:
    """The screening that the course's appointments rely on: that of the newest of them."""
    return course.appointments.select_related("screening").latest("id").screening


def _locked(appointment: Appointment) -> Appointment:
    """The appointment as it is now, its course's row locked first."""
    course = lock_course(appointment.course_id)
    fresh = Appointment.objects.select_related(
        "clinic", "client", "screening", "specialist__user", "room", "device"
    ).get(pk=appointment.pk)
    fresh.course = course
    return fresh


def _require(appointment: Appointment, *statuses: str) -> None:
    if appointment.status not in statuses:
        raise WrongState(
            _("The appointment is “%(status)s”, so this can't be done.")
            % {"status": appointment.get_status_display()}
        )


def _require_active(course: Course) -> None:
    if course.status == Course.Status.HELD:
        raise WrongState(
            _("The course is on hold: %(reason)s.") % {"reason": course.held_reason.rstrip(".")}
        )
    if not course.is_open:
        raise WrongState(_("The course is “%(status)s”.") % {"status": course.get_status_display()})


def _set_status(appointment: Appointment, status: str, reason: str = "") -> Appointment:
    appointment.status = status
    appointment.status_reason = reason
    if status != Status.CANCELLED:
        appointment.undo_until = None
    appointment.save(
        update_fields=["status", "status_reason", "schedule_version", "visit_check", "undo_until"]
    )
    if status in (Status.CANCELLED, Status.MISSED):
        outbox.withdraw([appointment])
    look_again([appointment.course_id], at=timezone.now())
    return appointment
