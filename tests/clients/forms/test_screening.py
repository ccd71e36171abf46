"""The questionnaire: generated from the catalogue, complete, nothing answered beforehand."""

from datetime import date, timedelta

import pytest

from clients.forms import ClearanceForm, ScreeningForm
from clients.models import Answer
from clients.services import AnswerGiven
from procedures.models import Contraindication, Zone

pytestmark = pytest.mark.django_db
TODAY = date(2031, 3, 1)


def form(data: dict[str, object] | None = None) -> ScreeningForm:
    return ScreeningForm(
        data,
        questions=list(Contraindication.objects.active()),
        zones=list(Zone.objects.active()),
        today=TODAY,
    )


def all_no(**other: object) -> dict[str, object]:
    return {entry.code: "no" for entry in Contraindication.objects.active()} | other


def given(filled: ScreeningForm) -> dict[str, AnswerGiven]:
    return {answer.contraindication.code: answer for answer in filled.answers()}


def test_every_question_of_the_catalogue_is_asked_and_none_is_answered() -> None:
    asked = form()
    labels = [asked.fields[entry.code].label for entry in asked.questions]
    assert labels == list(Contraindication.objects.active().values_list("question_en", flat=True))
    assert "checked" not in asked.as_p()


def test_all_no_is_fifteen_answers() -> None:
    filled = form(all_no())
    assert filled.is_valid()
    assert filled.answers() == [AnswerGiven(e, present=False) for e in filled.questions]


def test_each_unanswered_question_says_so() -> None:
    data = all_no()
    del data["fever"], data["couperose"]
    assert form(data).errors == {
        "couperose": ["Answer yes or no."],
        "fever": ["Answer yes or no."],
    }


def test_a_yes_takes_its_zones_day_and_comment() -> None:
    face = Zone.objects.get(code="face")
    filled = form(
        all_no(**{
            "skin_damage": "yes",
            "skin_damage.zones": [str(face.pk)],
            "skin_damage.until": "2031-03-20",
            "skin_damage.comment": "a burn",
        })
    )  # fmt: skip
    assert filled.is_valid(), filled.errors
    assert given(filled)["skin_damage"] == AnswerGiven(
        Contraindication.objects.get(code="skin_damage"),
        present=True,
        zones=(face.pk,),
        stops_until=date(2031, 3, 20),
        comment="a burn",
    )


def test_the_day_is_offered_from_the_catalogue() -> None:
    days = {entry.code: entry.default_days for entry in form().questions if entry.default_days}
    offered = {code: form().fields[f"{code}.until"].initial for code in days}
    assert offered == {code: TODAY + timedelta(days=n) for code, n in days.items()}


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"couperose": "yes"}, {"couperose.zones"}),
        ({"fever": "yes", "fever.until": "2031-03-01"}, {"fever.until"}),
        ({"fever": "yes", "fever.until": "2034-03-01"}, {"fever.until"}),
        ({"fever": "yes", "fever.until": "soon"}, {"fever.until"}),
        ({"couperose": "yes", "couperose.zones": ["987654"]}, {"couperose.zones"}),
        ({"fever": "maybe"}, {"fever"}),
        ({"fever": "no", "fever.until": "2031-03-01"}, set()),
    ],
)
def test_what_a_yes_needs_is_checked_and_a_no_needs_nothing(
    data: dict[str, object], errors: set[str]
) -> None:
    assert set(form(all_no(**data)).errors) == errors


def test_a_comment_typed_before_changing_to_no_is_not_kept() -> None:
    filled = form(all_no(**{"fever.comment": "39 °C"}))
    assert filled.is_valid()
    assert given(filled)["fever"].comment == ""


def test_a_clearance_is_offered_until_the_day_before_the_answer_ends() -> None:
    answer = Answer(stops_until=TODAY + timedelta(days=5))
    offered = ClearanceForm(answer=answer, today=TODAY)
    assert offered.fields["valid_from"].initial == TODAY
    assert offered.fields["expires_on"].initial == TODAY + timedelta(days=4)


def test_a_clearance_that_ends_before_it_begins_is_refused_at_its_field() -> None:
    data = {"valid_from": "2031-03-03", "expires_on": "2031-03-02", "reason": "seen"}
    assert ClearanceForm(data, answer=Answer(), today=TODAY).errors == {
        "expires_on": ["The last day can't lie before the first."]
    }
