"""Write what is missing of the catalogue; read nothing else, change nothing that is there."""

from datetime import date
from typing import Any, Protocol

from procedures.catalogue.advice import AFTERCARE
from procedures.catalogue.lines import ProcedureLine
from procedures.catalogue.methods import CLEANING, CURRENCY, PROCEDURES, REST, TREATMENT, ZONES
from procedures.catalogue.reasons import CONTRAINDICATIONS, INDICATIONS

# Before any course: the first prices hold until the clinic enters its own.
PRICES_FROM = date(2020, 1, 1)


class Registry(Protocol):
    """``django.apps.apps``, or the historical one that a migration gets."""

    def get_model(self, app_label: str, model_name: str) -> Any: ...


def load(apps: Registry) -> None:
    """Add every line whose code (protocol, price: type and zone) is not there yet.

    A line that a clinic edited keeps its edits, and one that it switched off stays off.
    """
    _add(apps, "Zone", ZONES, "name_en", "name_ru", "covers_all")
    _add(apps, "Indication", INDICATIONS, "name_en", "name_ru")
    _add(apps, "Aftercare", AFTERCARE, "text_en", "text_ru")
    _load_contraindications(apps)
    _add(
        apps,
        "ProcedureType",
        PROCEDURES,
        "name_en",
        "name_ru",
        "description_en",
        "description_ru",
        "needs_device",
    )
    for line in PROCEDURES:
        _load_details(apps, line)


def unload(apps: Registry) -> None:
    """Take the catalogue's lines out again; the database refuses it where they are in use."""
    codes = {
        "ProcedureType": [line.code for line in PROCEDURES],
        "Zone": [line.code for line in ZONES],
    }
    for name in ("Price", "Protocol", "Carrier"):
        model = apps.get_model("procedures", name)
        model.objects.filter(procedure_type__code__in=codes["ProcedureType"]).delete()
    codes["Indication"] = [line.code for line in INDICATIONS]
    codes["Contraindication"] = [line.code for line in CONTRAINDICATIONS]
    codes["Aftercare"] = [line.code for line in AFTERCARE]
    for name, wanted in codes.items():
        apps.get_model("procedures", name).objects.filter(code__in=wanted).delete()


def _add(apps: Registry, name: str, lines: tuple[Any, ...], *fields: str) -> None:
    model = apps.get_model("procedures", name)
    for position, line in enumerate(lines, start=1):
        values = {field: getattr(line, field) for field in fields}
        model.objects.get_or_create(code=line.code, defaults={"position": position, **values})


def _load_contraindications(apps: Registry) -> None:
    model = apps.get_model("procedures", "Contraindication")
    for position, line in enumerate(CONTRAINDICATIONS, start=1):
        model.objects.get_or_create(
            code=line.code,
            defaults={
                "position": position,
                "name_en": line.name_en,
                "name_ru": line.name_ru,
                "question_en": line.question_en,
                "question_ru": line.question_ru,
                "kind": "absolute" if line.days is None else "passing",
                "default_days": line.days,
                "zone_bound": line.zone_bound,
            },
        )


def _load_details(apps: Registry, line: ProcedureLine) -> None:
    """Carriers, protocols and first prices of one procedure type."""
    procedure_type = apps.get_model("procedures", "ProcedureType").objects.get(code=line.code)
    zones = {zone.code: zone for zone in apps.get_model("procedures", "Zone").objects.all()}
    carriers = apps.get_model("procedures", "Carrier").objects
    for position, carrier in enumerate(line.carriers, start=1):
        carriers.get_or_create(
            code=carrier.code,
            defaults={
                "procedure_type": procedure_type,
                "name_en": carrier.name_en,
                "name_ru": carrier.name_ru,
                "position": position,
            },
        )
    for protocol in line.protocols:
        place = {"procedure_type": procedure_type, "zone": zones[protocol.zone]}
        apps.get_model("procedures", "Protocol").objects.get_or_create(
            **place,
            defaults={
                "temperature_min_c": protocol.temperature_c[0],
                "temperature_max_c": protocol.temperature_c[1],
                "exposure_min_seconds": protocol.exposure_seconds[0],
                "exposure_max_seconds": protocol.exposure_seconds[1],
                "treatment_minutes": TREATMENT,
                "cleaning_minutes": CLEANING,
                "rest_minutes": REST,
            },
        )
        prices = apps.get_model("procedures", "Price").objects
        if not prices.filter(**place).exists():
            prices.create(**place, valid_from=PRICES_FROM, amount=protocol.price, currency=CURRENCY)
