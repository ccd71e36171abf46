"""What a client does on their own page: confirm, cancel, take it back, move, book what was lost.

Each takes the course as it was when the link was read, and the visit's primary key if it is about
one, locks as the desk does, and calls the desk's own service. Sent twice, it is done once and ends
the same way.
``by`` is the account that clients act as (``User.objects.client_by_link()``).
"""

from datetime import timedelta

from django.utils import timezone

from cryoclinic.audit import service
from cryoclinic.models import User
from scheduling import client_rules as rules
from scheduling.client_rules import ChangedMeanwhile, in_clients_words
from scheduling.clock import instant
from scheduling.locks import conflicts_in_words, lock_course
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.services.appointments import (
    cancel_appointment,
    confirm_appointment,
    move_appointment,
    restore_appointment,
)
from scheduling.services.courses import add_session
from scheduling.spans import slot_of

Status = Appointment.Status


@conflicts_in_words()
@service
def confirm_visit(*, by: User, course: Course, visit: int) -> Appointment:
    """The client will come. Until the visit begins, whatever the cut-off is."""
    appointment = _locked(course, visit)
    rules.require_open(appointment.course, appointment.clinic)
    rules.require_booked(appointment, timezone.now())
    if appointment.confirmed_at is not None:
        return appointment
    return confirm_appointment(by=by, appointment=appointment)


@conflicts_in_words()
@service
def cancel_visit(*, by: User, course: Course, visit: int, version: int) -> Appointment:
    """Call the visit off; for the clinic's minutes it may be taken back.

    ``version`` is the schedule version that the client saw: what they call off is that time.
    """
    appointment = _locked(course, visit)
    if appointment.status == Status.CANCELLED:
        return appointment
    now, clinic = timezone.now(), appointment.clinic
    rules.require_open(appointment.course, clinic)
    rules.require_changeable(appointment, clinic, now)
    _require_seen(appointment, version)
    undo_until = min(now + timedelta(minutes=clinic.undo_minutes), appointment.starts_at)
    with in_clients_words(clinic):
        return cancel_appointment(by=by, appointment=appointment, undo_until=undo_until)


@conflicts_in_words()
@service
def take_cancellation_back(*, by: User, course: Course, visit: int) -> Appointment:
    """The visit is on again, if its time is still free and the client is in time."""
    appointment = _locked(course, visit)
    if appointment.status == Status.BOOKED:
        return appointment
    now, clinic = timezone.now(), appointment.clinic
    rules.require_open(appointment.course, clinic)
    if appointment.undo_until is None or appointment.undo_until <= now:
        raise ChangedMeanwhile()
    with in_clients_words(clinic):
        return restore_appointment(by=by, appointment=appointment)


@conflicts_in_words()
@service
def move_visit(*, by: User, course: Course, visit: int, slot: Slot, version: int) -> Appointment:
    """Move the visit into the slot, which is as far ahead as the clinic's cut-off asks."""
    appointment = _locked(course, visit)
    if appointment.status == Status.BOOKED and slot_of(appointment) == slot:
        return appointment
    now, clinic = timezone.now(), appointment.clinic
    rules.require_open(appointment.course, clinic)
    rules.require_changeable(appointment, clinic, now)
    _require_seen(appointment, version)
    rules.require_ahead(instant(clinic.zone, slot.day, slot.cell), clinic, now)
    with in_clients_words(clinic):
        return move_appointment(by=by, appointment=appointment, slot=slot)


@conflicts_in_words()
@service
def book_visit(*, by: User, course: Course, slot: Slot) -> Appointment:
    """Book a session that the course has lost, in the slot, as far ahead as the cut-off asks."""
    course, now = _locked_course(course), timezone.now()
    clinic = course.clinic
    booked = course.appointments.filter(status=Status.BOOKED).select_related("clinic")
    for appointment in booked:
        if slot_of(appointment) == slot:
            return appointment
    rules.require_open(course, clinic)
    rules.require_unbooked(course, now)
    rules.require_ahead(instant(clinic.zone, slot.day, slot.cell), clinic, now)
    with in_clients_words(clinic):
        return add_session(by=by, course=course, slot=slot)


def _locked_course(course: Course) -> Course:
    """The course as it is now, its row locked.

    Raises ``ChangedMeanwhile`` where the desk has withdrawn the link since it was read.
    """
    locked = lock_course(course.pk)
    if locked.link_version != course.link_version:
        raise ChangedMeanwhile()
    return locked


def _locked(course: Course, visit: int) -> Appointment:
    """The visit as it is now, if it is one of this course, whose row is locked."""
    locked = _locked_course(course)
    appointment = Appointment.objects.select_related("clinic", "client").get(
        pk=visit, course=locked
    )
    appointment.course = locked
    return appointment


def _require_seen(appointment: Appointment, version: int) -> None:
    if appointment.schedule_version != version:
        raise ChangedMeanwhile()
