"""What a session needs, when it is there, and when it is not."""

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cryoclinic.audit import audited
from cryoclinic.models import Clinic
from cryoclinic.remembered import CHANGED
from procedures.models import ProcedureType
from scheduling.models import watch_triggers
from scheduling.querysets import ResourceQuerySet, UnavailabilityQuerySet


class Resource(models.Model):
    """What rooms, devices and specialists have in common."""

    clinic = models.ForeignKey(Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        abstract = True


@audited()
class Room(Resource):
    name = models.CharField(pgettext_lazy("place or thing", "name"), max_length=80)
    procedure_types = models.ManyToManyField(
        ProcedureType, verbose_name=_("procedure types done here"), related_name="rooms"
    )

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="room_name_once_per_clinic")
        ]
        triggers = [watch_triggers.in_use("room"), CHANGED]

    def __str__(self) -> str:
        return self.name


@audited()
class Device(Resource):
    name = models.CharField(pgettext_lazy("place or thing", "name"), max_length=80)
    procedure_types = models.ManyToManyField(
        ProcedureType, verbose_name=_("procedure types it is for"), related_name="devices"
    )

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="device_name_once_per_clinic")
        ]
        triggers = [watch_triggers.in_use("device"), CHANGED]

    def __str__(self) -> str:
        return self.name


@audited()
class Specialist(Resource):
    """A member of staff who treats; the skills are the procedure types they may carry out."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.PROTECT
    )
    skills = models.ManyToManyField(
        ProcedureType, verbose_name=_("skills"), related_name="specialists"
    )

    class Meta:
        verbose_name = _("specialist")
        verbose_name_plural = _("specialists")
        ordering = ["user__last_name", "user__first_name", "id"]
        triggers = [watch_triggers.in_use("specialist"), CHANGED]

    def __str__(self) -> str:
        return self.user.display_name

    @property
    def name(self) -> str:
        return self.user.display_name


@audited()
class WorkingHours(models.Model):
    """A weekly span on the clinic's clock: of one specialist, or the clinic's own opening hours.

    A specialist works where both are open. ``weekday`` counts from Monday = 0.
    """

    clinic = models.ForeignKey(Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT)
    specialist = models.ForeignKey(
        Specialist,
        verbose_name=_("specialist"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="working_hours",
        help_text=_("Leave empty for the clinic's opening hours."),
    )
    weekday = models.PositiveSmallIntegerField(
        _("weekday"),
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["specialist_id", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                name="workinghours_start_before_end",
                condition=Q(ends__gt=F("starts")),
                violation_error_message=_("Working hours end after they start."),
            ),
            models.CheckConstraint(name="workinghours_weekday", condition=Q(weekday__lte=6)),
        ]
        triggers = [watch_triggers.HOURS, CHANGED]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


@audited()
class Unavailability(models.Model):
    """A time when a specialist, a room, a device or, with none named, the whole clinic is away."""

    clinic = models.ForeignKey(Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT)
    specialist = models.ForeignKey(
        Specialist, verbose_name=_("specialist"), on_delete=models.CASCADE, null=True, blank=True
    )
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, null=True, blank=True
    )
    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.CASCADE, null=True, blank=True
    )
    period = DateTimeRangeField(_("from – until"))
    reason = models.CharField(_("reason"), max_length=160, blank=True)

    objects = UnavailabilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("unavailability")
        verbose_name_plural = _("unavailabilities")
        indexes = [GistIndex(fields=["period"], name="unavailability_period")]
        constraints = [
            models.CheckConstraint(
                name="unavailability_of_one_thing",
                condition=Q(specialist=None, room=None)
                | Q(specialist=None, device=None)
                | Q(room=None, device=None),
                violation_error_message=_(
                    "Name one specialist, room or device, or none for the whole clinic."
                ),
            ),
            models.CheckConstraint(
                name="unavailability_bounded",
                condition=Q(
                    period__isempty=False,
                    period__lower_inf=False,
                    period__upper_inf=False,
                ),
                violation_error_message=_("Give both a start and a later end."),
            ),
        ]
        triggers = [watch_triggers.ABSENCE]

    def __str__(self) -> str:
        return self.reason or str(_("unavailable"))
