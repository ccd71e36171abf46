"""The free slots nearest to one that can't be had."""

from collections.abc import Collection
from datetime import date

from scheduling.planner.masks import place, possible_starts, starts_on
from scheduling.planner.values import PlanRequest, Slot


def nearest(
    request: PlanRequest, slot: Slot, *, sessions: Collection[date] = ()
) -> tuple[Slot, ...]:
    """Per specialist the possible start nearest to the slot's, the nearest of them first.

    Nearest is on the nearest day, then at the nearest time of day: who can't have ten o'clock is
    not helped by the evening before. Of two that are as near the earlier is taken, then the
    specialist with the lower id. The minimum gap to every day of `sessions` is kept.
    """
    wanted = request.index_of(slot.day)
    taken = [request.index_of(day) for day in sessions]
    days = sorted(
        (abs(day - wanted), day)
        for day in range(request.days)
        if all(abs(day - other) >= request.min_gap for other in taken)
    )
    found = []
    for specialist, starts in possible_starts(request).items():
        near = [
            (away, abs(cell - slot.cell), day, cell, specialist)
            for away, day in days
            if (cell := _nearest_bit(starts_on(starts, day), slot.cell)) is not None
        ]
        found += [min(near)] if near else []
    return tuple(
        place(request, day, cell, specialist)
        for _away, _distance, day, cell, specialist in sorted(found)
    )


def _nearest_bit(mask: int, at: int) -> int | None:
    """The set bit nearest to position `at`; the lower one of two."""
    lower = (mask & ((1 << at) - 1)).bit_length() - 1
    rest = mask >> at
    if not rest:
        return lower if lower >= 0 else None
    upper = at + (rest & -rest).bit_length() - 1
    return lower if lower >= 0 and at - lower <= upper - at else upper
