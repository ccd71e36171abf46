"""One appointment as its page shows it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from clients.models import Screening
from clients.selectors import current_screening
from scheduling.models import Appointment
from scheduling.selectors import words

Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class AppointmentPage:
    """``number`` is its place among the course's live visits by date, 0 where it does not count.

    ``may`` names what can be done with it now by the reader. ``newer`` is a later full screening
    that covers its day, where the one it was booked on does not. ``awaits_review``: the client has
    said before the visit that something has changed.
    """

    when: str
    hours: str
    number: int
    needs_rescreening: bool
    newer: Screening | None
    awaits_review: bool
    may: frozenset[str]


def appointment_page(appointment: Appointment, permissions: Collection[str]) -> AppointmentPage:
    """Three queries at most."""
    clinic = appointment.clinic
    starts = clinic.local(appointment.starts_at)
    ends = clinic.local(appointment.visit.upper)
    awaits_review = (
        appointment.status == Status.BOOKED and appointment.pre_visit_answers.to_review().exists()
    )
    lapses = appointment.status == Status.BOOKED and appointment.needs_rescreening
    return AppointmentPage(
        when=words.full_day(starts.date()),
        hours=f"{words.clock(starts)}–{words.clock(ends)}",
        number=_number(appointment) if appointment.is_live else 0,
        needs_rescreening=lapses,
        newer=_newer(appointment) if lapses else None,
        awaits_review=awaits_review,
        may=frozenset(
            _possible(appointment, permissions) - ({"check_in"} if awaits_review else set())
        ),
    )


def _number(appointment: Appointment) -> int:
    live = appointment.course.appointments.live()
    return live.filter(day__lte=appointment.day).count()


def _newer(appointment: Appointment) -> Screening | None:
    newest = current_screening(appointment.client)
    counts = newest is not None and newest.asked_on <= appointment.day <= newest.valid_until
    return newest if counts else None


def _possible(appointment: Appointment, permissions: Collection[str]) -> set[str]:
    status, course = appointment.status, appointment.course
    begun = appointment.starts_at <= timezone.now()
    today = appointment.day == appointment.clinic.today()
    rules = {
        "check_in": status == Status.BOOKED and today,
        "undo_check_in": status == Status.CHECKED_IN,
        "mark_missed": status == Status.BOOKED and begun,
        "undo_missed": status == Status.MISSED,
        "move": status == Status.BOOKED and course.is_open,
        "cancel": status in (Status.BOOKED, Status.CHECKED_IN),
        "restore": status == Status.CANCELLED and course.is_open and not begun,
        "note": status in (Status.CHECKED_IN, Status.COMPLETED),
    }
    return {name for name, holds in rules.items() if holds and NEEDS[name] & set(permissions)}


_CHECK_IN = {"scheduling.check_in_appointment"}
_CANCEL = {"scheduling.cancel_appointment"}
NEEDS = {
    "check_in": _CHECK_IN,
    "undo_check_in": _CHECK_IN,
    "mark_missed": _CHECK_IN,
    "undo_missed": _CHECK_IN,
    "move": {"scheduling.move_appointment"},
    "cancel": _CANCEL,
    "restore": _CANCEL,
    "note": {"scheduling.record_session", "scheduling.view_sessionnote"},
}
