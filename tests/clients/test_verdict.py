"""The verdict as a pure function: every rule of the domain, with its edges."""

from datetime import date, timedelta
from typing import Any

import pytest

from clients.verdict import (
    AnswerFact,
    ClearedDays,
    Outcome,
    Reason,
    ReasonCode,
    ScreeningFacts,
    Verdict,
    ZoneFact,
    uncleared_days,
    verdict_on,
)

FACE, HANDS, BODY = ZoneFact(1), ZoneFact(2), ZoneFact(3, covers_all=True)
ASKED = date(2031, 3, 1)
LAST = date(2031, 3, 30)
CLEARED = Verdict(Outcome.CLEARED)


def on(days: int) -> date:
    return ASKED + timedelta(days=days)


def facts(*answers: AnswerFact) -> ScreeningFacts:
    return ScreeningFacts(ASKED, LAST, answers)


def passing(until: int, **more: Any) -> AnswerFact:
    return AnswerFact(id=7, name="Fever", stops_until=on(until), **more)


def deferred(until: int, *stops: int) -> Verdict:
    reasons = tuple(Reason(ReasonCode.PASSING, on(stop), 7, "Fever") for stop in stops)
    return Verdict(Outcome.DEFERRED, on(until), reasons)


@pytest.mark.parametrize("day", [ASKED, LAST])
def test_nothing_answered_yes_clears_every_day_of_the_screening(day: date) -> None:
    assert verdict_on(facts(), zone=FACE, day=day) == CLEARED


def test_without_a_screening_it_is_unscreened() -> None:
    never = Verdict(Outcome.UNSCREENED, reasons=(Reason(ReasonCode.NEVER_SCREENED),))
    assert verdict_on(None, zone=FACE, day=ASKED) == never


def test_the_day_after_the_last_one_is_unscreened() -> None:
    lapsed = Verdict(Outcome.UNSCREENED, reasons=(Reason(ReasonCode.SCREENING_LAPSED),))
    assert verdict_on(facts(), zone=FACE, day=LAST + timedelta(days=1)) == lapsed


def test_the_day_before_the_asking_is_unscreened() -> None:
    later = Verdict(Outcome.UNSCREENED, reasons=(Reason(ReasonCode.SCREENED_LATER, ASKED),))
    assert verdict_on(facts(), zone=FACE, day=on(-1)) == later


def test_an_absolute_one_refuses_and_is_named_before_what_passes() -> None:
    absolute = AnswerFact(id=9, name="Oncology")
    assert verdict_on(facts(passing(5), absolute), zone=FACE, day=ASKED) == Verdict(
        Outcome.REFUSED,
        reasons=(
            Reason(ReasonCode.ABSOLUTE, None, 9, "Oncology"),
            Reason(ReasonCode.PASSING, on(5), 7, "Fever"),
        ),
    )


def test_a_passing_one_defers_until_its_first_free_day() -> None:
    asked = facts(passing(5))
    assert verdict_on(asked, zone=FACE, day=on(4)) == deferred(5, 5)
    assert verdict_on(asked, zone=FACE, day=on(5)) == CLEARED


def test_of_several_the_latest_decides_and_is_named_first() -> None:
    asked = facts(passing(5), passing(9), passing(7))
    assert verdict_on(asked, zone=FACE, day=ASKED) == deferred(9, 9, 7, 5)


@pytest.mark.parametrize(
    ("affected", "zone", "stopped"),
    [
        ((FACE,), FACE, True),
        ((FACE,), HANDS, False),
        ((FACE,), BODY, True),
        ((BODY,), HANDS, True),
        ((FACE, HANDS), HANDS, True),
        (None, HANDS, True),
    ],
)
def test_a_zone_bound_one_stops_only_what_overlaps(
    affected: tuple[ZoneFact, ...] | None, zone: ZoneFact, stopped: bool
) -> None:
    verdict = verdict_on(facts(passing(5, zones=affected)), zone=zone, day=ASKED)
    assert verdict == (deferred(5, 5) if stopped else CLEARED)


@pytest.mark.parametrize(("day", "cleared"), [(2, False), (3, True), (5, True), (6, False)])
def test_a_clearance_counts_on_both_its_ends(day: int, cleared: bool) -> None:
    asked = facts(passing(9, clearances=(ClearedDays(on(3), on(5)),)))
    assert verdict_on(asked, zone=FACE, day=on(day)).is_cleared is cleared


def test_a_deferral_ends_where_a_clearance_begins() -> None:
    asked = facts(passing(9, clearances=(ClearedDays(on(3), on(5)),)))
    assert verdict_on(asked, zone=FACE, day=ASKED) == deferred(3, 9)
    assert verdict_on(asked, zone=FACE, day=on(6)) == deferred(9, 9)


def test_a_deferral_beyond_the_screening_says_its_own_day() -> None:
    assert verdict_on(facts(passing(60)), zone=FACE, day=LAST) == deferred(60, 60)


def test_uncleared_days_are_the_stopped_ones_but_not_the_lapsed() -> None:
    asked = facts(passing(4, clearances=(ClearedDays(on(1), on(2)),)))
    why = Reason(ReasonCode.PASSING, on(4), 7, "Fever")
    assert uncleared_days(asked, zone=FACE, first_day=on(-1), last_day=on(60)) == {
        on(-1): Reason(ReasonCode.SCREENED_LATER, ASKED),
        on(0): why,
        on(3): why,
    }


def test_uncleared_days_of_an_absolute_one_are_all() -> None:
    asked = facts(AnswerFact(id=9, name="Oncology", zones=(FACE,)))
    stopped = uncleared_days(asked, zone=BODY, first_day=on(29), last_day=on(31))
    assert list(stopped) == [on(29), on(30), on(31)]
    assert uncleared_days(asked, zone=HANDS, first_day=on(29), last_day=on(31)) == {}
