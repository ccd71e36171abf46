"""The proof that a request has no plan, and the smallest changes that give one."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner import Infeasible, PlanRequest, Relax, Rule, plan
from scheduling.planner.relax import widened
from tests.scheduling.planner_clinic import OPEN, TEN, busy, clinic, day
from tests.scheduling.planner_oracle import best_chain, requests

ALWAYS = (OPEN,) * 14


def refused(**changes: Any) -> Infeasible:
    found = plan(clinic(**changes))
    assert isinstance(found, Infeasible)
    return found


def offers(found: Infeasible) -> list[tuple[Relax, Any]]:
    return [(relaxation.kind, relaxation.value) for relaxation in found.relaxations]


def test_infeasible_shows_the_earliest_chain() -> None:
    found = refused(days=4, uncleared={day(0): "fever"})
    assert (found.fits, found.sessions) == (2, 3)
    assert found.dates == (day(1), day(3))
    assert found.closed == {Rule.UNCLEARED: 1}


def test_infeasible_counts_each_day_once_under_the_first_rule() -> None:
    week = (OPEN,) * 7
    found = refused(
        days=7,
        uncleared={day(0): "fever"},
        last_done=day(0),
        specialists={1: (*week[:2], 0, *week[3:]), 2: (*week[:2], 0, *week[3:])},
        rooms={1: (*week[:3], 0, *week[4:])},
        client=(*week[:4], OPEN & ~(OPEN >> 8), *week[5:]),
        hours=(0, TEN),
    )
    assert found.closed == {
        Rule.UNCLEARED: 1,
        Rule.TOO_SOON: 1,
        Rule.SPECIALIST: 1,
        Rule.ROOM: 1,
        Rule.CLIENT: 1,
        Rule.HOURS: 2,
    }


def test_hours_are_widened_by_as_few_cells_as_will_do() -> None:
    found = refused(hours=(TEN + 4, TEN + 6))
    assert offers(found) == [(Relax.HOURS, (TEN + 4, TEN + 8))]
    later = refused(hours=(TEN - 30, TEN - 10))
    assert offers(later) == [(Relax.HOURS, (TEN - 30, TEN + 4))]
    earlier = refused(hours=(TEN + 22, 288))
    assert offers(earlier) == [(Relax.HOURS, (TEN + 20, 288))]


def test_one_weekday_more_is_the_one_with_the_cheapest_plan() -> None:
    found = refused(days=9, weekdays=frozenset({0}))
    assert offers(found) == [
        (Relax.WEEKDAYS, frozenset({0, 3})),
        (Relax.FEWER, 2),
    ]
    assert [slot.day for slot in found.relaxations[0].plan.slots] == [day(0), day(3), day(7)]


def test_another_specialist_helps_out_where_the_only_one_cannot() -> None:
    away = (*ALWAYS[:4], *(0,) * 10)
    found = refused(specialists={1: away, 2: ALWAYS}, only_specialist=1)
    assert offers(found) == [(Relax.SPECIALIST, frozenset({2})), (Relax.FEWER, 2)]
    assert [slot.specialist for slot in found.relaxations[0].plan.slots] == [1, 1, 2]


def test_not_before_goes_back_as_little_as_will_do() -> None:
    found = refused(not_before=day(12))
    assert offers(found) == [(Relax.NOT_BEFORE, day(9)), (Relax.FEWER, 1)]


def test_longer_horizon_takes_as_few_days_as_will_do() -> None:
    found = refused(horizon=3)
    assert offers(found) == [(Relax.LONGER, 2), (Relax.FEWER, 2)]


def test_wishes_are_dropped_together_when_no_single_one_helps() -> None:
    found = refused(hours=(0, 20), weekdays=frozenset({0}))
    assert offers(found) == [(Relax.WISHES, frozenset({Relax.HOURS, Relax.WEEKDAYS}))]


def test_nothing_helps_where_nothing_is_open() -> None:
    found = refused(rooms={1: (0,) * 14})
    assert found == Infeasible(sessions=3, fits=0, dates=(), closed={Rule.ROOM: 14})


@pytest.mark.parametrize(
    ("changes", "closed"),
    [
        ({"days": 0}, {}),
        ({"specialists": {}}, {Rule.SPECIALIST: 14}),
        ({"rooms": {}}, {Rule.ROOM: 14}),
        ({"devices": {}}, {Rule.DEVICE: 14}),
        ({"last_done": day(20)}, {Rule.TOO_SOON: 14}),
        ({"visit_cells": 169}, {Rule.SPECIALIST: 14}),
    ],
)
def test_what_is_missing_altogether_is_named(
    changes: dict[str, Any], closed: dict[Rule, int]
) -> None:
    found = refused(**changes)
    assert found == Infeasible(sessions=3, fits=0, dates=(), closed=closed)


@pytest.mark.parametrize("taken", [0, 2, 4])
def test_taking_the_chain_away_shortens_it(taken: int) -> None:
    closed = {1: busy(ALWAYS[:5], taken, 0, 288)}
    found = refused(days=5, rooms=closed)
    assert (found.fits, found.closed) == (2, {Rule.ROOM: 1})


@given(
    st.tuples(st.integers(0, 6), st.integers(280, 288)),
    st.sets(st.tuples(st.integers(0, 8), st.integers(279, 288)), min_size=1),
)
def test_hours_widen_least(hours: tuple[int, int], enough: set[tuple[int, int]]) -> None:
    """Against every begin and end, where some pairs and all wider ones are enough."""

    def fits(begin: int, end: int) -> bool:
        return any(begin <= first and end >= last for first, last in enough)

    first, last = hours
    candidates = [
        (first - begin + end - last, -begin, (begin, end))
        for begin, end in product(range(first + 1), range(last, 289))
        if fits(begin, end)
    ]
    assert widened(hours, fits) == (min(candidates)[-1] if candidates else None)


@settings(max_examples=60, deadline=None)
@given(requests())
def test_relaxations_hold_what_they_promise(asked: PlanRequest) -> None:
    found = plan(asked)
    if not isinstance(found, Infeasible):
        return
    assert len(found.dates) == found.fits < asked.sessions
    assert sum(found.closed.values()) <= asked.days
    for relaxation in found.relaxations:
        changed = changed_by(asked, relaxation.kind, relaxation.value)
        expected = best_chain(changed)
        assert expected is not None
        assert list(relaxation.plan.slots) == expected
    if asked.sessions - found.fits > 1:
        assert best_chain(replace(asked, sessions=found.fits + 1)) is None


def changed_by(asked: PlanRequest, kind: Relax, value: Any) -> PlanRequest:
    """The request that a relaxation speaks of."""
    dropped = value if kind is Relax.WISHES else ()
    changes: dict[Relax, dict[str, Any]] = {
        Relax.HOURS: {"hours": None if dropped else value},
        Relax.WEEKDAYS: {"weekdays": frozenset() if dropped else value},
        Relax.SPECIALIST: {"only_specialist": None}
        | ({} if dropped else {"wished_specialist": asked.only_specialist}),
        Relax.NOT_BEFORE: {"not_before": None if dropped else value},
        Relax.LONGER: {"horizon": asked.days + value if kind is Relax.LONGER else None},
        Relax.FEWER: {"sessions": value},
    }
    for each in dropped or [kind]:
        asked = replace(asked, **changes[each])
    return asked
