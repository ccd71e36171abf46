"""Why there is no plan, and the smallest changes of the request that would give one.

Only the days that have a start decide whether the sessions fit, so changes are tried on sets of
days, and the full search runs for those that help.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

from scheduling.planner.days import days_after_last_done, days_of, earliest_days
from scheduling.planner.masks import (
    conditions,
    every_day,
    free_specialists,
    hour_starts,
    possible_starts,
    union,
)
from scheduling.planner.search import best_plan
from scheduling.planner.values import (
    CELLS_PER_DAY,
    Infeasible,
    PlanRequest,
    Relax,
    Relaxation,
    Rule,
)

NO_WISH: dict[Relax, dict[str, Any]] = {
    Relax.HOURS: {"hours": None},
    Relax.WEEKDAYS: {"weekdays": frozenset()},
    Relax.SPECIALIST: {"only_specialist": None},
    Relax.NOT_BEFORE: {"not_before": None},
}


def explain_infeasible(request: PlanRequest) -> Infeasible:
    """The proof for a request that has no plan, with the changes that would help."""
    chain = earliest_days(request, _days(request))
    one_wish = [*_hours(request), *_weekdays(request), *_specialist(request), *_not_before(request)]
    return Infeasible(
        sessions=request.sessions,
        fits=len(chain),
        dates=tuple(request.day_of(day) for day in chain),
        closed=closed_days(request),
        relaxations=(
            *(one_wish or _wishes(request)),
            *_longer(request),
            *_fewer(request, len(chain)),
        ),
    )


def closed_days(request: PlanRequest) -> dict[Rule, int]:
    """How many days of the horizon each rule takes away.

    The rules are asked in their order, all those before it included; a day counts under the first
    one that leaves no start on it.
    """
    own = free_specialists(request)
    allowed = conditions(request) | {Rule.SPECIALIST: union(own.values())}
    days = (1 << request.days) - 1
    starts = every_day((1 << CELLS_PER_DAY) - 1, request.days)
    counts = {}
    for rule in Rule:
        if rule is Rule.TOO_SOON:
            left = days_after_last_done(request, days)
        elif rule is Rule.ONLY_SPECIALIST and request.only_specialist is not None:
            left = days & days_of(starts & own.get(request.only_specialist, 0), request.days)
        else:
            starts &= allowed.get(rule, -1)
            left = days & days_of(starts, request.days)
        if left != days:
            counts[rule] = (days & ~left).bit_count()
        days = left
    return counts


def _days(request: PlanRequest) -> int:
    return days_of(union(possible_starts(request).values()), request.days)


def _fit(request: PlanRequest, days: int) -> bool:
    return len(earliest_days(request, days)) == request.sessions


def _relaxation(kind: Relax, value: Any, request: PlanRequest) -> list[Relaxation]:
    found = best_plan(request)
    return [] if found is None else [Relaxation(kind=kind, value=value, plan=found)]


def _hours(request: PlanRequest) -> list[Relaxation]:
    """The hours widened by the fewest cells; of equals, those that begin latest."""
    if request.hours is None:
        return []
    starts = union(possible_starts(replace(request, hours=None)).values())
    hours = widened(
        (max(request.hours[0], 0), min(request.hours[1], CELLS_PER_DAY)),
        lambda begin, end: _fit_hours(request, starts, (begin, end)),
    )
    if hours is None:
        return []
    return _relaxation(Relax.HOURS, hours, replace(request, hours=hours))


def widened(hours: tuple[int, int], fits: Callable[[int, int], bool]) -> tuple[int, int] | None:
    """The least widening of the hours that fits; what fits in some hours fits in wider ones.

    The end that is needed only falls as the begin goes back, so one walk down this staircase meets
    every candidate; it stops where going back alone costs more than the best one found.
    """
    first, last = hours
    begins = range(first, -1, -1)
    skipped = bisect_left(begins, 1, key=lambda begin: fits(begin, CELLS_PER_DAY))
    if skipped == len(begins):
        return None
    ends = range(last, CELLS_PER_DAY)
    end = last + bisect_left(ends, 1, key=lambda end: fits(begins[skipped], end))
    best = begins[skipped], end
    for begin in begins[skipped + 1 :]:
        if first - begin >= (first - best[0]) + (best[1] - last):
            break
        while end > last and fits(begin, end - 1):
            end -= 1
        if end - begin < best[1] - best[0]:
            best = begin, end
    return best


def _fit_hours(request: PlanRequest, starts: int, hours: tuple[int, int]) -> bool:
    allowed = every_day(hour_starts(hours, request.treatment_cells), request.days)
    return _fit(request, days_of(starts & allowed, request.days))


def _weekdays(request: PlanRequest) -> list[Relaxation]:
    """As few more weekdays as will do; of several, those whose plan costs least."""
    days = _days(replace(request, weekdays=frozenset()))
    missing = sorted(frozenset(range(7)) - request.weekdays) if request.weekdays else []
    for more in range(1, len(missing) + 1):
        found = [
            relaxation
            for added in combinations(missing, more)
            for weekdays in [request.weekdays | frozenset(added)]
            if _fit(request, days & _on_weekdays(request, weekdays))
            for relaxation in _relaxation(
                Relax.WEEKDAYS, weekdays, replace(request, weekdays=weekdays)
            )
        ]
        if found:
            return [min(found, key=lambda relaxation: relaxation.plan.cost)]
    return []


def _on_weekdays(request: PlanRequest, weekdays: frozenset[int]) -> int:
    monday = request.first_day.weekday()
    return sum(1 << day for day in range(request.days) if (monday + day) % 7 in weekdays)


def _specialist(request: PlanRequest) -> list[Relaxation]:
    """Others help out where the only one wished can't."""
    only = request.only_specialist
    if only is None:
        return []
    found = best_plan(replace(request, only_specialist=None, wished_specialist=only))
    if found is None:
        return []
    others = frozenset(slot.specialist for slot in found.slots) - {only}
    return [Relaxation(kind=Relax.SPECIALIST, value=others, plan=found)]


def _not_before(request: PlanRequest) -> list[Relaxation]:
    """The latest day to begin from."""
    if request.not_before is None:
        return []
    days = _days(replace(request, not_before=None))
    for earliest in range(min(request.index_of(request.not_before), request.days) - 1, -1, -1):
        if _fit(request, days >> earliest << earliest):
            day = request.day_of(earliest)
            return _relaxation(Relax.NOT_BEFORE, day, replace(request, not_before=day))
    return []


def _wishes(request: PlanRequest) -> list[Relaxation]:
    """The fewest wishes that help when they are dropped together."""
    present = [
        kind
        for kind, without in NO_WISH.items()
        if any(getattr(request, name) != value for name, value in without.items())
    ]
    for several in range(2, len(present) + 1):
        for kinds in combinations(present, several):
            changes = {name: value for kind in kinds for name, value in NO_WISH[kind].items()}
            found = _relaxation(Relax.WISHES, frozenset(kinds), replace(request, **changes))
            if found:
                return found
    return []


def _longer(request: PlanRequest) -> list[Relaxation]:
    """As few more days as will do, out of those that have masks."""
    every_day_masked = replace(request, horizon=None)
    chain = earliest_days(request, _days(every_day_masked))
    if len(chain) < request.sessions:
        return []
    horizon = chain[-1] + 1
    return _relaxation(Relax.LONGER, horizon - request.days, replace(request, horizon=horizon))


def _fewer(request: PlanRequest, fits: int) -> list[Relaxation]:
    """As many sessions as can be placed."""
    return _relaxation(Relax.FEWER, fits, replace(request, sessions=fits)) if fits else []
