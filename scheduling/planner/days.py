"""Which days each session of a course can have, told by the gaps alone.

Sets of days are integers: bit d set = day d of the horizon.
"""

from dataclasses import dataclass

from scheduling.planner.masks import DAY_BYTES
from scheduling.planner.values import PlanRequest


@dataclass(frozen=True, slots=True)
class Windows:
    """Per session the first and the last day that it can have in some plan of the kind meant.

    `within`: every plan meant keeps the maximum gap throughout.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    within: bool


def days_of(starts: int, days: int) -> int:
    """The days that have any start in a packed mask."""
    raw = starts.to_bytes(DAY_BYTES * days, "little")
    found = 0
    for day in range(days):
        if any(raw[day * DAY_BYTES : (day + 1) * DAY_BYTES]):
            found |= 1 << day
    return found


def days_after_last_done(request: PlanRequest, days: int) -> int:
    """Those of the days that keep the minimum gap to the session before the course's first one."""
    if request.last_done is None:
        return days
    earliest = max(0, request.index_of(request.last_done) + request.min_gap)
    return days >> earliest << earliest


def earliest_days(request: PlanRequest, days: int) -> list[int]:
    """The earliest day that each session can have, for as many sessions as fit.

    No chain of days that keeps the minimum gap is longer, since each day is the earliest that any
    chain could have in its place. So fewer days than sessions is the proof that there is no plan.
    """
    chain: list[int] = []
    left = days_after_last_done(request, days)
    while left and len(chain) < request.sessions:
        day = (left & -left).bit_length() - 1
        chain.append(day)
        left = left >> (day + request.min_gap) << (day + request.min_gap)
    return chain


def windows_within(request: PlanRequest, days: int) -> Windows | None:
    """The windows of the plans in which no gap goes beyond the maximum; None when there is none."""
    reach = days_after_last_done(request, days)
    if request.last_done is not None:
        latest = request.index_of(request.last_done) + request.max_gap
        reach &= (1 << max(0, latest + 1)) - 1
    sets = [reach]
    for _ in range(request.sessions - 1):
        sets.append(days & _later(request, sets[-1]))
    if not sets[-1]:
        return None
    for session in range(request.sessions - 2, -1, -1):
        sets[session] &= _earlier(request, sets[session + 1])
    return _windows(sets, within=True)


def windows_beyond(request: PlanRequest, days: int) -> Windows | None:
    """The windows of all plans that keep the minimum gap; None when there is none."""
    first = earliest_days(request, days)
    if len(first) < request.sessions:
        return None
    last: list[int] = []
    left = days
    for _ in first:
        day = left.bit_length() - 1
        last.append(day)
        left &= (1 << max(0, day - request.min_gap + 1)) - 1
    return Windows(first=tuple(first), last=tuple(reversed(last)), within=False)


def _windows(sets: list[int], *, within: bool) -> Windows:
    return Windows(
        first=tuple((days & -days).bit_length() - 1 for days in sets),
        last=tuple(days.bit_length() - 1 for days in sets),
        within=within,
    )


def _later(request: PlanRequest, days: int) -> int:
    found = 0
    for gap in range(request.min_gap, request.max_gap + 1):
        found |= days << gap
    return found


def _earlier(request: PlanRequest, days: int) -> int:
    found = 0
    for gap in range(request.min_gap, request.max_gap + 1):
        found |= days >> gap
    return found
