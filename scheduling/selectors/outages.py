"""What an unavailability hits, and how far the joint plan for it has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cryoclinic.models import Clinic
from scheduling.clock import wall_time
from scheduling.models import Appointment, CourseProposal, Specialist, Unavailability
from scheduling.planner import Slot
from scheduling.selectors import words
from scheduling.selectors.mending import steps_of
from scheduling.spans import slot_of
from scheduling.standing import Change, change_of

MOST_SHOWN = 50
COURSE = (
    "course__client",
    "course__clinic",
    "course__procedure_type",
    "course__zone",
    "course__check_due",
)


@dataclass(frozen=True, slots=True)
class HitSession:
    """A booked session that can't be held, and where the plan puts it: empty without one."""

    now: str
    then: str
    with_whom: str


@dataclass(frozen=True, slots=True)
class HitCourse:
    """A course with sessions that can't be held. ``is_pending``: its plan is still to be made;
    ``proposal`` is None where it is, or where none was proposed. ``more``: how many of its other
    sessions the plan moves as well.
    """

    pk: int
    client: str
    course: str
    url: str
    sessions: tuple[HitSession, ...]
    more: int
    has_confirmed: bool
    is_pending: bool
    proposal: CourseProposal | None

    @property
    def is_ready(self) -> bool:
        """True where there is a plan to accept."""
        return not self.is_pending and self.proposal is not None and bool(self.proposal.steps)


def hit_appointments(away: Unavailability, *, now: datetime) -> QuerySet[Appointment]:
    """The coming visits that can't be held then; a closed clinic sends the resting home, too."""
    coming = Appointment.objects.filter(
        clinic=away.clinic_id, status=Appointment.Status.BOOKED, treatment__startswith__gt=now
    ).exclude(course__status="stopped")
    if away.specialist_id or away.room_id or away.device_id:
        coming = coming.filter(treatment__overlap=away.period)
    else:
        coming = coming.filter(visit__overlap=away.period)
    for name in ("specialist", "room", "device"):
        if pk := getattr(away, f"{name}_id"):
            coming = coming.filter(**{f"{name}_id": pk})
    first, last = away.clinic.local(away.period.lower), away.clinic.local(away.period.upper)
    return coming.between_days(first.date(), last.date())


def hit_courses(away: Unavailability, *, now: datetime) -> list[HitCourse]:
    """The courses hit, in the order in which they are planned: confirmed visits last.

    Four queries, whatever their number.
    """
    found = hit_appointments(away, now=now).select_related(*COURSE).order_by("course_id", "day")
    visits = {pk: list(rows) for pk, rows in groupby(found, key=lambda each: each.course_id)}
    hit = [each.pk for each in found]
    others = Appointment.objects.filter(course__in=visits, status=Appointment.Status.BOOKED)
    more = {each.pk: each for each in others.exclude(pk__in=hit).select_related("clinic")}
    open_ones = CourseProposal.objects.open().filter(course__in=visits).order_by("pk")
    proposals = {proposal.course_id: proposal for proposal in open_ones}
    people = Specialist.objects.of(away.clinic).select_related("user")
    names = {each.pk: each.name for each in people}
    courses = [
        _course(rows, proposals.get(pk), names=names, others=more, now=now)
        for pk, rows in visits.items()
    ]
    first_day = {pk: rows[0].day for pk, rows in visits.items()}
    return sorted(courses, key=lambda each: (each.has_confirmed, first_day[each.pk], each.pk))


def _course(
    visits: list[Appointment],
    proposal: CourseProposal | None,
    *,
    names: Mapping[int, str],
    others: Mapping[int, Appointment],
    now: datetime,
) -> HitCourse:
    course = visits[0].course
    check = getattr(course, "check_due", None)
    steps = {step.key: step.slot for step in steps_of(proposal.steps)} if proposal else {}
    moved = [
        pk
        for pk, slot in steps.items()
        if pk is not None and pk in others and change_of(slot_of(others[pk]), slot) is Change.MOVED
    ]
    return HitCourse(
        pk=course.pk,
        client=course.client.name,
        course=f"{course.procedure_type} · {course.zone}",
        url=reverse("scheduling:replan", args=[course.pk]),
        sessions=tuple(_session(each, steps.get(each.pk), names) for each in visits),
        more=len(moved),
        has_confirmed=any(each.confirmed_at for each in visits),
        is_pending=check is not None and check.due_at <= now,
        proposal=proposal,
    )


def _session(visit: Appointment, slot: Slot | None, names: Mapping[int, str]) -> HitSession:
    starts = visit.course.clinic.local(visit.starts_at)
    if slot is None:
        return HitSession(now=words.visit(starts), then="", with_whom="")
    then = f"{words.weekday_and_day(slot.day)}, {words.clock(wall_time(slot.cell))}"
    is_with_another = slot.specialist != visit.specialist_id
    with_whom = names.get(slot.specialist, "") if is_with_another else ""
    return HitSession(now=words.visit(starts), then=then, with_whom=with_whom)


def coming_absences(clinic: Clinic, *, now: datetime) -> list[tuple[Unavailability, str, str]]:
    """What is away now or later: the row, who or what, and its span; the nearest first."""
    rows = Unavailability.objects.filter(clinic=clinic, period__endswith__gt=now)
    rows = rows.select_related("specialist__user", "room", "device").order_by("period")
    return [(away, who_or_what(away), span_words(away, clinic)) for away in rows[:MOST_SHOWN]]


def who_or_what(away: Unavailability) -> str:
    return str(away.specialist or away.room or away.device or _("The whole clinic"))


def span_words(away: Unavailability, clinic: Clinic) -> str:
    """Such as “Wed 6 May, 10:00 – Thu 7 May, 00:00”."""
    starts, ends = clinic.local(away.period.lower), clinic.local(away.period.upper)
    return f"{words.visit(starts)} – {words.visit(ends)}"


def hit_words(courses: list[HitCourse]) -> str:
    """Such as “5 courses are hit”."""
    count = len(courses)
    text = ngettext("%(count)s course is hit", "%(count)s courses are hit", count)
    return text % {"count": count}
