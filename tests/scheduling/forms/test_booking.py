"""The booking form: what it offers, what it refuses, and how a relaxation changes it."""

import uuid
from datetime import date, time
from decimal import Decimal

import pytest
from django.http import QueryDict

from cryoclinic.models import Clinic
from scheduling.forms.booking import ChosenPlanForm, CourseForm, relaxed
from scheduling.wishes import Wishes
from tests import factories
from tests.fixtures import Practice

DAY = date(2026, 5, 4)


def form_of(practice: Practice, **wishes: object) -> CourseForm:
    data = {
        "treatment": f"{practice.procedure_type.pk}-{practice.zone.pk}",
        "sessions": "10",
        "indications": [practice.indication.pk],
        **wishes,
    }
    return CourseForm(data, clinic=practice.clinic, day=DAY)


def ours(form: CourseForm, practice: Practice) -> list[object]:
    groups = dict(form.fields["treatment"].choices)  # type: ignore[attr-defined]
    return list(groups.get(practice.procedure_type.name, []))


def test_only_what_has_a_protocol_in_use_and_a_price_is_offered(practice: Practice) -> None:
    factories.ProtocolFactory(procedure_type=practice.procedure_type, is_active=False)
    unpriced = factories.ProtocolFactory(procedure_type=practice.procedure_type)
    unpriced.procedure_type.price_set.filter(zone=unpriced.zone).delete()
    kind, zone = practice.procedure_type, practice.zone
    assert ours(form_of(practice), practice) == [
        (f"{kind.pk}-{zone.pk}", f"{zone.name}, 1,000\u00a0₽ · {kind.name}")
    ]


def test_a_valid_form_says_what_is_wished(practice: Practice) -> None:
    form = form_of(
        practice,
        weekdays=["0", "3"],
        earliest="09:00",
        latest="12:30",
        around="10:00",
        not_before="2026-05-10",
        specialist=practice.specialist.pk,
        only_specialist="on",
    )
    assert form.is_valid(), form.errors
    assert (form.procedure_type, form.zone) == (practice.procedure_type, practice.zone)
    assert form.price.amount == Decimal("1000.00")
    assert form.wishes == Wishes(
        not_before=date(2026, 5, 10),
        weekdays=frozenset({0, 3}),
        earliest=time(9),
        latest=time(12, 30),
        around=time(10),
        only_specialist=practice.specialist.pk,
        specialist=practice.specialist.pk,
    )


@pytest.mark.parametrize(
    ("wishes", "errors"),
    [
        ({"indications": []}, {"indications": ["Mark at least one thing the client comes for."]}),
        ({"sessions": "9"}, {"sessions": ["A course of this procedure has 10 to 12 sessions."]}),
        (
            {"only_specialist": "on"},
            {"specialist": ["Choose the specialist, or leave “nobody else” open."]},
        ),
        ({"not_before": "2028-01-01"}, {"not_before": ["Choose a day within a year from now."]}),
        (
            {"earliest": "12:00", "latest": "12:00"},
            {"latest": ["This has to be later than the time before it."]},
        ),
    ],
)
def test_what_can_not_be_is_refused_at_its_field(
    practice: Practice, wishes: dict[str, object], errors: dict[str, list[str]]
) -> None:
    assert form_of(practice, **wishes).errors == errors


def test_specialists_of_other_clinics_are_no_choice(practice: Practice) -> None:
    form = form_of(practice, specialist=factories.SpecialistFactory().pk)
    assert list(form.errors) == ["specialist"]


def test_the_fingerprint_is_of_the_question_alone(practice: Practice) -> None:
    forms = [
        form_of(practice),
        form_of(practice, indications=[factories.IndicationFactory().pk]),
        form_of(practice, sessions="11"),
        form_of(practice, weekdays=["1"]),
    ]
    assert all(form.is_valid() for form in forms)
    plain, other_reason, longer, tuesdays = (form.fingerprint for form in forms)
    assert plain == other_reason
    assert len({plain, longer, tuesdays}) == 3


@pytest.mark.parametrize(
    ("relaxation", "changed"),
    [
        ("hours:09:00-19:00", {"earliest": ["09:00"], "latest": ["19:00"]}),
        ("hours:-19:00", {"earliest": [""], "latest": ["19:00"]}),
        ("weekdays:0,2,4", {"weekdays": ["0", "2", "4"]}),
        ("specialist:", {"only_specialist": None}),
        ("not_before:2026-05-06", {"not_before": ["2026-05-06"]}),
        ("fewer:10", {"sessions": ["10"]}),
        ("wishes:hours,weekdays", {"earliest": None, "latest": None, "weekdays": None}),
        ("nonsense:1", {}),
        ("", {}),
    ],
)
def test_a_relaxation_changes_only_its_wish(
    relaxation: str, changed: dict[str, list[str] | None]
) -> None:
    before = QueryDict(
        "sessions=12&earliest=18%3A00&latest=18%3A30&weekdays=1&only_specialist=on"
        "&not_before=2026-06-01&treatment=1-1"
    )
    expected = {**dict(before.lists()), **changed}
    after = dict(relaxed(before, relaxation).lists())
    assert after == {name: values for name, values in expected.items() if values is not None}


def test_the_key_of_the_form_is_kept_and_a_missing_one_is_made() -> None:
    key = uuid.uuid4()
    sent = ChosenPlanForm({"booking_key": str(key)})
    assert sent.is_valid()
    assert sent.key == key
    fresh = ChosenPlanForm({})
    assert fresh.is_valid()
    assert isinstance(fresh.key, uuid.UUID)


def test_times_offered_by_nobody_are_not_read(clinic: Clinic) -> None:
    for token in ("x", "2026-05-04.288.1.1.-", "1999-01-01.120.1.1.-"):
        form = ChosenPlanForm(QueryDict(f"slot={token}"))
        assert list(form.errors) == ["slot"]
