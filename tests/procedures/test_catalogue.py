"""The catalogue of a new installation is the one that the domain's description asks for."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models
from django.db.models import ProtectedError
from django.utils import translation

from procedures.catalogue import loading
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
from tests import factories

pytestmark = pytest.mark.django_db

EVERYTHING: list[type[models.Model]] = [
    Zone,
    ProcedureType,
    Carrier,
    Protocol,
    Price,
    Indication,
    Contraindication,
    Aftercare,
]

ABSOLUTE, PASSING = "absolute", "passing"

# code, kind, days, only the affected zones
CONTRAINDICATIONS = [
    ("cold_allergy", ABSOLUTE, None, False),
    ("herpes_acute", PASSING, 14, False),
    ("couperose", ABSOLUTE, None, True),
    ("skin_damage", PASSING, 14, True),
    ("oncology", ABSOLUTE, None, False),
    ("cardiovascular", ABSOLUTE, None, False),
    ("acute_infection", PASSING, 14, False),
    ("chronic_exacerbation", PASSING, 14, False),
    ("mental_disorder", ABSOLUTE, None, False),
    ("tuberculosis", ABSOLUTE, None, False),
    ("thrombosis", ABSOLUTE, None, False),
    ("cns_disease", ABSOLUTE, None, False),
    ("postoperative", PASSING, 30, False),
    ("recent_aggressive_procedure", PASSING, 14, False),
    ("fever", PASSING, 7, False),
]

INDICATIONS = [
    "Warts and papillomas",
    "Acne or the consequences of its improper treatment",
    "Decreased skin turgor",
    "Changed complexion",
    "Fine wrinkles",
    "Certain skin diseases",
    "Increased pigmentation",
    "Premature wilting and ageing",
    "Enlarged pores",
    "Oily skin",
    "Puffiness and bags under the eyes",
    "Stretch marks, scars and similar defects",
]


def rows() -> dict[str, list[dict[str, object]]]:
    """All that the catalogue's tables hold."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in EVERYTHING
    }


def test_zones_are_four_and_the_whole_body_covers_all() -> None:
    zones = Zone.objects.values_list("code", "covers_all")
    assert list(zones) == [
        ("face", False),
        ("decollete", False),
        ("hands", False),
        ("whole_body", True),
    ]


def test_procedure_types_carry_the_rules_of_a_course() -> None:
    types = ProcedureType.objects.values_list(
        "code",
        "needs_device",
        "sessions_min",
        "sessions_max",
        "min_gap_days",
        "max_gap_days",
        "is_active",
    )
    assert list(types) == [
        ("ice", False, 10, 12, 2, 3, True),
        ("nitrogen", False, 10, 12, 2, 3, True),
        ("cryochamber", True, 10, 12, 2, 3, True),
    ]


@pytest.mark.parametrize(
    ("code", "zones", "coldest", "warmest"),
    [
        ("ice", ["face", "decollete", "hands", "whole_body"], -20, 0),
        ("nitrogen", ["face", "decollete", "hands", "whole_body"], -120, -20),
        ("cryochamber", ["whole_body"], -120, -60),
    ],
)
def test_protocols_hold_the_zones_and_temperatures_of_the_method(
    code: str, zones: list[str], coldest: int, warmest: int
) -> None:
    protocols = Protocol.objects.filter(procedure_type__code=code).order_by("zone__position")
    values = protocols.values_list("zone__code", "temperature_min_c", "temperature_max_c")
    assert list(values) == [(zone, coldest, warmest) for zone in zones]


def test_protocols_take_fifteen_minutes_and_then_cleaning_and_rest() -> None:
    phases = Protocol.objects.values_list("treatment_minutes", "cleaning_minutes", "rest_minutes")
    assert set(phases) == {(15, 5, 30)}


def test_exposures_fit_into_the_treatment() -> None:
    for protocol in Protocol.objects.all():
        assert (
            0
            < protocol.exposure_min_seconds
            < protocol.exposure_max_seconds
            <= protocol.treatment_minutes * 60
        )


