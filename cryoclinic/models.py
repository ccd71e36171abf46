"""The clinic, its staff's accounts, the version of the set-up, the worker's sign of life."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cryoclinic import remembered
from cryoclinic.audit import audited

WORKER_USERNAME = "worker"
CLIENT_USERNAME = "client-by-link"


def validate_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/Moscow."),
            params={"name": name},
        )


def two_reminders() -> list[int]:
    return [24, 2]


def validate_lead_hours(hours: list[int]) -> None:
    """Refuse lead times out of order or twice: the first is the longest."""
    if hours != sorted(set(hours), reverse=True):
        raise ValidationError(_("Give each number of hours once, the longest first."))


@audited()
class Clinic(models.Model):
    """One place where people are treated; its time zone reckons every day and gap."""

    name = models.CharField(pgettext_lazy("place or thing", "name"), max_length=120)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    map_url = models.URLField(_("map link"), blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Moscow", validators=[validate_time_zone]
    )
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="ru"
    )
    screening_valid_days = models.PositiveSmallIntegerField(
        _("days a screening is valid"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    reminder_lead_hours = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(168)]),
        verbose_name=_("hours before a visit at which it is reminded of"),
        default=two_reminders,
        size=4,
        validators=[validate_lead_hours],
        help_text=_("The longest first, with commas between them, such as 24, 2."),
    )
    change_grace_minutes = models.PositiveSmallIntegerField(
        _("minutes in which several changes become one e-mail"),
        default=3,
        validators=[MaxValueValidator(60)],
    )
    quiet_from = models.TimeField(_("no e-mail to clients from"), default=time(21))
    quiet_until = models.TimeField(_("until"), default=time(8))
    client_cutoff_hours = models.PositiveSmallIntegerField(
        _("hours before a visit until which clients may change it themselves"),
        default=24,
        validators=[MaxValueValidator(168)],
    )
    undo_minutes = models.PositiveSmallIntegerField(
        _("minutes in which a client may undo a cancellation"),
        default=30,
        validators=[MaxValueValidator(24 * 60)],
    )
    # Set by the demo data alone: the sign-in page then names the demo accounts.
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        constraints = [
            # The target of the appointments' foreign key that keeps their copy of the zone true.
            models.UniqueConstraint(fields=["id", "time_zone"], name="clinic_zone_key"),
            models.CheckConstraint(
                name="clinic_quiet_over_night",
                condition=Q(quiet_until__lt=F("quiet_from")),
                violation_error_message=_("Quiet hours go over midnight, such as 21:00 to 8:00."),
            ),
        ]
        triggers = [remembered.CHANGED]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def change_grace(self) -> timedelta:
        return timedelta(minutes=self.change_grace_minutes)

    def local(self, moment: datetime) -> datetime:
        """The moment on the clinic's clock."""
        return moment.astimezone(self.zone)

    def today(self) -> date:
        """Today's date at the clinic."""
        return self.local(timezone.now()).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which ``day`` begins at the clinic, in UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)


@remembered.remembered
def clinic_by_id(pk: int) -> Clinic:
    """The clinic, in memory for as long as it stays as it is; nobody may change this instance."""
    return Clinic.objects.get(pk=pk)


class StaffManager(UserManager["User"]):
    def worker(self) -> "User":
        """The account that the background worker acts as; nobody can sign in with it."""
        return self.get(username=WORKER_USERNAME)

    def client_by_link(self) -> "User":
        """The account that a client acts as on their own page; nobody can sign in with it."""
        return self.get(username=CLIENT_USERNAME)


@audited(exclude=["password", "last_login"])
class User(AbstractUser):
    """A member of staff."""

    clinic = models.ForeignKey(
        Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT, null=True, blank=True
    )
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, blank=True, default=""
    )

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        # What a specialist is called; signing in changes a user too.
        triggers = [remembered.changed(pgtrigger.UpdateOf("username", "first_name", "last_name"))]

    @property
    def display_name(self) -> str:
        if self.username == CLIENT_USERNAME:
            return gettext("the client, by their link")
        return self.get_full_name() or self.username


@audited(obj_field=None)
class UserRole(
    User.groups.through  # type: ignore[name-defined]  # made at run time
):
    """Who has which role, for the record of changes."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("role of a user")
        verbose_name_plural = _("roles of users")


@audited(obj_field=None)
class UserPermission(
    User.user_permissions.through  # type: ignore[name-defined]  # made at run time
):
    """A permission beyond the role's, for the record of changes."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("permission of a user")
        verbose_name_plural = _("permissions of users")


class SetUpVersion(models.Model):
    """One row, another version after every change of the set-up (``cryoclinic.remembered``)."""

    version = models.UUIDField()

    class Meta:
        default_permissions = ()
        verbose_name = _("version of the set-up")
        verbose_name_plural = _("versions of the set-up")

    def __str__(self) -> str:
        return str(self.version)


class Heartbeat(models.Model):
    """When a part of the system last said that it works; read by the readiness check."""

    name = models.CharField(max_length=30, primary_key=True)
    beaten_at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
