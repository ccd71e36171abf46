"""A plan as the desk asks for it: over HTTP among a million appointments, and its input alone.

The database is that of `bench.booking`, with the same variables.
"""

import os
from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any

from bench.booking import HTMX, SESSIONS, Bench, ran_on
from bench.database import loaded_database

Record = dict[str, Any]

HORIZON = 45
GOAL_MS, GOAL_QUERIES = 20, 5


def run() -> Iterator[Record]:
    rows = int(os.environ.get("BENCH_BOOKING_ROWS", "1000000"))
    with loaded_database("planner", rows) as seconds:
        yield ran_on("planner", seconds)
        yield from figures(Bench())


def figures(bench: Bench) -> Iterator[Record]:
    """12 sessions, six specialists, four rooms, in the clinic's usual fullness of 70 %."""
    yield request_input(bench)
    with bench.served(workers=2):
        yield from requests(bench)


def requests(bench: Bench) -> Iterator[Record]:
    """“Find times” as htmx sends it and as a browser without JavaScript does, and a reference page
    of one query and a day's rows.
    """
    proposal = bench.plan()
    path, data = bench.form(proposal, proposal)
    asked = {name: data[name] for name in ("treatment", "sessions", "indications")}
    ours, whole, reference = [], [], []
    for _number in range(bench.repeats + 5):
        for times, headers in ((ours, HTMX), (whole, {})):
            answer = bench.desk.post(path, {**asked, "find": "1"}, headers)
            assert answer.status == 200, answer.body
            assert answer.body.count('name="slot"') == SESSIONS
            times.append(answer.seconds * 1000)
        reference.append(bench.desk.get(f"/reference/rows/?date={bench.day}").seconds * 1000)
    yield _request("planner.request", ours[5:], reference[5:], goal=GOAL_MS)
    yield _request("planner.request_without_javascript", whole[5:], reference[5:])


def _request(
    name: str, ours: list[float], reference: list[float], goal: float | None = None
) -> Record:
    value, usual = median(ours), median(reference)
    record: Record = {
        "name": name,
        "value": round(value, 2),
        "unit": "ms",
        "reference": round(usual, 2),
        "ratio": round(value / usual, 2),
    }
    return record if goal is None else {**record, "goal": goal, "ok": value <= goal}


def request_input(bench: Bench) -> Record:
    """The planner's question from the database: how many statements, and how long."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from clients.selectors import current_screening
    from scheduling.questions import Treatment, plan_request

    proposal = bench.plan()
    screening = current_screening(proposal.treatment.client)

    def ask() -> int:
        """Nothing of it remembered from the time before."""
        treatment = Treatment.new(
            clinic=bench.clinic,
            client=proposal.treatment.client,
            procedure_type=bench.protocol.procedure_type,
            zone=bench.protocol.zone,
            sessions=SESSIONS,
        )
        first = bench.clinic.today()
        asked = plan_request(treatment, screening=screening, first_day=first, days=HORIZON)
        return len(asked.specialists) * len(asked.rooms)

    with CaptureQueriesContext(connection) as queries:
        assert ask() == 6 * 4
    times = []
    for _number in range(bench.repeats):
        began = perf_counter()
        ask()
        times.append((perf_counter() - began) * 1000)
    return {
        "name": "planner.input",
        "value": len(queries),
        "unit": "queries",
        "ms": round(median(times), 2),
        "goal": GOAL_QUERIES,
        "ok": len(queries) <= GOAL_QUERIES,
    }
