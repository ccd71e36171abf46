"""What the random instances of `planner.vs_cpsat_mixed` are: `python -m bench.planner_shares 1000`.

Solves nothing: it counts sessions, days, people, rooms, devices, how busy they are, the holidays,
and how many instances can't be had or are re-plans.
"""

import sys
from collections.abc import Sequence
from statistics import quantiles

from bench.planner import seeds
from bench.planner_cpsat import fits
from bench.planner_instances import CLOSES, OPENS, mixed
from scheduling.planner import PlanRequest


def main(text: str = "1000") -> None:
    instances = [mixed(seed) for seed in seeds(text)]
    print("| of each instance | least | quartiles | most |")
    print("|---|---|---|---|")
    _row("sessions to place", [each.sessions for each in instances])
    _row("days", [each.masked_days for each in instances])
    _row("specialists", [len(each.specialists) for each in instances])
    _row("rooms", [len(each.rooms) for each in instances])
    _row("devices", [len(each.devices or ()) for each in instances])
    _row("% busy", [round(100 * busy(each)) for each in instances])
    _row("holidays", [holidays(each) for each in instances])
    count = len(instances)
    print(f"{sum(not fits(each) for each in instances)} of {count} can't be had,")
    print(f"{sum(bool(each.existing) for each in instances)} of {count} are re-plans.")


def busy(request: PlanRequest) -> float:
    """The share of the rooms' open time that is taken."""
    open_days = [day for masks in request.rooms.values() for day in masks if day]
    free = sum(day.bit_count() for day in open_days)
    return 1 - free / ((CLOSES - OPENS) * len(open_days)) if open_days else 1.0


def holidays(request: PlanRequest) -> int:
    """Days besides Sundays on which no room is open."""
    return sum(
        not any(masks[day] for masks in request.rooms.values())
        for day in range(request.masked_days)
        if request.day_of(day).weekday() != 6
    )


def _row(name: str, figures: Sequence[int]) -> None:
    quarters = " · ".join(f"{figure:g}" for figure in quantiles(figures, n=4))
    print(f"| {name} | {min(figures)} | {quarters} | {max(figures)} |")


if __name__ == "__main__":
    main(*sys.argv[1:2])
