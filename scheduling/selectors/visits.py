"""A course's visits as the client counts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduling.models import Appointment, Course


@dataclass(frozen=True, slots=True)
class Visit:
    """One live visit; its times are on the clinic's clock.

    ``number`` counts the course's live visits by date: the third that takes place is number 3,
    whatever was cancelled or missed in between. ``version`` is that of its schedule.
    """

    appointment: int
    number: int
    starts_at: datetime
    ends_at: datetime
    version: int


def visits_of(course: Course) -> tuple[Visit, ...]:
    """The course's live visits in the order of their dates, in one query; needs the clinic."""
    return visits_by_course([course])[course.pk]


def visits_by_course(courses: Sequence[Course]) -> dict[int, tuple[Visit, ...]]:
    """The same of many courses by their ids, also in one query."""
    zones = {course.pk: course.clinic.zone for course in courses}
    found: dict[int, list[Visit]] = {pk: [] for pk in zones}
    live = Appointment.objects.filter(course__in=zones).live().in_order()
    rows = live.values_list("course", "pk", "visit", "schedule_version")
    for course, pk, span, version in rows:
        zone, number = zones[course], len(found[course]) + 1
        starts_at, ends_at = span.lower.astimezone(zone), span.upper.astimezone(zone)
        found[course].append(Visit(pk, number, starts_at, ends_at, version))
    return {pk: tuple(visits) for pk, visits in found.items()}
