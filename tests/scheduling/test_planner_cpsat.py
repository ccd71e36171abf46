"""The planner's optimum is that of OR-Tools CP-SAT, which shares no code with it.

Instances of the benchmark that CP-SAT solves in a second or two; `make bench ONLY=planner` takes a
thousand of them.
"""

import pytest

from bench.planner_cpsat import solve
from bench.planner_instances import mixed
from scheduling.planner import Infeasible, Plan, plan, plan_cost

NEW = [3, 6, 15, 30, 33]
NOT_TO_BE_HAD = [1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34]
AFTER_AN_OUTAGE = [2, 5, 8, 20, 23, 32]


@pytest.mark.parametrize("seed", [*NEW, *AFTER_AN_OUTAGE])
def test_the_best_plan_costs_what_cpsat_proves_to_be_least(seed: int) -> None:
    asked = mixed(seed)

    found, answer = plan(asked), solve(asked)

    assert isinstance(found, Plan)
    assert answer.proved
    assert found.cost == answer.cost == plan_cost(asked, found.slots)
    assert bool(asked.existing) == (seed in AFTER_AN_OUTAGE)


@pytest.mark.parametrize("seed", NOT_TO_BE_HAD)
def test_where_cpsat_proves_that_there_is_none_there_is_none(seed: int) -> None:
    asked = mixed(seed)

    assert isinstance(plan(asked), Infeasible)
    answer = solve(asked)
    assert (answer.cost, answer.proved) == (None, True)
