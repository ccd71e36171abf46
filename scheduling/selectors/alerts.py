"""What the worker found wrong with courses, in the desk's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from cryoclinic.models import Clinic
from scheduling.models import CourseAlert
from scheduling.selectors.alert_text import alert_text

ICONS = {"gap_too_long": "clock", "sessions_missing": "calendar", "rescreening_due": "list"}
# A client's row has far more than its name.
NAMES = (
    "client__name",
    "procedure_type__name_en",
    "procedure_type__name_ru",
    "zone__name_en",
    "zone__name_ru",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: its name, its icon, and the figures in a sentence."""

    what: str
    icon: str
    why: str


@dataclass(frozen=True, slots=True)
class CourseToWatch:
    """A course with open alerts: whose, which, where to put it right."""

    client: str
    course: str
    url: str
    problems: tuple[Problem, ...]


def courses_to_watch(clinic: Clinic) -> list[CourseToWatch]:
    """The clinic's courses with open alerts, in one query; the longest waiting first."""
    found = (
        CourseAlert.objects.open()
        .filter(course__clinic=clinic)
        .select_related("course__client", "course__procedure_type", "course__zone")
        .only("kind", "details", "raised_at", *(f"course__{name}" for name in NAMES))
        .order_by("course_id", "raised_at", "id")
    )
    courses = [list(alerts) for _course, alerts in groupby(found, key=lambda a: a.course_id)]
    courses.sort(key=lambda alerts: alerts[0].raised_at)
    return [_course(alerts) for alerts in courses]


def _course(alerts: Sequence[CourseAlert]) -> CourseToWatch:
    course = alerts[0].course
    return CourseToWatch(
        client=course.client.name,
        course=f"{course.procedure_type} · {course.zone}",
        url=reverse("scheduling:course", args=[course.pk]),
        problems=tuple(
            Problem(str(each.get_kind_display()), ICONS[each.kind], alert_text(each))
            for each in alerts
        ),
    )
