"""Every rule that can refuse a slot, and the slots offered instead."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner import (
    Alternative,
    Plan,
    PlanRequest,
    Refusal,
    Rule,
    Slot,
    alternative_days,
    alternatives,
    plan,
    refuse,
)
from tests.scheduling.planner_clinic import OPEN, TEN, busy, clinic, day, slot
from tests.scheduling.planner_oracle import requests, slots_of

ALWAYS = (OPEN,) * 14


@pytest.mark.parametrize(
    ("changes", "asked", "refusal"),
    [
        ({}, slot(14), Refusal(rule=Rule.HORIZON, day=day(14))),
        ({}, slot(-1), Refusal(rule=Rule.HORIZON, day=day(-1))),
        (
            {"uncleared": {day(6): "fever"}},
            slot(6),
            Refusal(rule=Rule.UNCLEARED, day=day(6), code="fever"),
        ),
        ({}, slot(5), Refusal(rule=Rule.TOO_SOON, day=day(5), neighbour=day(4), gap=1)),
        ({}, slot(9), Refusal(rule=Rule.TOO_SOON, day=day(9), neighbour=day(10), gap=1)),
        ({}, slot(6, 279), Refusal(rule=Rule.MIDNIGHT, day=day(6))),
        (
            {"specialists": {1: busy(ALWAYS, 6, TEN + 3, TEN + 9)}},
            slot(6),
            Refusal(rule=Rule.SPECIALIST, day=day(6), resource=1, until=TEN + 9),
        ),
        (
            {"specialists": {1: busy(ALWAYS, 6, TEN + 3, 288)}},
            slot(6),
            Refusal(rule=Rule.SPECIALIST, day=day(6), resource=1, until=None),
        ),
        ({}, slot(6, specialist=7), Refusal(rule=Rule.SPECIALIST, day=day(6), resource=7)),
        (
            {"rooms": {1: busy(ALWAYS, 6, TEN - 2, TEN + 4), 2: ALWAYS}},
            slot(6),
            Refusal(rule=Rule.ROOM, day=day(6), resource=1, until=TEN + 4),
        ),
        ({"devices": {1: ALWAYS}}, slot(6), Refusal(rule=Rule.DEVICE, day=day(6))),
        (
            {"client": busy(ALWAYS, 6, TEN + 9, TEN + 12)},
            slot(6),
            Refusal(rule=Rule.CLIENT, day=day(6), until=TEN + 12),
        ),
        ({"not_before": day(7)}, slot(6), Refusal(rule=Rule.NOT_BEFORE, day=day(6))),
        ({"weekdays": frozenset({0, 2})}, slot(6), Refusal(rule=Rule.WEEKDAY, day=day(6))),
        ({"hours": (TEN + 1, 288)}, slot(6), Refusal(rule=Rule.HOURS, day=day(6))),
        (
            {"only_specialist": 2},
            slot(6),
            Refusal(rule=Rule.ONLY_SPECIALIST, day=day(6), resource=2),
        ),
        ({}, slot(6), None),
    ],
)
def test_refuse_names_the_rule(
    changes: dict[str, Any], asked: Slot, refusal: Refusal | None
) -> None:
    assert refuse(clinic(**changes), asked, before=day(4), after=day(10)) == refusal


def test_refuse_anywhere_takes_any_free_room() -> None:
    rooms = {1: busy(ALWAYS, 6, TEN, TEN + 8), 2: busy(ALWAYS, 6, TEN + 2, TEN + 6)}
    asked = clinic(rooms=rooms)
    early = refuse(asked, slot(6), before=None, after=None, anywhere=True)
    assert early == Refusal(rule=Rule.ROOM, day=day(6), until=TEN + 6)
    assert refuse(asked, slot(6, TEN + 6), before=None, after=None, anywhere=True) is None


def test_alternatives_keep_both_gaps_and_mark_long_ones() -> None:
    asked = clinic(
        specialists={1: (0b1111 << TEN,) * 14},
        client=None,
        sessions=3,
        last_done=date(2026, 5, 2),
    )
    chosen = [slot(0), slot(3), slot(7)]
    assert alternatives(asked, chosen, 0) == (
        Alternative(slot=slot(0), gap_before=2, gap_after=3, over=0),
        Alternative(slot=slot(1), gap_before=3, gap_after=2, over=0),
    )
    assert alternatives(asked, chosen, 1) == (
        Alternative(slot=slot(2), gap_before=2, gap_after=5, over=2),
        Alternative(slot=slot(3), gap_before=3, gap_after=4, over=1),
        Alternative(slot=slot(4), gap_before=4, gap_after=3, over=1),
        Alternative(slot=slot(5), gap_before=5, gap_after=2, over=2),
    )
    assert [item.slot.day for item in alternatives(asked, chosen, 2)] == [
        day(index) for index in range(5, 14)
    ]


@settings(max_examples=60, deadline=None)
@given(requests(), st.data())
def test_alternatives_are_what_no_rule_refuses(asked: PlanRequest, data: st.DataObject) -> None:
    found = plan(asked)
    if not isinstance(found, Plan):
        return
    index = data.draw(st.integers(0, asked.sessions - 1))
    before = found.slots[index - 1].day if index else asked.last_done
    after = found.slots[index + 1].day if index + 1 < asked.sessions else None
    allowed = [
        place
        for place in slots_of(asked)
        if refuse(asked, place, before=before, after=after) is None
    ]
    offered = [item.slot for item in alternatives(asked, found.slots, index)]
    assert offered == sorted(allowed, key=lambda place: (place.day, place.cell, place.specialist))
    assert found.slots[index] in offered


@settings(max_examples=60, deadline=None)
@given(requests(), st.data())
def test_days_and_choice_of_alternatives_are_those_of_all(
    asked: PlanRequest, data: st.DataObject
) -> None:
    found = plan(asked)
    if not isinstance(found, Plan):
        return
    index = data.draw(st.integers(0, asked.sessions - 1))
    every = alternatives(asked, found.slots, index)
    days = sorted({item.slot.day for item in every})
    assert list(alternative_days(asked, found.slots, index)) == days

    odd = sum(1 << cell for cell in range(1, 288, 2))
    chosen = alternatives(
        asked,
        found.slots,
        index,
        lambda day, specialist, starts: starts & odd if day in days[:2] and specialist == 1 else 0,
    )
    assert chosen == tuple(
        item
        for item in every
        if item.slot.cell % 2 and item.slot.day in days[:2] and item.slot.specialist == 1
    )
