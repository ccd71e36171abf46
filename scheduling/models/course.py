"""A course of treatment: n sessions of one procedure type and zone for one client."""

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client
from cryoclinic.audit import audited
from cryoclinic.models import Clinic
from procedures.models import Indication, ProcedureType, Zone
from scheduling.querysets import CourseQuerySet


class CourseStatus(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("course", "active")
    HELD = "held", _("on hold")
    COMPLETED = "completed", _("completed")
    STOPPED = "stopped", _("stopped")


OPEN_COURSE = [CourseStatus.ACTIVE, CourseStatus.HELD]


@audited()
class Course(models.Model):
    """It keeps its own copy of the number of sessions, the gaps and the price, so that a later
    change of the catalogue does not alter it.

    ``wishes`` are the client's wishes for the times, as ``scheduling.wishes.Wishes`` writes them.
    ``booking_key`` is the form's own, so that a form sent twice books once. ``link_version`` is
    quoted by every link to the client's page: raising it withdraws those given out.
    """

    Status = CourseStatus

    client = models.ForeignKey(
        Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="courses"
    )
    clinic = models.ForeignKey(Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT)
    procedure_type = models.ForeignKey(
        ProcedureType, verbose_name=_("procedure type"), on_delete=models.PROTECT
    )
    zone = models.ForeignKey(Zone, verbose_name=_("zone"), on_delete=models.PROTECT)
    indications = models.ManyToManyField(Indication, verbose_name=_("indications"))
    sessions_planned = models.PositiveSmallIntegerField(_("sessions planned"))
    min_gap_days = models.PositiveSmallIntegerField(_("minimum gap, days"))
    max_gap_days = models.PositiveSmallIntegerField(_("maximum gap, days"))
    price = models.DecimalField(_("price of one session"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"), max_length=9, choices=CourseStatus, default=CourseStatus.ACTIVE
    )
    held_reason = models.CharField(_("on hold because"), max_length=200, blank=True)
    wishes = models.JSONField(_("wishes"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    link_version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    booking_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("booked at"), auto_now_add=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["client", "-created_at"], name="course_by_client"),
            models.Index(
                fields=["clinic", "id"],
                name="course_open",
                condition=Q(status__in=[CourseStatus.ACTIVE, CourseStatus.HELD]),
            ),
            # The worker goes through them, among all that were ever booked.
            models.Index(
                fields=["id"], name="course_active", condition=Q(status=CourseStatus.ACTIVE)
            ),
        ]
        constraints = [
            # The target of the appointments' foreign key that keeps their copies true.
            models.UniqueConstraint(
                fields=["id", "client", "clinic", "sessions_planned", "min_gap_days"],
                name="course_copy_key",
            ),
            models.UniqueConstraint(
                fields=["client", "procedure_type", "zone"],
                condition=Q(status__in=[CourseStatus.ACTIVE, CourseStatus.HELD]),
                name="course_one_open_per_zone",
                violation_error_message=_(
                    "The client already has an open course of this procedure on this zone."
                ),
            ),
            models.CheckConstraint(
                name="course_sessions_1_to_12",
                condition=Q(sessions_planned__gte=1, sessions_planned__lte=12),
            ),
            models.CheckConstraint(
                name="course_gaps_ordered",
                condition=Q(min_gap_days__gte=1) & Q(max_gap_days__gte=F("min_gap_days")),
            ),
            models.CheckConstraint(name="course_price_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(
                name="course_hold_explained",
                condition=~Q(status=CourseStatus.HELD) | ~Q(held_reason=""),
            ),
        ]
        permissions = [
            ("book_course", _("Can book a course")),
            ("hold_course", _("Can hold, resume and stop a course")),
        ]
        triggers = [pgtrigger.Protect(name="keep_course", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.client}: {self.procedure_type}, {self.zone}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_COURSE
