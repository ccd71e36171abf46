"""What an unavailability hits, and how far the joint plan for it has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from scheduling.clock import wall_time
from scheduling.models import Appointment, CourseProposal, Unavailability
from scheduling.selectors import words
from scheduling.selectors.mending import steps_of

COURSE = (
    "course__client",
    "course__clinic",
    "course__procedure_type",
    "course__zone",
    "course__check_due",
)


@dataclass(frozen=True, slots=True)
class HitCourse:
    """A course with sessions that can't be held. ``is_pending``: its plan is still to be made;
    ``proposal`` is None where it is, or where none was proposed.
    """

    pk: int
    client: str
    course: str
    url: str
    sessions: tuple[str, ...]
    has_confirmed: bool
    is_pending: bool
    proposal: CourseProposal | None
    becomes: tuple[str, ...]


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
    """The courses hit, in the order in which they are planned: confirmed visits last."""
    found = hit_appointments(away, now=now).select_related(*COURSE).order_by("course_id", "day")
    visits = {pk: list(rows) for pk, rows in groupby(found, key=lambda each: each.course_id)}
    open_ones = CourseProposal.objects.open().filter(course__in=visits).order_by("pk")
    proposals = {proposal.course_id: proposal for proposal in open_ones}
    courses = [_course(rows, proposals.get(pk), now) for pk, rows in visits.items()]
    first_day = {pk: rows[0].day for pk, rows in visits.items()}
    return sorted(courses, key=lambda each: (each.has_confirmed, first_day[each.pk], each.pk))


def _course(visits: list[Appointment], proposal: CourseProposal | None, now: datetime) -> HitCourse:
    course = visits[0].course
    check = getattr(course, "check_due", None)
    return HitCourse(
        pk=course.pk,
        client=course.client.name,
        course=f"{course.procedure_type} · {course.zone}",
        url=reverse("scheduling:replan", args=[course.pk]),
        sessions=tuple(words.visit(course.clinic.local(each.starts_at)) for each in visits),
        has_confirmed=any(each.confirmed_at for each in visits),
        is_pending=check is not None and check.due_at <= now,
        proposal=proposal,
        becomes=tuple(_becomes(visits, proposal)) if proposal else (),
    )


def _becomes(visits: list[Appointment], proposal: CourseProposal) -> Iterable[str]:
    """Where the hit visits go, in their order."""
    slots = {step.key: step.slot for step in steps_of(proposal.steps)}
    for visit in visits:
        if slot := slots.get(visit.pk):
            yield f"{words.weekday_and_day(slot.day)}, {words.clock(wall_time(slot.cell))}"


def hit_words(courses: list[HitCourse]) -> str:
    """Such as “5 courses are hit”."""
    count = len(courses)
    text = ngettext("%(count)s course is hit", "%(count)s courses are hit", count)
    return text % {"count": count}
