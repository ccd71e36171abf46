"""What the worker found wrong with a course and the desk has to look at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cryoclinic.audit import audited
from scheduling.models.course import Course
from scheduling.querysets import CourseAlertQuerySet


class AlertKind(models.TextChoices):
    GAP_TOO_LONG = "gap_too_long", _("gap too long")
    SESSIONS_MISSING = "sessions_missing", _("sessions not booked")
    RESCREENING_DUE = "rescreening_due", _("re-screening due")


@audited()
class CourseAlert(models.Model):
    """At most one open alert of a kind per course; ``details`` are the figures of its reason."""

    Kind = AlertKind

    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.PROTECT, related_name="alerts"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AlertKind)
    details = models.JSONField(_("details"), default=dict)
    raised_at = models.DateTimeField(_("raised at"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)

    objects = CourseAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("course alert")
        verbose_name_plural = _("course alerts")
        ordering = ["raised_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "kind"],
                condition=Q(resolved_at=None),
                name="alert_one_open_per_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.course_id}"
