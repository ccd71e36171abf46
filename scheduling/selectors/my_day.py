"""The specialist's day, as the treatment room's first page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.facts import facts_of
from clients.verdict import Outcome, Verdict, verdict_on
from scheduling.models import Appointment, Course, SessionNote, Specialist
from scheduling.selectors import words
from scheduling.selectors.notes import note_line
from scheduling.selectors.session_start import is_started

LATE_AFTER = timedelta(minutes=5)
Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Step:
    """The one next thing to do: where, its word, its icon, and how loud the button is."""

    url: str
    label: str
    icon: str
    kind: str = "primary"


@dataclass(frozen=True, slots=True)
class Warned:
    label: str
    icon: str
    tone: str = "warning"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One appointment; ``time`` and ``until`` (the end of the treatment) on the clinic's clock."""

    appointment: Appointment
    time: str
    until: str
    session: str
    what: str
    place: str
    status: str
    status_word: str
    last_note: str
    warnings: tuple[Warned, ...]
    step: Step | None


@dataclass(frozen=True, slots=True)
class MyDay:
    """``left`` are the sessions still to be given, ``done`` those completed."""

    day: date
    is_today: bool
    items: tuple[AgendaItem, ...]
    left: int
    done: int


def my_day(specialist: Specialist, day: date) -> MyDay:
    """The specialist's appointments of ``day`` in order, cancelled ones left out.

    Seven queries at most, however many there are.
    """
    clinic = specialist.clinic
    today = clinic.today()
    found = list(_appointments(specialist, day))
    verdicts = _verdicts(found)
    notes = _last_notes(found)
    now = timezone.now()
    items = tuple(
        _item(appointment, notes.get(appointment.pk), verdicts[appointment.pk], today, now)
        for appointment in found
    )
    return MyDay(
        day=day,
        is_today=day == today,
        items=items,
        left=sum(item.status in (Status.BOOKED, Status.CHECKED_IN) for item in items),
        done=sum(item.status == Status.COMPLETED for item in items),
    )


def _appointments(specialist: Specialist, day: date) -> Iterable[Appointment]:
    number = (
        Appointment.objects.live()
        .filter(course=OuterRef("course"), day__lte=OuterRef("day"))
        .order_by()
        .values("course")
        .annotate(number=Count("pk"))
        .values("number")
    )
    earlier = (
        SessionNote.objects.filter(
            appointment__client=OuterRef("client"),
            appointment__treatment__lt=OuterRef("treatment"),
            closed_at__isnull=False,
        )
        .order_by("-appointment__treatment")
        .values("pk")[:1]
    )
    return (
        Appointment.objects.filter(specialist=specialist)
        .on_day(day)
        .occupying()
        .in_order()
        .select_related(
            "client",
            "clinic",
            "course__procedure_type",
            "course__zone",
            "room",
            "device",
            "screening",
            "visit_check",
            "note",
        )
        .annotate(number=Subquery(number), last_note=Subquery(earlier))
    )


def _verdicts(appointments: Sequence[Appointment]) -> dict[int, Verdict]:
    facts = facts_of({appointment.screening for appointment in appointments})
    return {
        appointment.pk: verdict_on(
            facts[appointment.screening_id],
            zone=appointment.course.zone,
            day=appointment.day,
        )
        for appointment in appointments
    }


def _last_notes(appointments: Sequence[Appointment]) -> dict[int, SessionNote]:
    """The client's last closed note before each appointment, by the appointment's id."""
    wanted = {a.pk: a.last_note for a in appointments if a.last_note}  # type: ignore[attr-defined]  # annotated
    notes = (
        SessionNote.objects.select_related("appointment")
        .prefetch_related("exposures__zone")
        .in_bulk(set(wanted.values()))
    )
    return {appointment: notes[note] for appointment, note in wanted.items()}


def _item(
    appointment: Appointment,
    last_note: SessionNote | None,
    verdict: Verdict,
    today: date,
    now: datetime,
) -> AgendaItem:
    clinic, course = appointment.clinic, appointment.course
    number = getattr(appointment, "number", None)
    places = (appointment.room.name, appointment.device.name if appointment.device else "")
    return AgendaItem(
        appointment=appointment,
        time=words.clock(clinic.local(appointment.treatment.lower)),
        until=words.clock(clinic.local(appointment.treatment.upper)),
        session=_("session %(number)s of %(planned)s")
        % {"number": number or "–", "planned": appointment.sessions_planned},
        what=f"{course.procedure_type} · {course.zone}",
        place=" · ".join(filter(None, places)),
        status="started" if is_started(appointment) else appointment.status,
        status_word=_("started") if is_started(appointment) else appointment.get_status_display(),
        last_note=note_line(last_note) if last_note else "",
        warnings=tuple(_warnings(appointment, verdict, now)),
        step=next_step(appointment, verdict, today=today),
    )


def _warnings(appointment: Appointment, verdict: Verdict, now: datetime) -> Iterable[Warned]:
    if appointment.status not in (Status.BOOKED, Status.CHECKED_IN):
        return
    if appointment.course.status == Course.Status.HELD:
        yield Warned(_("Course on hold"), "pause")
    if appointment.needs_rescreening:
        yield Warned(_("Re-screening due"), "list")
    elif verdict.outcome in (Outcome.DEFERRED, Outcome.REFUSED):
        yield Warned(_("Not cleared"), "ban", "danger")
    waited = now - appointment.starts_at
    if appointment.status == Status.BOOKED and waited > LATE_AFTER:
        minutes = int(waited.total_seconds()) // 60
        late = _("%(minutes)s min late") % {"minutes": minutes}
        yield Warned(late if minutes < 120 else _("not here yet"), "clock")


def next_step(appointment: Appointment, verdict: Verdict, *, today: date) -> Step | None:
    """What the specialist does next with the appointment; None where there is nothing."""
    note = reverse("scheduling:note", args=[appointment.pk])
    if appointment.status == Status.COMPLETED:
        return Step(note, _("Read note"), "note", "secondary")
    if is_started(appointment):
        has_draft = hasattr(appointment, "note")
        return Step(note, _("Continue note") if has_draft else _("Write note"), "note")
    if appointment.status == Status.MISSED or appointment.day != today:
        return None
    return _step_to_start(appointment, verdict)


def _step_to_start(appointment: Appointment, verdict: Verdict) -> Step:
    start = reverse("scheduling:session_start", args=[appointment.pk])
    if appointment.needs_rescreening:
        return Step(start, _("Screen again"), "list")
    if appointment.course.status != Course.Status.ACTIVE or not verdict.is_cleared:
        return Step(start, _("See what stops it"), "warning", "secondary")
    is_here = appointment.status == Status.CHECKED_IN
    kind = "primary" if is_here else "secondary"
    return Step(start, _("Start session"), "arrow-right", kind)
