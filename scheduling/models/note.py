"""What was done in one session; once closed it never changes, an addendum is added."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cryoclinic.audit import audited
from procedures.models import Carrier, Zone
from scheduling.models import triggers
from scheduling.models.appointment import Appointment


class Reaction(models.TextChoices):
    NONE = "none", _("none")
    EXPECTED = "expected", _("expected: redness, swelling, tingling, burning")
    UNUSUAL = "unusual", _("unusual: see the text")


@audited()
class SessionNote(models.Model):
    Reaction = Reaction

    appointment = models.OneToOneField(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        related_name="note",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    carrier = models.ForeignKey(
        Carrier, verbose_name=_("carrier"), on_delete=models.PROTECT, null=True, blank=True
    )
    reaction = models.CharField(
        _("reaction"), max_length=8, choices=Reaction, default=Reaction.NONE
    )
    text = models.TextField(_("text"), blank=True)
    out_of_protocol_reason = models.TextField(_("why out of protocol"), blank=True)
    written_at = models.DateTimeField(_("last written at"), auto_now=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("session note")
        verbose_name_plural = _("session notes")
        permissions = [("record_session", _("Can record a session"))]
        triggers = [triggers.CLOSED_NOTE_STAYS]

    def __str__(self) -> str:
        return str(self.appointment)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


@audited()
class Exposure(models.Model):
    """The cold that one zone got: for how long, and how cold."""

    note = models.ForeignKey(
        SessionNote,
        verbose_name=pgettext_lazy("session", "note"),
        on_delete=models.CASCADE,
        related_name="exposures",
    )
    zone = models.ForeignKey(Zone, verbose_name=_("zone"), on_delete=models.PROTECT)
    seconds = models.PositiveSmallIntegerField(_("exposure, seconds"))
    temperature_c = models.SmallIntegerField(_("temperature, °C"))

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        ordering = ["zone__position"]
        constraints = [
            models.UniqueConstraint(fields=["note", "zone"], name="exposure_one_per_zone"),
            models.CheckConstraint(name="exposure_some_seconds", condition=Q(seconds__gte=1)),
        ]
        triggers = [triggers.EXPOSURE_OF_AN_OPEN_NOTE]

    def __str__(self) -> str:
        return f"{self.zone}: {self.seconds} s, {self.temperature_c} °C"


@audited()
class Addendum(models.Model):
    note = models.ForeignKey(
        SessionNote,
        verbose_name=pgettext_lazy("session", "note"),
        on_delete=models.PROTECT,
        related_name="addenda",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)

    class Meta:
        verbose_name = _("addendum")
        verbose_name_plural = _("addenda")
        ordering = ["written_at", "id"]
        constraints = [
            models.CheckConstraint(name="addendum_says_something", condition=~Q(text=""))
        ]
        triggers = [
            pgtrigger.Protect(name="keep_addendum", operation=pgtrigger.Update | pgtrigger.Delete),
            triggers.ADDENDUM_TO_A_CLOSED_NOTE,
        ]

    def __str__(self) -> str:
        return self.text[:50]
