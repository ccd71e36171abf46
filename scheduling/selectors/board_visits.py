"""The visits of one day as the board shows them, formatted once, with what can be done to each."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cryoclinic.models import Clinic
from scheduling.models import Appointment, PreVisitAnswer, Room, Specialist
from scheduling.selectors import words

LATE_AFTER = timedelta(minutes=5)
ICONS = {
    "booked": "calendar",
    "checked_in": "door",
    "completed": "check",
    "missed": "x",
    "cancelled": "x",
}


@dataclass(frozen=True, slots=True)
class Action:
    """A button: the last part of the address it posts to, its word, its look."""

    path: str
    label: str
    kind: str = "secondary"


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment as the board shows it, times on the clinic's clock."""

    url: str
    time: str
    client: str
    session: str
    what: str
    specialist: str
    room: str
    status: str
    status_word: str
    icon: str
    late: str
    review: str
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Desk:
    """Where the visits are, who looks at them, and when; ``now`` is aware."""

    clinic: Clinic
    specialists: Mapping[int, Specialist]
    rooms: Mapping[int, Room]
    permissions: Collection[str]
    now: datetime


def rows_of_day(clinic: Clinic, day: date) -> Iterable[Any]:
    """Every appointment of the day as a named tuple; ``number`` counts the course's live ones."""
    language = (get_language() or "en").split("-")[0]
    number = (
        Appointment.objects.live()
        .filter(course=OuterRef("course"), day__lte=OuterRef("day"))
        .order_by()
        .values("course")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Appointment.objects.filter(clinic=clinic)
        .on_day(day)
        .in_order()
        .annotate(
            number=Subquery(number),
            awaits_review=Exists(
                PreVisitAnswer.objects.to_review().filter(appointment=OuterRef("pk"))
            ),
            procedure=F(f"course__procedure_type__name_{language}"),
            body_zone=F(f"course__zone__name_{language}"),
        )
        .values_list(
            "pk",
            "status",
            "treatment",
            "specialist_id",
            "room_id",
            "sessions_planned",
            "number",
            "awaits_review",
            "client__name",
            "procedure",
            "body_zone",
            named=True,
        )
    )


def visit_of(row: Any, desk: Desk) -> Visit:
    """One row of the day, told."""
    clinic, starts = desk.clinic, row.treatment.lower
    when = _When(desk.now, starts, clinic)
    waited = desk.now - starts
    late = row.status == Appointment.Status.BOOKED and waited > LATE_AFTER
    review = row.status == Appointment.Status.BOOKED and row.awaits_review
    return Visit(
        url=reverse("scheduling:appointment", args=[row.pk]),
        time=words.clock(clinic.local(starts)),
        client=row.client__name,
        session=f"{row.number or '–'}/{row.sessions_planned}",
        what=f"{row.procedure} · {row.body_zone}",
        specialist=desk.specialists[row.specialist_id].name,
        room=desk.rooms[row.room_id].name,
        status=row.status,
        status_word=str(Appointment.Status(row.status).label),
        icon="warning" if late or review else ICONS[row.status],
        late=_late_words(waited) if late else "",
        review=_("answered before the visit: review") if review else "",
        actions=tuple(
            action
            for action in _actions(row.status, desk.permissions, when)
            if not (review and action.path == "check-in/")
        ),
    )


def _late_words(waited: timedelta) -> str:
    minutes = int(waited.total_seconds()) // 60
    if minutes < 120:
        return _("%(minutes)s min late") % {"minutes": minutes}
    return _("not here yet")


@dataclass(frozen=True, slots=True)
class _When:
    """A visit's start as seen from now."""

    now: datetime
    starts: datetime
    clinic: Clinic

    @property
    def is_today(self) -> bool:
        return self.clinic.local(self.starts).date() == self.clinic.local(self.now).date()

    @property
    def has_begun(self) -> bool:
        return self.starts <= self.now


def _actions(status: str, permissions: Collection[str], when: _When) -> Iterable[Action]:
    if "scheduling.check_in_appointment" in permissions:
        if status == Appointment.Status.BOOKED and when.is_today:
            kind = "primary" if when.has_begun else "secondary"
            yield Action("check-in/", _("Check in"), kind)
        if status == Appointment.Status.BOOKED and when.has_begun:
            yield Action("missed/", _("Missed"))
        elif status == Appointment.Status.CHECKED_IN:
            yield Action("undo-check-in/", _("Undo"), "quiet")
        elif status == Appointment.Status.MISSED:
            yield Action("undo-missed/", _("Undo"), "quiet")
    if status == Appointment.Status.CANCELLED and "scheduling.cancel_appointment" in permissions:
        yield Action("restore/", _("Restore"))
