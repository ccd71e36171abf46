"""The forms of the treatment room: what they accept, and what they turn it into."""

from datetime import date
from typing import Any

import pytest

from clients.services import AnswerGiven
from procedures.models import Carrier, Contraindication, Protocol, Zone
from scheduling.forms.notes import AddendumForm, NoteForm, VisitCheckForm
from scheduling.note_rules import ExposureGiven
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


@pytest.fixture
def questions() -> list[Contraindication]:
    return list(Contraindication.objects.filter(code__in=["fever", "skin_damage"]))


def check(questions: list[Contraindication], data: dict[str, Any] | None) -> VisitCheckForm:
    zones = list(Zone.objects.active())
    return VisitCheckForm(data, questions=questions, zones=zones, today=TODAY)


def test_nothing_is_chosen_beforehand(questions: list[Contraindication]) -> None:
    form = check(questions, None)
    assert "checked" not in form.as_p()
    assert "checked" not in form.details.as_p()


def test_nothing_has_changed_is_a_no_to_all(questions: list[Contraindication]) -> None:
    form = check(questions, {"changed": "no"})
    assert form.is_valid()
    assert form.answers() == [AnswerGiven(entry, present=False) for entry in questions]


@pytest.mark.parametrize("data", [{}, {"changed": ""}, {"changed": "maybe"}])
def test_a_choice_has_to_be_made(questions: list[Contraindication], data: dict[str, Any]) -> None:
    form = check(questions, data)
    assert not form.is_valid()
    assert list(form.errors) == ["changed"]


def test_nothing_has_changed_contradicts_a_yes(questions: list[Contraindication]) -> None:
    form = check(questions, {"changed": "no", "fever": "yes"})
    assert not form.is_valid()
    assert form.errors == {
        "changed": ["A question is answered yes, so something has changed: choose that."]
    }


def test_something_has_changed_needs_every_answer(questions: list[Contraindication]) -> None:
    form = check(questions, {"changed": "yes", "fever": "yes"})
    assert not form.is_valid()
    assert "skin_damage" in form.details.errors


def test_something_has_changed_keeps_the_answers(questions: list[Contraindication]) -> None:
    face = Zone.objects.get(code="face")
    data = {
        "changed": "yes",
        "fever": "no",
        "skin_damage": "yes",
        "skin_damage.zones": [str(face.pk)],
        "skin_damage.until": "2026-12-01",
        "skin_damage.comment": "a scratch",
    }
    form = check(questions, data)
    assert form.is_valid(), form.details.errors
    given = {answer.contraindication.code: answer for answer in form.answers()}
    assert not given["fever"].present
    assert given["skin_damage"] == AnswerGiven(
        Contraindication.objects.get(code="skin_damage"),
        present=True,
        zones=(face.pk,),
        stops_until=date(2026, 12, 1),
        comment="a scratch",
    )


@pytest.fixture
def protocol() -> Protocol:
    return factories.ProtocolFactory()


@pytest.fixture
def carrier(protocol: Protocol) -> Carrier:
    return Carrier.objects.create(
        code="ice-cube", name_en="Ice", name_ru="Лёд", procedure_type=protocol.procedure_type
    )


def note_form(protocol: Protocol, carrier: Carrier, data: dict[str, Any] | None = None) -> NoteForm:
    zone = protocol.zone
    if data is not None:
        renamed = {"seconds": f"seconds_{zone.pk}", "temperature": f"temperature_{zone.pk}"}
        data = {renamed.get(name, name): value for name, value in data.items()}
        data = {"reaction": "none", **data}
    return NoteForm(data, zones=[zone], protocols={zone.pk: protocol}, carriers=[carrier])


def test_the_limits_stand_beside_the_fields(protocol: Protocol, carrier: Carrier) -> None:
    form = note_form(protocol, carrier)
    zone = protocol.zone.pk
    assert form.fields[f"seconds_{zone}"].help_text == "protocol: 60 to 600 s"
    assert form.fields[f"temperature_{zone}"].help_text == "protocol: −120\xa0°C to 0\xa0°C"
    bare = NoteForm(zones=[protocol.zone], protocols={}, carriers=[])
    assert bare.fields[f"seconds_{zone}"].help_text == "no protocol for this zone"


@pytest.mark.parametrize("typed", ["-90", "\N{MINUS SIGN}90", " - 90 "])
def test_the_values_are_those_of_the_service(
    protocol: Protocol, carrier: Carrier, typed: str
) -> None:
    form = note_form(
        protocol,
        carrier,
        {"seconds": "120", "temperature": typed, "carrier": str(carrier.pk), "text": "Fine."},
    )
    assert form.is_valid(), form.errors
    assert form.values() == {
        "exposures": [ExposureGiven(protocol.zone, 120, -90)],
        "carrier": carrier,
        "reaction": "none",
        "text": "Fine.",
        "out_of_protocol_reason": "",
        "seen": "",
    }


def test_a_draft_may_be_empty(protocol: Protocol, carrier: Carrier) -> None:
    form = note_form(protocol, carrier, {})
    assert form.is_valid(), form.errors
    assert (form.values()["exposures"], form.values()["carrier"]) == ([], None)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"seconds": "120"}, "temperature"),
        ({"temperature": "-90"}, "seconds"),
        ({"seconds": "0", "temperature": "-90"}, "seconds"),
        ({"seconds": "40000", "temperature": "-90"}, "seconds"),
        ({"seconds": "1.5", "temperature": "-90"}, "seconds"),
        ({"seconds": "120", "temperature": "-40000"}, "temperature"),
        ({"seconds": "120", "temperature": "cold"}, "temperature"),
        ({"carrier": "0"}, "carrier"),
        ({"reaction": "unheard of"}, "reaction"),
        ({"reaction": "unusual"}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": "a\x00b"}, "text"),
    ],
)
def test_what_can_not_be_is_marked(
    protocol: Protocol, carrier: Carrier, data: dict[str, Any], wrong: str
) -> None:
    form = note_form(protocol, carrier, data)
    assert not form.is_valid()
    assert [name.split("_")[0] for name in form.errors] == [wrong]


@pytest.mark.parametrize("text", ["", "   "])
def test_an_addendum_says_something(text: str) -> None:
    assert not AddendumForm({"text": text}).is_valid()
