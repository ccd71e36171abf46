"""A refusal in the user's words."""

from datetime import date, timedelta

import pytest

from scheduling.errors import NotCleared
from scheduling.explain import refused
from scheduling.planner import FULL_DAY, PlanRequest, Refusal, Rule

TODAY = date(2026, 5, 4)


def request(uncleared: int) -> PlanRequest:
    """A question about ten days, the first of which (so many) are not cleared."""
    return PlanRequest(
        first_day=TODAY,
        specialists={1: (FULL_DAY,) * 10},
        rooms={1: (FULL_DAY,) * 10},
        devices=None,
        treatment_cells=4,
        visit_cells=9,
        sessions=1,
        min_gap=2,
        max_gap=3,
        uncleared={TODAY + timedelta(days=n): "fever" for n in range(uncleared)},
    )


@pytest.mark.parametrize(
    ("uncleared", "told"),
    [
        (8, "The client is not cleared for this procedure before May 12, 2026."),
        (120, "The client is not cleared for this procedure on May 5, 2026."),
    ],
)
def test_a_day_not_cleared_says_from_when_it_is(uncleared, told):
    refusal = Refusal(rule=Rule.UNCLEARED, day=TODAY + timedelta(days=1), code="fever")

    error = refused(request(uncleared), refusal)

    assert isinstance(error, NotCleared)
    assert error.message == told