def test_contraindications_are_those_of_the_table() -> None:
    values = Contraindication.objects.values_list("code", "kind", "default_days", "zone_bound")
    assert list(values) == CONTRAINDICATIONS


def test_indications_are_the_twelve() -> None:
    assert list(Indication.objects.values_list("name_en", flat=True)) == INDICATIONS


def test_carriers_belong_to_their_method() -> None:
    carriers = Carrier.objects.order_by("procedure_type__position", "position")
    ices = ["ice_purified_water", "ice_mineral_water", "ice_herbal_decoction", "ice_juice"]
    assert list(carriers.values_list("procedure_type__code", "code")) == [
        *(("ice", code) for code in ices),
        *(("ice", f"{code}_oils") for code in ices),
        ("nitrogen", "nitrogen_applicator"),
        ("cryochamber", "cryochamber_air"),
    ]


def test_prices_lie_between_500_and_2000_roubles_for_every_protocol() -> None:
    prices = Price.objects.values_list("procedure_type", "zone")
    assert set(prices) == set(Protocol.objects.values_list("procedure_type", "zone"))
    assert len(prices) == Protocol.objects.count()
    for price in Price.objects.all():
        assert Decimal(500) <= price.amount <= Decimal(2000)
        assert price.currency == "RUB"


def test_aftercare_covers_what_a_client_is_told() -> None:
    codes = Aftercare.objects.values_list("code", flat=True)
    assert list(codes) == [
        "rest",
        "no_sauna",
        "no_tanning",
        "gentle_cosmetics",
        "expected",
        "when_to_call",
    ]


@pytest.mark.parametrize("model", EVERYTHING)
def test_every_text_is_there_in_both_languages(model: type[models.Model]) -> None:
    pairs = [
        field.name.removesuffix("_en") for field in model._meta.fields if field.name.endswith("_en")
    ]
    for row in model._default_manager.all():
        for name in pairs:
            english, russian = getattr(row, f"{name}_en"), getattr(row, f"{name}_ru")
            assert english, (row.pk, name)
            assert any("а" <= letter <= "я" for letter in russian.lower()), (row.pk, name)
            assert not any("а" <= letter <= "я" for letter in english.lower()), (row.pk, name)


def test_loading_again_changes_nothing() -> None:
    before = rows()
    loading.load(apps)
    assert rows() == before


def test_loading_again_leaves_what_a_clinic_edited() -> None:
    Zone.objects.filter(code="hands").update(name_en="Hands and wrists", is_active=False)
    Protocol.objects.filter(zone__code="face").update(exposure_max_seconds=420)
    Price.objects.filter(zone__code="face").update(amount=Decimal("1999.00"))
    Contraindication.objects.filter(code="fever").update(default_days=10)
    before = rows()
    loading.load(apps)
    assert rows() == before


def test_loading_again_puts_back_what_is_missing() -> None:
    before = {name: len(lines) for name, lines in rows().items()}
    Price.objects.all().delete()
    Protocol.objects.filter(procedure_type__code="cryochamber").delete()
    Indication.objects.filter(code="acne").delete()
    loading.load(apps)
    assert {name: len(lines) for name, lines in rows().items()} == before


def test_unloading_takes_out_the_catalogue_and_nothing_else() -> None:
    own = factories.ProtocolFactory()
    loading.unload(apps)
    assert {model.__name__: model._default_manager.count() for model in EVERYTHING} == {
        "Zone": 1,
        "ProcedureType": 1,
        "Carrier": 0,
        "Protocol": 1,
        "Price": 1,
        "Indication": 0,
        "Contraindication": 0,
        "Aftercare": 0,
    }
    assert Protocol.objects.get() == own


def test_unloading_refuses_what_is_in_use() -> None:
    used = Protocol.objects.get(procedure_type__code="ice", zone__code="face")
    factories.CourseFactory(protocol=used)
    with pytest.raises(ProtectedError):
        loading.unload(apps)


@pytest.mark.parametrize(("language", "name"), [("en", "Hands"), ("ru", "Руки"), ("de", "Hands")])
def test_names_are_in_the_readers_language(language: str, name: str) -> None:
    with translation.override(language):
        assert Zone.objects.get(code="hands").name == name
