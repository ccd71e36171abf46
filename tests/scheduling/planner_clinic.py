"""A dull clinic for planner tests: open 10:00 to 12:00 every day, everybody free."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from scheduling.planner import PlanRequest, Slot, cells

MONDAY = date(2026, 5, 4)
TEN = 120
OPEN = cells(TEN, TEN + 24)


def day(index: int) -> date:
    """The day so many days after the Monday on which the horizon begins."""
    return MONDAY + timedelta(days=index)


def slot(index: int, cell: int = TEN, specialist: int = 1, room: int = 1) -> Slot:
    """A slot on day `index`."""
    return Slot(day=day(index), cell=cell, specialist=specialist, room=room)


def clinic(days: int = 14, **changes: Any) -> PlanRequest:
    """Three sessions with gaps of 2 to 3 days; specialists 1 and 2, room 1, no device."""
    always = (OPEN,) * days
    asked = PlanRequest(
        first_day=MONDAY,
        specialists={1: always, 2: always},
        rooms={1: always},
        devices=None,
        treatment_cells=4,
        visit_cells=10,
        sessions=3,
        min_gap=2,
        max_gap=3,
    )
    return replace(asked, **changes)


def busy(masks: tuple[int, ...], index: int, first: int, last: int) -> tuple[int, ...]:
    """The same masks with the cells first, ..., last - 1 of one day taken."""
    return (*masks[:index], masks[index] & ~cells(first, last), *masks[index + 1 :])
