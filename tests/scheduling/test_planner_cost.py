"""The cost of a plan by hand, and the facts about it that the desk shows."""

from dataclasses import replace
from typing import Any

import pytest

from scheduling.planner import Existing, Move, Plan, Weights, plan_cost, summarize
from tests.scheduling.planner_clinic import TEN, clinic, day, slot

PRIMES = Weights(over=100_000, confirmed=30_000, moved=7_000, change=500, distance=11, finish=1)
COURSE = (slot(0), slot(4, TEN + 2), slot(6, TEN + 1, specialist=2))


def at(key: int, index: int, cell: int = TEN, **changes: Any) -> Existing:
    """An existing appointment with specialist 1 in room 1."""
    return replace(Existing(key=key, day=day(index), cell=cell, specialist=1, room=1), **changes)


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        ({}, 100_000 + 500 + 11 * 3 + 6),
        ({"last_done": day(-5)}, 100_000 * (2 + 1) + 500 + 11 * 3 + 6),
        ({"last_specialist": 2}, 100_000 + 500 * 2 + 11 * 3 + 6),
        ({"last_cell": TEN - 4}, 100_000 + 500 + 11 * (4 + 3) + 6),
        ({"wished_cell": TEN + 1}, 100_000 + 500 + 11 * 2 + 6),
        ({"wished_cell": TEN + 1, "last_cell": 0}, 100_000 + 500 + 11 * 2 + 6),
        ({"wished_specialist": 1}, 100_000 + 500 * (1 + 1) + 11 * 3 + 6),
        ({"wished_specialist": 3}, 100_000 + 500 * (1 + 3) + 11 * 3 + 6),
        ({"existing": (at(7, 0), at(8, 4))}, 100_000 + 7_000 + 500 + 11 * 3 + 6),
        (
            {"existing": (at(7, 0), at(8, 4, confirmed=True), at(9, 9))},
            100_000 + 30_000 + 7_000 + 500 + 11 * 3 + 6,
        ),
    ],
)
def test_plan_cost_adds_each_part(changes: dict[str, Any], cost: int) -> None:
    assert plan_cost(clinic(weights=PRIMES, **changes), COURSE) == cost


def test_plan_cost_of_nothing_is_what_moving_costs() -> None:
    assert plan_cost(clinic(weights=PRIMES, existing=(at(7, 0),)), ()) == 7_000


def test_default_weights_are_lexicographic() -> None:
    weights, sessions, days = Weights(), 12, 366
    finish = weights.finish * days
    distance = weights.distance * sessions * 288
    change = weights.change * 2 * sessions
    moved = weights.moved * sessions
    confirmed = weights.confirmed * sessions
    assert finish < weights.distance
    assert finish + distance < weights.change
    assert finish + distance + change < weights.moved
    assert finish + distance + change + moved < weights.confirmed
    assert finish + distance + change + moved + confirmed < weights.over


def test_summarize_says_what_moves_where() -> None:
    existing = (at(9, 8), at(7, 2), at(8, 4, TEN + 2), at(10, 12))
    asked = clinic(weights=PRIMES, last_done=day(-3), existing=existing)
    assert summarize(asked, COURSE[::-1]) == Plan(
        slots=COURSE,
        cost=100_000 + 7_000 * 3 + 500 + 11 * 3 + 6,
        gaps=(3, 4, 2),
        over=(0, 1, 0),
        keys=(7, 8, 9),
        moves=(Move(key=7, index=0), Move(key=9, index=2), Move(key=10, index=None)),
        changes=1,
    )


def test_summarize_leaves_new_slots_without_a_key() -> None:
    plan = summarize(clinic(existing=(at(8, 4, TEN + 2),)), COURSE)
    assert (plan.gaps, plan.keys, plan.moves) == ((None, 4, 2), (None, 8, None), ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rooms": {1: (0,)}}, "one mask per day"),
        ({"rooms": {1: (1 << 288,) * 14}}, "288 bits"),
        ({"sessions": 0}, "sessions"),
        ({"sessions": 13}, "sessions"),
        ({"min_gap": 0}, "min_gap"),
        ({"max_gap": 1}, "max_gap"),
        ({"treatment_cells": 0}, "holds its treatment"),
        ({"visit_cells": 3}, "holds its treatment"),
        ({"visit_cells": 289}, "fits a day"),
        ({"horizon": 15}, "horizon"),
        ({"weekdays": frozenset({7})}, "weekdays"),
        ({"days": 367}, "366 days"),
    ],
)
def test_request_refuses_what_has_no_meaning(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clinic(**changes)


@pytest.mark.parametrize("weight", [-1, 2**44 + 1])
def test_weights_refuse_what_cannot_be_added_up(weight: int) -> None:
    with pytest.raises(ValueError, match="weight distance"):
        Weights(distance=weight)
