"""What the worker found wrong with courses, and what it proposes, in the desk's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from cryoclinic.models import Clinic
from scheduling.models import Course, CourseAlert, CourseProposal
from scheduling.selectors.alert_text import alert_text
from scheduling.selectors.mending import proposal_words

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
    """A course with open alerts or a proposal: whose, which, where to put it right."""

    client: str
    course: str
    url: str
    problems: tuple[Problem, ...]


def courses_to_watch(clinic: Clinic) -> list[CourseToWatch]:
    """The clinic's courses with open alerts or proposals, in two queries; the longest waiting
    first.
    """
    alerts = (
        CourseAlert.objects.open()
        .filter(course__clinic=clinic)
        .select_related("course__client", "course__procedure_type", "course__zone")
        .only("kind", "details", "raised_at", *(f"course__{name}" for name in NAMES))
        .order_by("raised_at", "id")
    )
    proposals = (
        CourseProposal.objects.open()
        .of(clinic)
        .select_related("course__client", "course__procedure_type", "course__zone")
        .only("reason", "steps", "created_at", *(f"course__{name}" for name in NAMES))
    )
    found = [(alert.raised_at, alert.course, _of_alert(alert)) for alert in alerts]
    found += [(each.created_at, each.course, _of_proposal(each)) for each in proposals]
    found.sort(key=lambda item: item[0])
    proposed = {each.course_id for each in proposals}
    courses: dict[int, tuple[Course, list[Problem]]] = {}
    for _since, course, problem in found:
        courses.setdefault(course.pk, (course, []))[1].append(problem)
    return [
        _course(course, problems, is_proposed=course.pk in proposed)
        for course, problems in courses.values()
    ]


def _of_alert(alert: CourseAlert) -> Problem:
    return Problem(str(alert.get_kind_display()), ICONS[alert.kind], alert_text(alert))


def _of_proposal(proposal: CourseProposal) -> Problem:
    return Problem(str(proposal.get_reason_display()), "edit", proposal_words(proposal))


def _course(course: Course, problems: Sequence[Problem], *, is_proposed: bool) -> CourseToWatch:
    page = "scheduling:replan" if is_proposed else "scheduling:course"
    return CourseToWatch(
        client=course.client.name,
        course=f"{course.procedure_type} · {course.zone}",
        url=reverse(page, args=[course.pk]),
        problems=tuple(problems),
    )
