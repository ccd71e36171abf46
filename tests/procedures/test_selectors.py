"""What the rest of the product asks the catalogue."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from procedures import selectors
from procedures.errors import NoPrice, NoProtocol
from procedures.models import Aftercare, ProcedureType, Protocol, Zone
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 4)


@pytest.fixture
def face() -> Protocol:
    return Protocol.objects.select_related("procedure_type", "zone").get(
        procedure_type__code="nitrogen", zone__code="face"
    )


def codes() -> list[tuple[str, list[str]]]:
    return [
        (each.procedure_type.code, [zone.code for zone in each.zones])
        for each in selectors.bookable_types()
    ]


def test_bookable_types_come_with_their_zones_in_order() -> None:
    everywhere = ["face", "decollete", "hands", "whole_body"]
    assert codes() == [
        ("ice", everywhere),
        ("nitrogen", everywhere),
        ("cryochamber", ["whole_body"]),
    ]


def test_bookable_types_leave_out_what_is_switched_off() -> None:
    ProcedureType.objects.filter(code="ice").update(is_active=False)
    Zone.objects.filter(code="whole_body").update(is_active=False)
    Protocol.objects.filter(procedure_type__code="nitrogen", zone__code="hands").update(
        is_active=False
    )
    assert codes() == [("nitrogen", ["face", "decollete"])]


def test_bookable_types_are_read_once_however_many_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(30):
        factories.ProtocolFactory()
    with django_assert_num_queries(2):
        assert len(codes()) == 33
    with django_assert_num_queries(1):
        assert len(codes()) == 33


def test_protocol_is_that_of_the_type_and_zone(face: Protocol) -> None:
    assert selectors.protocol_for(face.procedure_type, face.zone) == face


def test_protocol_switched_off_is_refused_in_words(face: Protocol) -> None:
    Protocol.objects.filter(pk=face.pk).update(is_active=False)
    with pytest.raises(NoProtocol) as refused:
        selectors.protocol_for(face.procedure_type, face.zone)
    assert refused.value.status == 422
    assert refused.value.message == "“Liquid-nitrogen applicator” is not done here: Face."


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (DAY - timedelta(days=1), "1200"),
        (DAY, "1500"),
        (DAY + timedelta(days=400), "1500"),
    ],
)
def test_price_is_the_latest_in_force_on_the_day(face: Protocol, day: date, amount: str) -> None:
    for valid_from, price in ((DAY, "1500"), (DAY + timedelta(days=500), "1800")):
        factories.PriceFactory(
            procedure_type=face.procedure_type,
            zone=face.zone,
            valid_from=valid_from,
            amount=Decimal(price),
        )
    found = selectors.price_on(face.procedure_type, face.zone, day)
    assert (found.amount, found.currency) == (Decimal(amount), "RUB")


def test_price_before_the_first_one_is_refused_in_words(face: Protocol) -> None:
    with pytest.raises(NoPrice) as refused:
        selectors.price_on(face.procedure_type, face.zone, date(2019, 12, 31))
    assert refused.value.message == (
        "There is no price for “Liquid-nitrogen applicator”, Face on Dec. 31, 2019."
    )


def test_aftercare_is_the_general_advice_and_the_types_own(face: Protocol) -> None:
    ice = ProcedureType.objects.get(code="ice")
    for code, procedure_type in (("for_ice", ice), ("for_nitrogen", face.procedure_type)):
        advice = Aftercare.objects.create(code=code, text_en=code, text_ru=code, position=99)
        advice.procedure_types.add(procedure_type)
    found = [advice.code for advice in selectors.aftercare_for(face.procedure_type)]
    assert found[-2:] == ["when_to_call", "for_nitrogen"]
    assert len(found) == 7
