"""The catalogue: what can be done, where on the body, within which limits, and what stops it."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cryoclinic.audit import audited
from cryoclinic.remembered import CHANGED
from cryoclinic.translated import Translated
from procedures.querysets import (
    CatalogueQuerySet,
    PriceQuerySet,
    ProtocolQuerySet,
)
from procedures.validators import validate_on_grid


class Entry(models.Model):
    """What every line of the catalogue has: a code, a name in each language, a place, a switch."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=160)
    name_ru = models.CharField(_("name in Russian"), max_length=160)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    name = Translated("name")

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


@audited()
class Zone(Entry):
    """A part of the body that is treated."""

    covers_all = models.BooleanField(
        _("covers every other zone"),
        default=False,
        help_text=_("Whole body: what stops any zone stops this one, and the other way round."),
    )

    objects = CatalogueQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        triggers = [CHANGED]

    def overlaps(self, other: "Zone") -> bool:
        """True where a thing on one of the zones is also on the other."""
        return self == other or self.covers_all or other.covers_all


@audited()
class ProcedureType(Entry):
    """A method of cold: ice, liquid nitrogen, cryochamber."""

    description_en = models.TextField(_("description in English"), blank=True)
    description_ru = models.TextField(_("description in Russian"), blank=True)
    needs_device = models.BooleanField(_("needs a device"), default=False)
    sessions_min = models.PositiveSmallIntegerField(
        _("fewest sessions in a course"), default=10, validators=[MinValueValidator(1)]
    )
    sessions_max = models.PositiveSmallIntegerField(
        _("most sessions in a course"), default=12, validators=[MaxValueValidator(12)]
    )
    min_gap_days = models.PositiveSmallIntegerField(
        _("minimum gap, days"),
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("A safety rule: no session is ever booked closer than this to its neighbour."),
    )
    max_gap_days = models.PositiveSmallIntegerField(
        _("maximum gap, days"),
        default=3,
        help_text=_("Kept whenever it can be; a plan that can't keep it says so."),
    )

    description = Translated("description")

    objects = CatalogueQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("procedure type")
        verbose_name_plural = _("procedure types")
        constraints = [
            models.CheckConstraint(
                name="proceduretype_gaps_ordered",
                condition=Q(min_gap_days__gte=1) & Q(max_gap_days__gte=F("min_gap_days")),
                violation_error_message=_("The maximum gap can't be less than the minimum gap."),
            ),
            models.CheckConstraint(
                name="proceduretype_sessions_ordered",
                condition=Q(sessions_min__gte=1)
                & Q(sessions_max__gte=F("sessions_min"))
                & Q(sessions_max__lte=12),
                violation_error_message=_(
                    "A course has 1 to 12 sessions, and the most can't be less than the fewest."
                ),
            ),
        ]
        triggers = [CHANGED]


@audited()
class Carrier(Entry):
    """What brings the cold to the skin: an ice, the applicator, the chamber."""

    procedure_type = models.ForeignKey(
        ProcedureType,
        verbose_name=_("procedure type"),
        on_delete=models.PROTECT,
        related_name="carriers",
    )

    objects = CatalogueQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")


@audited()
class Protocol(models.Model):
    """The limits of one procedure type on one zone, and how long its phases take.

    The temperature of a session lies between ``temperature_min_c`` (the coldest) and
    ``temperature_max_c``, its exposure between the two second values, both ends included.
    """

    procedure_type = models.ForeignKey(
        ProcedureType,
        verbose_name=_("procedure type"),
        on_delete=models.PROTECT,
        related_name="protocols",
    )
    zone = models.ForeignKey(
        Zone, verbose_name=_("zone"), on_delete=models.PROTECT, related_name="protocols"
    )
    temperature_min_c = models.SmallIntegerField(
        _("coldest, °C"), validators=[MinValueValidator(-196)]
    )
    temperature_max_c = models.SmallIntegerField(
        _("warmest, °C"), validators=[MaxValueValidator(10)]
    )
    exposure_min_seconds = models.PositiveSmallIntegerField(_("shortest exposure, seconds"))
    exposure_max_seconds = models.PositiveSmallIntegerField(_("longest exposure, seconds"))
    treatment_minutes = models.PositiveSmallIntegerField(
        _("treatment, minutes"), default=15, validators=[validate_on_grid, MinValueValidator(5)]
    )
    cleaning_minutes = models.PositiveSmallIntegerField(
        _("cleaning after, minutes"), default=5, validators=[validate_on_grid]
    )
    rest_minutes = models.PositiveSmallIntegerField(
        _("rest after, minutes"), default=30, validators=[validate_on_grid]
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        ordering = ["procedure_type__position", "zone__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_type", "zone"],
                name="protocol_one_per_type_and_zone",
                violation_error_message=_("This procedure type already has a protocol here."),
            ),
            models.CheckConstraint(
                name="protocol_limits_ordered",
                condition=Q(temperature_max_c__gte=F("temperature_min_c"))
                & Q(exposure_max_seconds__gte=F("exposure_min_seconds")),
                violation_error_message=_("A lower limit lies above its upper limit."),
            ),
        ]
        triggers = [CHANGED]

    def __str__(self) -> str:
        return f"{self.procedure_type}: {self.zone}"

    @property
    def occupied_minutes(self) -> int:
        """How long specialist, room and device are taken: the treatment and the cleaning."""
        return self.treatment_minutes + self.cleaning_minutes

    @property
    def visit_minutes(self) -> int:
        """How long the client is there: the treatment and the rest, or the cleaning if longer."""
        return self.treatment_minutes + max(self.rest_minutes, self.cleaning_minutes)


