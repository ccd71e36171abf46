"""The planner: the best places for all sessions of a course together, or the proof of none.

Pure: values in, values out; no database, no clock, no user-facing text. docs/planner.md states the
problem and proves the method. This module is the whole public interface.
"""

from scheduling.planner.cost import plan_cost, summarize
from scheduling.planner.explain import Wanted, alternative_days, alternatives, refuse
from scheduling.planner.nearby import nearest
from scheduling.planner.relax import explain_infeasible
from scheduling.planner.search import best_plan
from scheduling.planner.values import (
    CELL_MINUTES,
    CELLS_PER_DAY,
    FULL_DAY,
    MAX_DAYS,
    MAX_SESSIONS,
    Alternative,
    Existing,
    Infeasible,
    Move,
    Plan,
    PlanRequest,
    Refusal,
    Relax,
    Relaxation,
    Rule,
    Slot,
    Weights,
    cells,
)

__all__ = [
    "CELLS_PER_DAY",
    "CELL_MINUTES",
    "FULL_DAY",
    "MAX_DAYS",
    "MAX_SESSIONS",
    "Alternative",
    "Existing",
    "Infeasible",
    "Move",
    "Plan",
    "PlanRequest",
    "Refusal",
    "Relax",
    "Relaxation",
    "Rule",
    "Slot",
    "Wanted",
    "Weights",
    "alternative_days",
    "alternatives",
    "cells",
    "nearest",
    "plan",
    "plan_cost",
    "refuse",
    "summarize",
]


def plan(request: PlanRequest) -> Plan | Infeasible:
    """The feasible plan with the least `plan_cost`, or the proof that there is none.

    Of several best plans the one is taken whose first session comes first by day, specialist's id
    and cell, then the second one, and so on. A kept appointment keeps its room and device where
    they are free; every other session gets the free ones with the lowest id.
    """
    return best_plan(request) or explain_infeasible(request)
