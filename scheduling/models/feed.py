"""The calendars that people subscribe to: which of their addresses still count."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cryoclinic.audit import audited
from scheduling.models.course import Course
from scheduling.models.resources import Specialist


@audited()
class CalendarFeed(models.Model):
    """The version that an address must name; raising it withdraws every address given out before.

    Of a course, for its client, or of a specialist. One that never had an address withdrawn has no
    row, and version 0.
    """

    course = models.OneToOneField(
        Course,
        verbose_name=_("course"),
        on_delete=models.PROTECT,
        related_name="feed",
        null=True,
        blank=True,
    )
    specialist = models.OneToOneField(
        Specialist,
        verbose_name=_("specialist"),
        on_delete=models.PROTECT,
        related_name="feed",
        null=True,
        blank=True,
    )
    version = models.PositiveIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.CheckConstraint(
                name="feed_of_one",
                condition=Q(course__isnull=False, specialist=None)
                | Q(course=None, specialist__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id or self.specialist_id}: {self.version}"
