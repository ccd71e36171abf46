"""What clients may do by themselves on their own page, and a refusal in words for them.

The rules of the desk hold for them too; these come on top: the clinic's cut-off before a visit, and
the time in which a cancellation may be taken back. What a refusal of the desk's services says is
for staff (a reason of a hold, a screening), so here it is put into other words.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from clients.phones import spaced
from cryoclinic.errors import Refused
from cryoclinic.models import Clinic
from scheduling import errors
from scheduling.models import Appointment, Course
from scheduling.selectors import words

UNPROCESSABLE = 422


class NotByClient(Refused):
    """The clinic's staff can do it, the client can't; the next step is to call them."""

    def __init__(self, message: str, clinic: Clinic) -> None:
        super().__init__(message, call(clinic))


class TimeGone(Refused):
    """The time chosen is not to be had, or not any more."""

    def __init__(self) -> None:
        super().__init__(
            _("This time has just been taken."), _("Choose another one; these are free now.")
        )


class ChangedMeanwhile(Refused):
    """The visit is not what it was on the page that was sent."""

    def __init__(self) -> None:
        super().__init__(
            _("This visit has been changed in the meantime."),
            _("Look at it as it is now, and decide again."),
        )


class AllBooked(Refused):
    """No session of the course is left to be booked."""

    def __init__(self) -> None:
        super().__init__(
            _("All sessions of your course are booked."),
            _("To come at another time, move one of your visits."),
        )


class NotAnswered(Refused):
    """What was sent is no answer to the question."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "", UNPROCESSABLE)


def call(clinic: Clinic) -> str:
    """The next step that is always there."""
    if clinic.phone:
        return _("Call us: %(phone)s.") % {"phone": spaced(clinic.phone)}
    if clinic.email:
        return _("Write to us: %(email)s.") % {"email": clinic.email}
    return _("Ask at the clinic.")


def notice(clinic: Clinic) -> timedelta:
    """How long before a visit the client has to decide."""
    return timedelta(hours=clinic.client_cutoff_hours)


def change_until(appointment: Appointment, clinic: Clinic) -> datetime:
    """Until when (UTC) the client may move or cancel the visit."""
    return appointment.starts_at - notice(clinic)


def require_open(course: Course, clinic: Clinic) -> None:
    if course.status == Course.Status.HELD:
        raise NotByClient(_("Your course is paused at the moment."), clinic)
    if not course.is_open:
        raise NotByClient(_("Your course is finished."), clinic)


def unbooked(course: Course, visits: Iterable[Appointment], now: datetime) -> int:
    """How many sessions of an open course, with these visits, have no time.

    A cancellation that can still be taken back keeps its place.
    """
    if not course.is_open:
        return 0
    kept = sum(
        each.is_live or (each.undo_until is not None and now < each.undo_until) for each in visits
    )
    return max(0, course.sessions_planned - kept)


def require_unbooked(course: Course, now: datetime) -> None:
    if not unbooked(course, course.appointments.all(), now):
        raise AllBooked()


def require_ahead(starts_at: datetime, clinic: Clinic, now: datetime) -> None:
    """What a client takes for themselves is as far ahead as the cut-off asks."""
    if starts_at < now + notice(clinic):
        raise TimeGone()


def require_booked(appointment: Appointment, now: datetime) -> None:
    if appointment.status != Appointment.Status.BOOKED or appointment.starts_at <= now:
        raise ChangedMeanwhile()


def require_changeable(appointment: Appointment, clinic: Clinic, now: datetime) -> None:
    """Raises unless the client may move or cancel the visit now."""
    require_booked(appointment, now)
    until = change_until(appointment, clinic)
    if now >= until:
        text = _("This visit could be changed here until %(when)s.")
        raise NotByClient(text % {"when": words.visit(clinic.local(until))}, clinic)


@contextmanager
def in_clients_words(clinic: Clinic) -> Iterator[None]:
    """Raise what a service of the desk refuses in words that are meant for the client."""
    try:
        yield
    except errors.WrongState as error:
        raise ChangedMeanwhile() from error
    except errors.CourseFull as error:
        raise AllBooked() from error
    except errors.NotCleared as error:
        raise NotByClient(_("This can't be done here."), clinic) from error
    except (errors.SlotRefused, errors.StalePlan) as error:
        raise TimeGone() from error
