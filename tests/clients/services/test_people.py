"""Adding and changing client cards."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction

from clients.models import Client
from clients.selectors import lookalikes
from clients.services import add_client, change_client
from cryoclinic.models import User
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)


def card(client: Client) -> dict[str, object]:
    return {
        name: getattr(client, name)
        for name in (
            "name", "phone", "email", "birth_date", "language",
            "email_consent", "email_consent_at", "optional_mail", "note",
        )
    }  # fmt: skip


@time_machine.travel(NOON, tick=False)
def test_add_client_keeps_the_card_in_its_plain_form(reception: User) -> None:
    client = add_client(
        by=reception,
        name="  Анна   Петрова ",
        phone="8 (912) 345-67-89",
        email=" Anna@example.com ",
        birth_date=date(1990, 5, 4),
        email_consent=True,
        note=" mornings ",
    )
    assert card(Client.objects.get(pk=client.pk)) == {
        "name": "Анна Петрова",
        "phone": "+79123456789",
        "email": "Anna@example.com",
        "birth_date": date(1990, 5, 4),
        "language": "ru",
        "email_consent": True,
        "email_consent_at": NOON,
        "optional_mail": True,
        "note": "mornings",
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"phone": "12"}, "phone"),
        ({"email": "anna"}, "email"),
        ({"language": "xx"}, "language"),
        ({"birth_date": date(1800, 1, 1)}, "birth_date"),
    ],
)
def test_add_client_names_the_wrong_field_and_keeps_nothing(
    reception: User, wrong: dict[str, Any], field: str
) -> None:
    right: dict[str, Any] = {"name": "Anna", "phone": "+79123456789"}
    with pytest.raises(ValidationError) as refused:
        add_client(by=reception, **(right | wrong))
    assert list(refused.value.message_dict) == [field]
    assert Client.objects.count() == 0


def test_consent_is_dated_once_and_loses_its_date_when_withdrawn(reception: User) -> None:
    values: dict[str, Any] = {"name": "Anna", "phone": "+79123456789", "email": "a@example.com"}
    with time_machine.travel(NOON, tick=False):
        client = add_client(by=reception, **values, email_consent=True)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        client = change_client(by=reception, client=client, **values, email_consent=True)
        assert (client.email_consent_at, client.may_be_mailed) == (NOON, True)
        client = change_client(by=reception, client=client, **values, email_consent=False)
        assert (client.email_consent_at, client.may_be_mailed) == (None, False)


def test_advice_by_mail_is_turned_off_and_on_by_who_is_named(
    reception: User, manager: User
) -> None:
    values: dict[str, Any] = {"name": "Anna", "phone": "+79123456789", "email": "a@example.com"}
    client = add_client(by=reception, **values, email_consent=True, optional_mail=False)
    change_client(by=manager, client=client, **values, email_consent=True, optional_mail=True)

    events = apps.get_model("clients", "ClientEvent").objects.order_by("pgh_id")
    assert [(e.optional_mail, e.email_consent, e.pgh_context["user"]) for e in events] == [
        (False, True, reception.pk),
        (True, True, manager.pk),
    ]


def test_every_change_names_who_made_it(reception: User, manager: User) -> None:
    client = add_client(by=reception, name="Anna", phone="+79123456789")
    change_client(by=manager, client=client, name="Anna Orlova", phone="+79123456789")
    events = apps.get_model("clients", "ClientEvent").objects.order_by("pgh_id")
    assert [(e.pgh_label, e.name, e.pgh_context["user"]) for e in events] == [
        ("insert", "Anna", reception.pk),
        ("update", "Anna Orlova", manager.pk),
    ]


def test_the_database_itself_refuses_a_phone_without_country_code(client_person: Client) -> None:
    with pytest.raises(IntegrityError, match="client_phone_e164"), transaction.atomic():
        Client.objects.filter(pk=client_person.pk).update(phone="89123456789")


def test_the_database_itself_keeps_every_client(client_person: Client) -> None:
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        Client.objects.filter(pk=client_person.pk).delete()


def test_lookalikes_have_the_phone_the_email_or_the_name_and_birth_date() -> None:
    born = date(1990, 5, 4)
    same_phone = factories.ClientFactory(phone="+79123456789")
    same_email = factories.ClientFactory(email="Anna@Example.com")
    same_name = factories.ClientFactory(name="Алёна Петрова", birth_date=born)
    factories.ClientFactory(name="Алёна Петрова", birth_date=date(1991, 5, 4))
    factories.ClientFactory(email="joanna@example.com")
    found = lookalikes(
        name="алёна петрова", phone="+79123456789", email="anna@example.com", birth_date=born
    )
    assert found == [same_phone, same_email, same_name]


def test_a_client_is_no_lookalike_of_itself(client_person: Client) -> None:
    found = lookalikes(
        name=client_person.name,
        phone=client_person.phone,
        email=client_person.email,
        birth_date=None,
        besides=client_person,
    )
    assert found == []
