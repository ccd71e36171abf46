"""The planner's optimum, against every chain of slots there is, and by example."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner import (
    FULL_DAY,
    Existing,
    Infeasible,
    Move,
    Plan,
    PlanRequest,
    Slot,
    Weights,
    cells,
    plan,
    plan_cost,
)
from tests.scheduling.planner_clinic import OPEN, TEN, busy, clinic, day, slot
from tests.scheduling.planner_oracle import best_chain, least_cost, long_requests, requests

ALWAYS = (OPEN,) * 14


def planned(asked: PlanRequest) -> Plan:
    found = plan(asked)
    assert isinstance(found, Plan)
    return found


def existing_of(found: Plan, *, confirmed: frozenset[int] = frozenset()) -> tuple[Existing, ...]:
    """The plan as booked: keys are the indexes of its slots."""
    return tuple(
        booked(key, slot, confirmed=key in confirmed) for key, slot in enumerate(found.slots)
    )


def booked(key: int, where: Slot, *, confirmed: bool = False) -> Existing:
    return Existing(
        key=key,
        day=where.day,
        cell=where.cell,
        specialist=where.specialist,
        room=where.room,
        device=where.device,
        confirmed=confirmed,
    )


@settings(max_examples=200, deadline=None)
@given(requests())
def test_plan_equals_brute_force(asked: PlanRequest) -> None:
    expected = best_chain(asked)
    found = plan(asked)
    if expected is None:
        assert isinstance(found, Infeasible)
    else:
        assert isinstance(found, Plan)
        assert list(found.slots) == expected
        assert found.cost == plan_cost(asked, expected)


@settings(max_examples=60, deadline=None)
@given(long_requests())
def test_long_plan_costs_what_comparing_all_pairs_finds(asked: PlanRequest) -> None:
    found = plan(asked)
    cost = found.cost if isinstance(found, Plan) else None
    assert cost == least_cost(asked)
    if isinstance(found, Plan):
        assert plan_cost(asked, found.slots) == cost


@settings(max_examples=60, deadline=None)
@given(requests(), st.data())
def test_planning_again_changes_nothing(asked: PlanRequest, data: st.DataObject) -> None:
    first = plan(asked)
    if not isinstance(first, Plan):
        return
    confirmed = {item.key: item.confirmed for item in asked.existing}
    kept = {item.key for item in asked.existing} - {move.key for move in first.moves}
    again = tuple(
        booked(
            index,
            where,
            confirmed=confirmed[key] if key in kept else data.draw(st.booleans()),
        )
        for index, (key, where) in enumerate(zip(first.keys, first.slots, strict=True))
    )
    second = planned(replace(asked, existing=again))
    assert (second.slots, second.moves) == (first.slots, ())


def test_plan_of_an_empty_clinic_starts_at_once_and_keeps_its_time() -> None:
    assert planned(clinic()) == Plan(
        slots=(slot(0), slot(2), slot(4)),
        cost=4,
        gaps=(None, 2, 2),
        over=(0, 0, 0),
        keys=(None, None, None),
        moves=(),
        changes=0,
    )


def test_plan_prefers_one_specialist_to_one_time_of_day() -> None:
    asked = clinic(
        specialists={
            1: (0b1111 << TEN, 0, 0, 0, 0),
            2: (0b1111 << TEN + 9, 0, OPEN << 12, 0, OPEN),
        },
        rooms={1: (OPEN | OPEN << 12,) * 5},
        days=5,
    )
    assert planned(asked).slots == (slot(0, TEN + 9, 2), slot(2, TEN + 12, 2), slot(4, TEN + 12, 2))


def test_plan_goes_beyond_the_maximum_gap_only_where_it_must() -> None:
    closed = (*ALWAYS[:3], *(0,) * 7, *ALWAYS[10:])
    found = planned(clinic(rooms={1: closed}))
    assert (found.gaps, found.over) == ((None, 2, 8), (0, 0, 5))


def test_plan_takes_the_room_and_device_with_the_lowest_id_that_are_free() -> None:
    asked = clinic(
        sessions=1,
        rooms={4: ALWAYS, 2: ALWAYS, 1: busy(ALWAYS, 0, TEN + 3, TEN + 4)},
        devices={9: ALWAYS, 5: busy(ALWAYS, 0, TEN, 288)},
        hours=(TEN, TEN + 4),
    )
    assert planned(asked).slots == (Slot(day=day(0), cell=TEN, specialist=1, room=2, device=9),)


def test_visit_ends_by_midnight() -> None:
    late = (0b111111 << 282,) * 14
    asked = clinic(specialists={1: late}, rooms={1: late}, sessions=1, visit_cells=6)
    assert planned(asked).slots == (slot(0, 282),)
    assert isinstance(plan(replace(asked, visit_cells=7)), Infeasible)


def test_last_done_counts_as_the_session_before() -> None:
    asked = clinic(last_done=day(-1), last_specialist=2, last_cell=TEN + 5)
    found = planned(asked)
    assert found.slots == tuple(slot(index, TEN + 5, 2) for index in (1, 3, 5))
    assert (found.gaps, found.cost) == ((2, 2, 2), 5)


def test_plan_without_specialists_is_infeasible() -> None:
    assert isinstance(plan(clinic(specialists={})), Infeasible)


def test_outage_moves_as_few_as_the_gaps_allow() -> None:
    asked = clinic(sessions=4)
    before = planned(asked)
    hit = replace(
        asked,
        existing=existing_of(before),
        rooms={1: busy(ALWAYS, 2, 0, 288)},
    )
    after = planned(hit)
    assert [item.day for item in after.slots] == [day(0), day(3), day(6), day(8)]
    assert after.moves == (Move(key=1, index=1), Move(key=2, index=3))
    assert after.over == (0, 0, 0, 0)


def test_outage_moves_an_unconfirmed_one_rather_than_a_confirmed_one() -> None:
    asked = clinic(days=7, sessions=3, max_gap=6)
    booked_before = (
        booked(1, slot(0), confirmed=True),
        booked(2, slot(3)),
        booked(3, slot(5), confirmed=True),
    )
    hit = replace(asked, existing=booked_before, rooms={1: busy(ALWAYS[:7], 3, TEN, TEN + 1)})
    after = planned(hit)
    assert after.moves == (Move(key=2, index=1),)
    assert after.slots[1] == slot(2)


def test_kept_appointment_keeps_its_room() -> None:
    asked = clinic(rooms={1: ALWAYS, 2: ALWAYS})
    existing = tuple(booked(key, slot(2 * key, room=2)) for key in range(3))
    found = planned(replace(asked, existing=existing))
    assert (found.slots, found.moves) == ((slot(0, room=2), slot(2, room=2), slot(4, room=2)), ())


def test_lost_session_is_added_at_the_end() -> None:
    asked = clinic(existing=(booked(5, slot(0)), booked(6, slot(2))))
    found = planned(asked)
    assert (found.keys, found.moves) == ((5, 6, None), ())
    assert found.slots[-1] == slot(4)


def test_the_documented_example() -> None:
    """The clinic drawn in docs/planner-example.svg."""
    a = {0: [(120, 126), (144, 152)], 2: [(146, 156)], 3: [(120, 124)], 4: [(144, 150)]}
    a |= {7: [(142, 148)], 8: [(126, 132)], 9: [(144, 156)]}
    b = {0: [(132, 144)], 1: [(144, 156)], 2: [(120, 132)], 3: [(144, 156)]}
    b |= {4: [(122, 128)], 7: [(156, 162)], 9: [(120, 126)]}
    asked = clinic(
        days=10,
        sessions=4,
        specialists={
            1: tuple(sum(cells(*span) for span in a.get(index, [])) for index in range(10)),
            2: tuple(sum(cells(*span) for span in b.get(index, [])) for index in range(10)),
        },
        rooms={1: (FULL_DAY,) * 10},
    )
    found = planned(asked)
    assert found.slots == (slot(0, 146), slot(2, 146), slot(4, 144), slot(7, 144))
    assert found.cost == 1031
    greedy = (slot(0), slot(3), slot(7, 142), slot(9, 144))
    assert plan_cost(asked, greedy) == 2**34 + 24 * 512 + 9


def test_weights_too_large_to_add_up_are_refused() -> None:
    asked = clinic(weights=Weights(over=2**44), max_gap=2, last_done=date(1000, 1, 1))
    with pytest.raises(ValueError, match="64 bits"):
        plan(asked)


def test_planner_is_pure() -> None:
    """It can be imported where there is no Django and no database."""
    code = "import sys, scheduling.planner; print('django' in sys.modules)"
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True)
    assert ran.stdout.decode().strip() == "False"
