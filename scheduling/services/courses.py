"""What can happen to a course as a whole."""

from decimal import Decimal

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clients.models import Screening
from clients.selectors import verdict_for
from clients.verdict import Outcome
from cryoclinic.audit import service
from cryoclinic.models import User
from procedures.selectors import protocol_for
from scheduling.errors import CourseFull, WrongState
from scheduling.locks import conflicts_in_words, lock_course
from scheduling.models import Appointment, Course, Payment
from scheduling.planner import Slot
from scheduling.services import outbox, telling
from scheduling.services.appointments import check_slot, screening_of
from scheduling.services.booking import new_appointment
from scheduling.services.watch import look_again


@conflicts_in_words()
@service
def hold_course(*, by: User, course: Course, reason: str) -> Course:
    """Stop treating until it is resolved; the appointments stay, but nobody is checked in.

    ``reason`` is for staff and shown at the desk: it names no health data.
    """
    course = lock_course(course.pk)
    if course.status != Course.Status.ACTIVE:
        raise WrongState(_("Only an active course can be put on hold."))
    _hold(course, reason)
    look_again([course.pk], at=timezone.now())
    return course


@conflicts_in_words()
@service
def resume_course(*, by: User, course: Course) -> Course:
    """End the hold."""
    course = lock_course(course.pk)
    if course.status != Course.Status.HELD:
        raise WrongState(_("The course is not on hold."))
    course.status, course.held_reason = Course.Status.ACTIVE, ""
    course.save(update_fields=["status", "held_reason"])
    outbox.resume(course, now=timezone.now())
    look_again([course.pk], at=timezone.now())
    return course


@conflicts_in_words()
@service
def stop_course(*, by: User, course: Course, reason: str) -> Course:
    """End the course for good and cancel what is still booked."""
    course = lock_course(course.pk)
    if not course.is_open:
        raise WrongState(_("The course has already ended."))
    course.status, course.held_reason = Course.Status.STOPPED, ""
    course.save(update_fields=["status", "held_reason"])
    now = timezone.now()
    upcoming = list(course.appointments.upcoming().order_by("pk"))
    for appointment in upcoming:
        appointment.status, appointment.status_reason = Appointment.Status.CANCELLED, reason
    Appointment.objects.bulk_update(upcoming, ["status", "status_reason"])
    outbox.withdraw(upcoming)
    telling.tell_change(
        course, touched=[each.starts_at for each in upcoming], now=now, cancelled=True
    )
    look_again([course.pk], at=now)
    return course


@conflicts_in_words()
@service
def add_session(*, by: User, course: Course, slot: Slot) -> Appointment:
    """Book a session that the course has lost, in the slot."""
    course = lock_course(course.pk)
    taken = set(course.appointments.live().values_list("place", flat=True))
    free = [place for place in range(1, course.sessions_planned + 1) if place not in taken]
    if not free:
        raise CourseFull()
    check_slot(course, slot, None, ignoring=None)
    protocol = protocol_for(course.procedure_type, course.zone)
    appointment = new_appointment(course, slot, screening_of(course), protocol, free[0])
    appointment.save(force_insert=True)
    appointment.refresh_from_db()
    now = timezone.now()
    outbox.schedule_reminders([appointment], now=now)
    telling.tell_change(course, touched=[appointment.starts_at], now=now)
    look_again([course.pk], at=now)
    return appointment


@conflicts_in_words()
@service
def rescreen_course(*, by: User, course: Course, screening: Screening) -> Course:
    """Let the upcoming appointments rely on a newer full screening of the same client.

    Where the new one stops the procedure on the day of one of them, the course is held instead,
    and its appointments keep the old one: the desk moves or stops them.
    """
    course = lock_course(course.pk)
    look_again([course.pk], at=timezone.now())
    if screening.client_id != course.client_id or not screening.is_full:
        raise WrongState(_("This screening is not a full one of the course's client."))
    booked = course.appointments.filter(status=Appointment.Status.BOOKED)
    upcoming = list(booked.filter(day__gte=screening.asked_on).order_by("pk"))
    stopped = [
        appointment
        for appointment in upcoming
        if verdict_for(screening, zone=course.zone, day=appointment.day).outcome
        in (Outcome.REFUSED, Outcome.DEFERRED)
    ]
    if stopped:
        if course.status == Course.Status.ACTIVE:
            with translation.override(course.clinic.language):  # staff of one clinic read it
                _hold(course, _("the new screening does not clear every booked session"))
        return course
    for appointment in upcoming:
        appointment.screening = screening
    Appointment.objects.bulk_update(upcoming, ["screening"])
    return course


def _hold(course: Course, reason: str) -> None:
    course.status, course.held_reason = Course.Status.HELD, reason
    course.save(update_fields=["status", "held_reason"])
    outbox.hold(course)


@service
def record_payment(*, by: User, course: Course, amount: Decimal, comment: str = "") -> Payment:
    """Add money received; a negative amount gives back."""
    return Payment.objects.create(
        course=course,
        amount=amount,
        currency=course.currency,
        comment=comment,
        received_at=timezone.now(),
        received_by=by,
    )
