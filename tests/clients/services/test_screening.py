"""Keeping the questionnaire: as it was asked, complete, for as long as it counts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import InternalError, transaction
from django.utils import translation

from clients.errors import ScreeningEnded, WrongAnswer
from clients.facts import screening_facts
from clients.models import Answer, Client, Screening
from clients.selectors import current_screening, verdict_for, verdict_table
from clients.services import AnswerGiven, ask_again, screen_client
from clients.verdict import AnswerFact, Outcome, ScreeningFacts, ZoneFact
from cryoclinic.models import Clinic, User
from procedures.models import Contraindication, Zone

pytestmark = pytest.mark.django_db

# Still the evening before in UTC: the day is the clinic's.
EARLY = datetime(2031, 2, 28, 22, tzinfo=UTC)
TODAY = date(2031, 3, 1)


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(EARLY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def zone() -> Zone:
    return Zone.objects.get(code="face")


def answers(*, kind: str = "", **yes: dict[str, Any]) -> list[AnswerGiven]:
    entries = Contraindication.objects.active()
    if kind:
        entries = entries.filter(kind=kind)
    return [AnswerGiven(entry, entry.code in yes, **yes.get(entry.code, {})) for entry in entries]


def test_screening_counts_from_the_clinics_today_for_its_days(
    reception: User, client_person: Client, clinic: Clinic
) -> None:
    made = screen_client(by=reception, client=client_person, clinic=clinic, answers=answers())
    kept = Screening.objects.get(pk=made.pk)
    assert (kept.asked_by, kept.asked_at, kept.asked_on, kept.valid_until, kept.follows) == (
        reception,
        EARLY,
        TODAY,
        TODAY + timedelta(days=29),
        None,
    )
    assert kept.answers.count() == Contraindication.objects.active().count() == 15


def test_answers_are_kept_as_asked_in_the_language_of_the_asking(
    reception: User, client_person: Client, clinic: Clinic, zone: Zone
) -> None:
    given = answers(
        couperose={"zones": (zone.pk,), "comment": " cheeks "},
        fever={"zones": (zone.pk,)},
        herpes_acute={"stops_until": TODAY + timedelta(days=3)},
    )
    with translation.override("ru"):
        made = screen_client(by=reception, client=client_person, clinic=clinic, answers=given)
    catalogue = {entry.code: entry for entry in Contraindication.objects.all()}
    Contraindication.objects.update(question_ru="changed", kind="absolute", default_days=None)
    kept = [
        (a.contraindication.code, a.question, a.kind, a.zone_bound, a.affected_zones,
         a.stops_until, a.comment)
        for a in made.answers.present().select_related("contraindication")
    ]  # fmt: skip
    assert kept == [
        ("herpes_acute", catalogue["herpes_acute"].question_ru, "passing", False, [],
         TODAY + timedelta(days=3), ""),
        ("couperose", catalogue["couperose"].question_ru, "absolute", True, [zone.pk],
         None, "cheeks"),
        ("fever", catalogue["fever"].question_ru, "passing", False, [],
         TODAY + timedelta(days=7), ""),
    ]  # fmt: skip


def test_a_missing_answer_is_named_and_nothing_is_kept(
    reception: User, client_person: Client, clinic: Clinic
) -> None:
    given = [a for a in answers() if a.contraindication.code not in {"fever", "couperose"}]
    with pytest.raises(WrongAnswer) as refused:
        screen_client(by=reception, client=client_person, clinic=clinic, answers=given)
    assert (refused.value.message, refused.value.status) == (
        "Not answered: Couperose; Elevated body temperature.",
        422,
    )
    assert Screening.objects.count() == 0


def test_what_is_no_longer_asked_is_refused(
    reception: User, client_person: Client, clinic: Clinic
) -> None:
    given = answers()
    Contraindication.objects.filter(code="fever").update(is_active=False)
    with pytest.raises(WrongAnswer, match="questions have changed"):
        screen_client(by=reception, client=client_person, clinic=clinic, answers=given)


@pytest.mark.parametrize("zones", [(), (987654,)])
def test_a_zone_bound_yes_needs_a_zone_that_exists(
    reception: User, client_person: Client, clinic: Clinic, zones: tuple[int, ...]
) -> None:
    given = answers(couperose={"zones": zones})
    with pytest.raises(WrongAnswer, match="Which zones does it affect: Couperose"):
        screen_client(by=reception, client=client_person, clinic=clinic, answers=given)


@pytest.mark.parametrize("days", [-1, 0, 731])
def test_a_passing_yes_ends_after_today_and_within_two_years(
    reception: User, client_person: Client, clinic: Clinic, days: int
) -> None:
    given = answers(fever={"stops_until": TODAY + timedelta(days=days)})
    with pytest.raises(WrongAnswer, match="can't stop until"):
        screen_client(by=reception, client=client_person, clinic=clinic, answers=given)


def test_a_new_full_screening_supersedes(
    reception: User, client_person: Client, clinic: Clinic, zone: Zone
) -> None:
    screen_client(by=reception, client=client_person, clinic=clinic, answers=answers(oncology={}))
    latest = screen_client(by=reception, client=client_person, clinic=clinic, answers=answers())
    assert current_screening(client_person) == latest
    assert verdict_for(latest, zone=zone, day=TODAY).outcome is Outcome.CLEARED


def test_a_yes_at_a_visit_counts_together_with_the_full_screening(
    reception: User, cosmetologist: User, client_person: Client, clinic: Clinic, zone: Zone
) -> None:
    full = screen_client(
        by=reception,
        client=client_person,
        clinic=clinic,
        answers=answers(couperose={"zones": (zone.pk,)}),
    )
    repeat = ask_again(
        by=cosmetologist,
        screening=full,
        clinic=clinic,
        answers=answers(kind="passing", fever={}),
    )
    assert (repeat.follows, repeat.asked_by, repeat.valid_until) == (full, cosmetologist, TODAY)
    assert current_screening(client_person) == full
    by_name = {fact.name: fact for fact in screening_facts(full).answers}
    assert screening_facts(full) == ScreeningFacts(
        TODAY,
        TODAY + timedelta(days=29),
        (
            AnswerFact(by_name["Couperose"].id, "Couperose", (ZoneFact(zone.pk),)),
            AnswerFact(
                by_name["Elevated body temperature"].id,
                "Elevated body temperature",
                None,
                TODAY + timedelta(days=7),
            ),
        ),
    )


def test_a_visit_asks_every_passing_one(
    cosmetologist: User, client_person: Client, clinic: Clinic
) -> None:
    full = screen_client(by=cosmetologist, client=client_person, clinic=clinic, answers=answers())
    with pytest.raises(WrongAnswer, match="Not answered: Elevated body temperature"):
        ask_again(
            by=cosmetologist,
            screening=full,
            clinic=clinic,
            answers=[a for a in answers(kind="passing") if a.contraindication.code != "fever"],
        )


def test_a_visit_repeats_only_a_full_screening_that_counts_today(
    cosmetologist: User, client_person: Client, clinic: Clinic, clock: time_machine.Traveller
) -> None:
    full = screen_client(by=cosmetologist, client=client_person, clinic=clinic, answers=answers())
    again: dict[str, Any] = {
        "by": cosmetologist,
        "clinic": clinic,
        "answers": answers(kind="passing"),
    }
    clock.shift(timedelta(days=29))
    repeat = ask_again(screening=full, **again)
    with pytest.raises(ScreeningEnded):
        ask_again(screening=repeat, **again)
    clock.shift(timedelta(days=1))
    with pytest.raises(ScreeningEnded):
        ask_again(screening=full, **again)


def test_the_database_itself_keeps_screening_and_answers_as_they_are(
    reception: User, client_person: Client, clinic: Clinic
) -> None:
    screening = screen_client(
        by=reception, client=client_person, clinic=clinic, answers=answers(fever={})
    )
    for attempt in (
        lambda: Answer.objects.present().update(present=False, stops_until=None),
        lambda: Answer.objects.all().delete(),
        lambda: Screening.objects.update(valid_until=TODAY + timedelta(days=300)),
        lambda: Answer.objects.filter(screening=screening)._raw_delete("default"),
    ):
        with pytest.raises(InternalError, match=r"Cannot (update|delete)"), transaction.atomic():
            attempt()


def test_verdict_table_has_every_protocol_and_a_fixed_number_of_queries(
    reception: User, client_person: Client, clinic: Clinic, zone: Zone,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:  # fmt: skip
    screening = screen_client(
        by=reception,
        client=client_person,
        clinic=clinic,
        answers=answers(couperose={"zones": (zone.pk,)}),
    )
    with django_assert_num_queries(2):
        table = verdict_table(screening, day=TODAY)
    outcomes = {
        row.procedure_type.code: [verdict and verdict.outcome.value for verdict in row.verdicts]
        for row in table.rows
    }
    assert [zone.code for zone in table.zones] == ["face", "decollete", "hands", "whole_body"]
    assert outcomes == {
        "ice": ["refused", "cleared", "cleared", "refused"],
        "nitrogen": ["refused", "cleared", "cleared", "refused"],
        "cryochamber": [None, None, None, "refused"],
    }
