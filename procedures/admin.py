"""The catalogue, for managers and the clinical lead."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cryoclinic.admin_base import Lines, SwitchedOffAdmin
from procedures.models import (
    Aftercare,
    Carrier,
    Contraindication,
    Indication,
    Price,
    ProcedureType,
    Protocol,
    Zone,
)

REVIEW = _(
    "Starting values, to be reviewed by the clinical lead: the warmest temperature, the seconds of "
    "exposure, the minutes of cleaning and the prices. The coldest temperature, the treatment of "
    "10–15 minutes, the half hour of rest, 10–12 sessions and the gap of two to three days come "
    "from the description of the method."
)
DEFAULT = _("Starting value: to be reviewed by the clinical lead.")
FROM_METHOD = _("From the description of the method.")


class EntryAdmin(SwitchedOffAdmin):
    """A line of the catalogue: found by its code or name, put in order, switched off."""

    list_display = ["code", "name_en", "name_ru", "position", "is_active"]
    list_display_links = ["code", "name_en", "name_ru"]
    list_editable = ["position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name_en", "name_ru"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code is what programs and imports know a line by: given once."""
        return ["code"] if obj is not None else []


class ProtocolForm(forms.ModelForm):
    class Meta:
        model = Protocol
        fields = [
            "procedure_type",
            "zone",
            "temperature_min_c",
            "temperature_max_c",
            "exposure_min_seconds",
            "exposure_max_seconds",
            "treatment_minutes",
            "cleaning_minutes",
            "rest_minutes",
            "is_active",
        ]
        help_texts = {
            "temperature_min_c": FROM_METHOD,
            "temperature_max_c": DEFAULT,
            "exposure_min_seconds": DEFAULT,
            "exposure_max_seconds": DEFAULT,
            "treatment_minutes": FROM_METHOD,
            "cleaning_minutes": DEFAULT,
            "rest_minutes": FROM_METHOD,
        }


class CarrierInline(Lines):
    model = Carrier
    can_delete = False
    fields = ["code", "name_en", "name_ru", "position", "is_active"]


class ProtocolInline(Lines):
    model = Protocol
    form = ProtocolForm
    can_delete = False


class PriceInline(Lines):
    model = Price
    can_delete = False
    fields = ["zone", "valid_from", "amount", "currency"]


@admin.register(ProcedureType)
class ProcedureTypeAdmin(EntryAdmin):
    list_display = [
        "code",
        "name_en",
        "name_ru",
        "sessions",
        "gap",
        "needs_device",
        "position",
        "is_active",
    ]
    inlines = [ProtocolInline, CarrierInline, PriceInline]
    fieldsets = [
        (None, {"fields": ["code", "name_en", "name_ru", "position", "is_active"]}),
        (_("Description"), {"fields": ["description_en", "description_ru", "needs_device"]}),
        (
            _("Course"),
            {
                "fields": [("sessions_min", "sessions_max"), ("min_gap_days", "max_gap_days")],
                "description": _(
                    "A course copies these figures when it is opened: a change here is for courses "
                    "booked from now on."
                ),
            },
        ),
        (_("Protocols, carriers and prices"), {"fields": [], "description": REVIEW}),
    ]

    @admin.display(description=_("sessions"))
    def sessions(self, line: ProcedureType) -> str:
        return f"{line.sessions_min}–{line.sessions_max}"

    @admin.display(description=_("gap, days"))
    def gap(self, line: ProcedureType) -> str:
        return f"{line.min_gap_days}–{line.max_gap_days}"


@admin.register(Protocol)
class ProtocolAdmin(SwitchedOffAdmin):
    form = ProtocolForm
    list_display = ["__str__", "temperature", "exposure", "phases", "is_active"]
    list_filter = ["procedure_type", "zone", "is_active"]
    list_select_related = ["procedure_type", "zone"]
    search_fields = [
        f"{relation}__name_{language}"
        for relation in ("procedure_type", "zone")
        for language in ("en", "ru")
    ]
    fieldsets = [
        (None, {"fields": ["procedure_type", "zone", "is_active"], "description": REVIEW}),
        (
            _("Limits"),
            {
                "fields": [
                    ("temperature_min_c", "temperature_max_c"),
                    ("exposure_min_seconds", "exposure_max_seconds"),
                ]
            },
        ),
        (_("Phases"), {"fields": ["treatment_minutes", "cleaning_minutes", "rest_minutes"]}),
    ]

    @admin.display(description=_("temperature, °C"))
    def temperature(self, line: Protocol) -> str:
        return f"{line.temperature_min_c} … {line.temperature_max_c}"

    @admin.display(description=_("exposure, seconds"))
    def exposure(self, line: Protocol) -> str:
        return f"{line.exposure_min_seconds}–{line.exposure_max_seconds}"

    @admin.display(description=_("treatment, cleaning, rest: minutes"))
    def phases(self, line: Protocol) -> str:
        return f"{line.treatment_minutes} + {line.cleaning_minutes}, {line.rest_minutes}"


@admin.register(Price)
class PriceAdmin(SwitchedOffAdmin):
    """A new price is a new line with its first day: what was paid before stays as it was."""

    list_display = ["procedure_type", "zone", "amount", "currency", "valid_from"]
    list_filter = ["procedure_type", "zone", "currency"]
    list_select_related = ["procedure_type", "zone"]
    date_hierarchy = "valid_from"
    fieldsets = [
        (
            None,
            {
                "fields": ["procedure_type", "zone", "valid_from", ("amount", "currency")],
                "description": _(
                    "For a new price add a new line with its first day. A course keeps the price "
                    "of the day on which it was booked."
                ),
            },
        )
    ]


@admin.register(Contraindication)
class ContraindicationAdmin(EntryAdmin):
    list_display = [
        "code",
        "name_en",
        "name_ru",
        "kind",
        "default_days",
        "zone_bound",
        "position",
        "is_active",
    ]
    list_filter = ["kind", "zone_bound", "is_active"]
    search_fields = [*EntryAdmin.search_fields, "question_en", "question_ru"]
    fieldsets = [
        (None, {"fields": ["code", "name_en", "name_ru", "position", "is_active"]}),
        (_("Question of the screening"), {"fields": ["question_en", "question_ru"]}),
        (
            _("What it stops"),
            {
                "fields": ["kind", "default_days", "zone_bound"],
                "description": _(
                    "The days are starting values, to be reviewed by the clinical lead. An answer "
                    "keeps the wording and the rule of the day on which it was given."
                ),
            },
        ),
    ]


admin.site.register([Zone, Indication], EntryAdmin)


@admin.register(Carrier)
class CarrierAdmin(EntryAdmin):
    list_display = ["code", "name_en", "name_ru", "procedure_type", "position", "is_active"]
    list_filter = ["procedure_type", "is_active"]
    list_select_related = ["procedure_type"]


@admin.register(Aftercare)
class AftercareAdmin(SwitchedOffAdmin):
    list_display = ["code", "text_en", "text_ru", "applies_to", "position"]
    list_editable = ["position"]
    search_fields = ["code", "text_en", "text_ru"]
    filter_horizontal = ["procedure_types"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Aftercare]:
        return super().get_queryset(request).prefetch_related("procedure_types")

    @admin.display(description=_("procedure types"))
    def applies_to(self, advice: Aftercare) -> str:
        return ", ".join(each.name for each in advice.procedure_types.all()) or str(_("all"))
