"""The planner against OR-Tools CP-SAT and against greedy placement.

`run()` yields one record per figure. `BENCH_PLANNER_TARGET` and `BENCH_PLANNER_MIXED` say how many
instances of the size that the goals speak of, and how many random ones, CP-SAT solves as well:
10 and 1,000 unless told otherwise, which take a minute or two and about half an hour. `250-500` in
place of a number takes the instances from 250 to 499, so that several machines can share the work.
How far it is goes to stderr.
"""

import os
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise, product
from math import log
from random import Random
from statistics import linear_regression, median, quantiles
from time import perf_counter, thread_time
from typing import Any

from bench.planner_cpsat import solve
from bench.planner_greedy import greedy
from bench.planner_instances import clinic, mixed, target
from scheduling.planner import CELL_MINUTES, Plan, PlanRequest, Slot, plan, plan_cost

Record = dict[str, Any]


def run() -> Iterator[Record]:
    """The figures, the quick ones first."""
    for seed in range(3):
        plan(target(seed))
    yield from speed()
    yield growth()
    yield from against_greedy()
    yield from against_cpsat("planner.vs_cpsat", target, _seeds("BENCH_PLANNER_TARGET", 10), 300)
    yield from against_cpsat(
        "planner.vs_cpsat_mixed", mixed, _seeds("BENCH_PLANNER_MIXED", 1000), 1
    )


def _seeds(variable: str, default: int) -> range:
    return seeds(os.environ.get(variable) or str(default))


def seeds(text: str) -> range:
    """`1000`: from 0 to 999; `250-500`: from 250 to 499."""
    first, dash, end = text.partition("-")
    return range(int(first), int(end)) if dash else range(int(first))


def speed(instances: int = 200) -> Iterator[Record]:
    """What one plan takes at 12 sessions, 45 days, 6 specialists, 4 rooms, 70 % busy.

    Time of the processor, so that other work on the machine does not count.
    """
    times = [_core_milliseconds(target(seed)) for seed in range(instances)]
    p95 = quantiles(times, n=20)[-1]
    yield _record("planner.median", median(times), "ms of one core")
    yield _record("planner.p95", p95, "ms of one core", goal=5, ok=p95 <= 5)


def growth() -> Record:
    """The exponent e of time ~ n^e, where n = sessions * days that each can have * specialists.

    With gaps of 2 days, k sessions leave each of them 2 * (k - 1) of all days less to choose from.
    """
    rows = table()
    slope, _ = linear_regression(
        [
            log(sessions * (days - 2 * (sessions - 1)) * specialists)
            for sessions, days, specialists, _ in rows
        ],
        [log(milliseconds) for *_, milliseconds in rows],
    )
    return _record("planner.growth", slope, "exponent", goal=1, ok=slope <= 1)


def table(instances: int = 5) -> list[tuple[int, int, int, float]]:
    """(sessions, days, specialists, median milliseconds of one core) over a grid of sizes."""
    rows = []
    for sessions, days, specialists in product((3, 6, 12), (30, 60, 120), (2, 4, 8)):
        times = [
            _core_milliseconds(
                clinic(
                    Random(seed),
                    sessions=sessions,
                    days=days,
                    specialists=specialists,
                    rooms=4,
                    devices=0,
                    busy=0.7,
                )
            )
            for seed in range(instances)
        ]
        rows.append((sessions, days, specialists, median(times)))
    return rows


def against_greedy(instances: int = 100) -> Iterator[Record]:
    """What taking the best next slot each time costs, where one sees it: time of day, days."""
    asked = [target(seed) for seed in range(instances)]
    pairs = [(each, _slots(plan(each)), greedy(each)) for each in asked]
    costs = [
        (plan_cost(each, ours), plan_cost(each, theirs)) for each, ours, theirs in pairs if theirs
    ]
    worse = sum(theirs > ours for ours, theirs in costs)
    yield _record("planner.greedy_worse", worse / len(costs), "share of plans")
    ours_cost, theirs_cost = (median(column) for column in zip(*costs, strict=True))
    yield _record(
        "planner.greedy_cost",
        ours_cost,
        "plan_cost, median; the reference is greedy's",
        reference=theirs_cost,
        ratio=theirs_cost / ours_cost,
        goal=1,
        ok=theirs_cost >= ours_cost,
    )
    ours_drift = median(_drift(ours) for _, ours, _ in pairs)
    theirs_drift = median(_drift(theirs) for _, _, theirs in pairs)
    yield _record(
        "planner.greedy_drift",
        ours_drift,
        "min between the times of day of neighbouring sessions, in all",
        reference=theirs_drift,
        ratio=theirs_drift / ours_drift,
        goal=1,
        ok=theirs_drift >= ours_drift,
    )


def against_cpsat(
    name: str, make: Callable[[int], PlanRequest], instances: range, goal: float
) -> Iterator[Record]:
    """Equal cost or equal infeasibility on all, and the ratio of the median times."""
    ours, theirs, equal, infeasible, replans = [], [], 0, 0, 0
    for seed in instances:
        asked = make(seed)
        found, milliseconds = _milliseconds(asked)
        answer = solve(asked)
        cost = found.cost if isinstance(found, Plan) else None
        equal += answer.proved and answer.cost == cost
        infeasible += answer.cost is None
        replans += bool(asked.existing)
        ours.append(milliseconds)
        theirs.append(1000 * answer.seconds)
        if len(ours) % 10 == 0:
            print(f"{name}: {len(ours)} of {len(instances)}, {equal} equal", file=sys.stderr)
    ratio = median(theirs) / median(ours)
    yield _record(
        name,
        median(ours),
        "ms",
        reference=median(theirs),
        ratio=ratio,
        goal=goal,
        ok=ratio >= goal,
    )
    yield _record(
        f"{name}_equal",
        equal,
        f"instances of {len(instances)}, {infeasible} of them infeasible, {replans} re-plans",
        reference=len(instances),
        ratio=equal / len(instances),
        goal=len(instances),
        ok=equal == len(instances),
    )


def _milliseconds(asked: PlanRequest) -> tuple[Any, float]:
    started = perf_counter()
    found = plan(asked)
    return found, 1000 * (perf_counter() - started)


def _core_milliseconds(asked: PlanRequest) -> float:
    started = thread_time()
    plan(asked)
    return 1000 * (thread_time() - started)


def _slots(found: Any) -> tuple[Slot, ...]:
    return found.slots if isinstance(found, Plan) else ()


def _drift(slots: tuple[Slot, ...]) -> int:
    cells = [slot.cell for slot in slots]
    return CELL_MINUTES * sum(abs(a - b) for a, b in pairwise(cells))


def _record(
    name: str,
    value: float,
    unit: str,
    *,
    reference: float | None = None,
    ratio: float | None = None,
    goal: float | None = None,
    ok: bool = True,
) -> Record:
    def short(number: float | None) -> float | None:
        return None if number is None else round(number, 3)

    return {
        "name": name,
        "value": short(value),
        "unit": unit,
        "reference": short(reference),
        "ratio": short(ratio),
        "goal": goal,
        "ok": ok,
    }


def main() -> None:
    """Print the table of docs/planner.md."""
    print("| sessions | days | 2 specialists | 4 specialists | 8 specialists |")
    print("|---|---|---|---|---|")
    rows = table()
    for first in range(0, len(rows), 3):
        sessions, days, *_ = rows[first]
        times = " | ".join(f"{row[-1]:.1f} ms" for row in rows[first : first + 3])
        print(f"| {sessions} | {days} | {times} |")


if __name__ == "__main__":
    main()