class ContraindicationKind(models.TextChoices):
    ABSOLUTE = "absolute", _("absolute")
    PASSING = "passing", _("passing")


@audited()
class Contraindication(Entry):
    """A reason not to treat, and the question that the screening asks about it."""

    Kind = ContraindicationKind

    question_en = models.CharField(_("question in English"), max_length=300)
    question_ru = models.CharField(_("question in Russian"), max_length=300)
    kind = models.CharField(_("kind"), max_length=8, choices=ContraindicationKind)
    zone_bound = models.BooleanField(
        _("only for the affected zones"),
        default=False,
        help_text=_("The screening asks which zones, and only those are stopped."),
    )
    default_days = models.PositiveSmallIntegerField(
        _("days it defers by default"),
        null=True,
        blank=True,
        help_text=_("For a passing contraindication: first possible day, counted from today."),
    )

    question = Translated("question")

    objects = CatalogueQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("contraindication")
        verbose_name_plural = _("contraindications")
        constraints = [
            models.CheckConstraint(
                name="contraindication_days_iff_passing",
                condition=Q(kind="absolute", default_days__isnull=True)
                | Q(kind="passing", default_days__gte=1),
                violation_error_message=_(
                    "A passing contraindication needs its days; an absolute one has none."
                ),
            ),
        ]


@audited()
class Indication(Entry):
    """What a client comes for."""

    objects = CatalogueQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("indication")
        verbose_name_plural = _("indications")
        triggers = [CHANGED]


@audited()
class Price(models.Model):
    """What one session costs from a day on, until the next price of the same type and zone."""

    procedure_type = models.ForeignKey(
        ProcedureType, verbose_name=_("procedure type"), on_delete=models.PROTECT
    )
    zone = models.ForeignKey(Zone, verbose_name=_("zone"), on_delete=models.PROTECT)
    valid_from = models.DateField(_("valid from"), default=date.today)
    amount = models.DecimalField(
        _("price of one session"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default="RUB")

    objects = PriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["procedure_type__position", "zone__position", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_type", "zone", "valid_from"], name="price_one_per_day"
            ),
            models.CheckConstraint(name="price_not_negative", condition=Q(amount__gte=0)),
        ]
        triggers = [CHANGED]

    def __str__(self) -> str:
        return f"{self.procedure_type}, {self.zone}: {self.amount} {self.currency}"


@audited()
class Aftercare(models.Model):
    """One piece of advice for after a session; says nothing about anybody's health."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    text_en = models.TextField(_("text in English"))
    text_ru = models.TextField(_("text in Russian"))
    procedure_types = models.ManyToManyField(
        ProcedureType,
        verbose_name=_("procedure types"),
        blank=True,
        help_text=_("Leave empty for all of them."),
    )

    text = Translated("text")

    class Meta:
        verbose_name = _("aftercare advice")
        verbose_name_plural = _("aftercare advice")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.text


@audited(obj_field=None)
class AftercareProcedureType(
    Aftercare.procedure_types.through  # type: ignore[name-defined]  # made at run time
):
    """Which procedure types a piece of advice is for, for the record of changes."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("procedure type of advice")
        verbose_name_plural = _("procedure types of advice")
