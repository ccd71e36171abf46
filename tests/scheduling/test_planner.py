"""The planner's optimum, against every chain of slots there is."""

from hypothesis import given, settings

from scheduling.planner import Infeasible, Plan, PlanRequest, plan, plan_cost
from tests.scheduling.planner_oracle import best_chain, requests


@settings(max_examples=300, deadline=None)
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
