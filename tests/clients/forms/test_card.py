"""The client card: phones as typed, and the question whether the person is here already."""

from datetime import date

import pytest

from clients.forms import CardForm, typed_as
from clients.models import Client
from tests import factories

pytestmark = pytest.mark.django_db


def typed(**other: str) -> dict[str, str]:
    return {
        "name": "Анна Петрова",
        "phone": "8 912 345-67-89",
        "email": "anna@example.com",
        "birth_date": "1990-05-04",
        "language": "ru",
        "note": "",
    } | other


@pytest.mark.parametrize(
    ("text", "initial"),
    [
        ("", {}),
        ("  Анна  Петрова ", {"name": "Анна Петрова"}),
        ("8 (912) 345", {"phone": "8 (912) 345"}),
        ("anna@x", {"email": "anna@x"}),
        ("Анна 912", {"name": "Анна 912"}),
    ],
)
def test_typed_as_puts_a_search_into_its_field(text: str, initial: dict[str, str]) -> None:
    assert typed_as(text) == initial


def test_card_gives_the_values_of_the_service() -> None:
    form = CardForm(typed(email_consent="on"))
    assert form.is_valid(), form.errors
    assert form.card() == {
        "name": "Анна Петрова",
        "phone": "+79123456789",
        "email": "anna@example.com",
        "birth_date": date(1990, 5, 4),
        "language": "ru",
        "email_consent": True,
        "optional_mail": False,
        "note": "",
    }


def test_a_new_card_offers_advice_by_mail_and_an_old_one_shows_what_holds() -> None:
    silent = factories.ClientFactory(optional_mail=False)
    assert [CardForm(client=client)["optional_mail"].value() for client in (None, silent)] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"phone": "12"}, {"phone"}),
        ({"name": ""}, {"name"}),
        ({"email": "anna"}, {"email"}),
        ({"birth_date": "2999-01-01"}, {"birth_date"}),
        ({"language": ""}, {"language"}),
    ],
)
def test_what_is_wrong_is_named_at_its_field(wrong: dict[str, str], errors: set[str]) -> None:
    assert set(CardForm(typed(**wrong)).errors) == errors


def test_somebody_with_the_same_phone_is_asked_about_until_confirmed() -> None:
    same = factories.ClientFactory(phone="+79123456789")
    form = CardForm(typed())
    assert not form.is_valid()
    assert (form.lookalikes, form.lookalike_ids) == ([same], str(same.pk))
    assert form.errors == {}
    assert CardForm(typed(anyway=form.lookalike_ids)).is_valid()


def test_confirming_one_does_not_confirm_another() -> None:
    same_phone = factories.ClientFactory(phone="+79123456789")
    same_email = factories.ClientFactory(email="ANNA@example.com")
    form = CardForm(typed(anyway=str(same_phone.pk)))
    assert not form.is_valid()
    assert form.lookalikes == [same_email]
    assert form.lookalike_ids == f"{same_phone.pk},{same_email.pk}"


@pytest.mark.parametrize("anyway", ["x", "1;2", "²"])
def test_a_forged_confirmation_confirms_nobody(anyway: str) -> None:
    factories.ClientFactory(phone="+79123456789")
    assert not CardForm(typed(anyway=anyway)).is_valid()


def test_a_card_whose_identity_stays_is_not_questioned() -> None:
    factories.ClientFactory(phone="+79123456789")
    person = Client.objects.create(
        name="Анна Петрова", phone="+79123456789", email="anna@example.com",
        birth_date=date(1990, 5, 4),
    )  # fmt: skip
    assert CardForm(typed(note="mornings"), client=person).is_valid()
    assert not CardForm(typed(name="Анна Орлова"), client=person).is_valid()
