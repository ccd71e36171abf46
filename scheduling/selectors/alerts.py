"""What the worker found wrong with courses, in the desk's words."""

from dataclasses import dataclass

from django.urls import reverse

from cryoclinic.models import Clinic
from scheduling.models import CourseAlert
from scheduling.selectors.alert_text import alert_text

ICONS = {"gap_too_long": "clock", "sessions_missing": "calendar", "rescreening_due": "list"}


@dataclass(frozen=True, slots=True)
class Alert:
    """One open alert: whose course, what is wrong, where to put it right."""

    pk: int
    kind: str
    what: str
    why: str
    who: str
    course: str
    url: str
    icon: str


def open_alerts(clinic: Clinic) -> list[Alert]:
    """The clinic's open alerts, oldest first, in one query."""
    found = (
        CourseAlert.objects.open()
        .filter(course__clinic=clinic)
        .select_related("course__client", "course__procedure_type", "course__zone")
    )
    return [alert_words(alert) for alert in found]


def alert_words(alert: CourseAlert) -> Alert:
    """The alert for a reader; its course, client, procedure type and zone are to be loaded."""
    course = alert.course
    return Alert(
        pk=alert.pk,
        kind=alert.kind,
        what=str(alert.get_kind_display()),
        why=alert_text(alert),
        who=course.client.name,
        course=f"{course.procedure_type} · {course.zone}",
        url=reverse("scheduling:course", args=[course.pk]),
        icon=ICONS.get(alert.kind, "warning"),
    )
