"""Random clinics and courses for the planner's benchmark; the same seed gives the same ones."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from bench.planner_cpsat import fits
from scheduling.planner import Existing, Plan, PlanRequest, cells, plan

FIRST_DAY = date(2026, 5, 4)
OPENS, CLOSES = 108, 228  # 09:00 to 19:00
TREATMENT, VISIT = 4, 9  # 15 minutes and 5 for cleaning; 15 minutes and 30 for rest


def target(seed: int) -> PlanRequest:
    """What the goals are about: 12 sessions, 45 days, 6 specialists, 4 rooms, 70 % busy."""
    return clinic(Random(seed), sessions=12, days=45, specialists=6, rooms=4, devices=0, busy=0.7)


def mixed(seed: int) -> PlanRequest:
    """By turns a new course, one that can't be had, and a re-plan after an outage."""
    rng = Random(seed)
    while True:
        asked = clinic(
            rng,
            sessions=rng.randint(1, 12),
            days=rng.randint(14, 60),
            specialists=rng.randint(1, 8),
            rooms=rng.randint(1, 6),
            devices=rng.randint(0, 3),
            busy=rng.uniform(0, 0.95),
        )
        asked = replace(asked, **_wishes(rng, asked))
        if seed % 3 == 1:
            asked = replace(asked, **_too_much(rng, asked))
        elif seed % 3 == 2:
            asked = _after_outage(rng, asked)
        if fits(asked) == (seed % 3 != 1) and bool(asked.existing) == (seed % 3 == 2):
            return asked


def clinic(
    rng: Random,
    *,
    sessions: int,
    days: int,
    specialists: int,
    rooms: int,
    devices: int,
    busy: float,
) -> PlanRequest:
    """A clinic closed on Sundays and on a holiday or two, so much of its open time taken."""
    holidays = {rng.randrange(days) for _ in range(rng.randint(0, 2))}
    closed = [day % 7 == 6 or day in holidays for day in range(days)]

    def resource() -> tuple[int, ...]:
        return tuple(0 if shut else _taken(rng, busy) for shut in closed)

    return PlanRequest(
        first_day=FIRST_DAY,
        specialists={number: resource() for number in range(1, specialists + 1)},
        rooms={number: resource() for number in range(1, rooms + 1)},
        devices={number: resource() for number in range(1, devices + 1)} if devices else None,
        treatment_cells=TREATMENT,
        visit_cells=VISIT,
        sessions=sessions,
        min_gap=2,
        max_gap=3,
        client=tuple(_taken(rng, 0.1) for _ in range(days)),
    )


def _taken(rng: Random, busy: float) -> int:
    """A day's open time with appointments of 15 to 60 minutes in it."""
    mask = cells(OPENS, CLOSES)
    free = round((CLOSES - OPENS) * (1 - busy))
    while mask.bit_count() > free:
        first = rng.randint(OPENS - 2, CLOSES - 2)
        mask &= ~cells(first, first + rng.randint(3, 12))
    return mask


def _wishes(rng: Random, asked: PlanRequest) -> dict[str, Any]:
    """Each wish in a third of the requests."""
    wishes: dict[str, Any] = {
        "wished_cell": rng.randint(OPENS, CLOSES),
        "wished_specialist": rng.randint(1, len(asked.specialists)),
        "weekdays": frozenset(rng.sample(range(6), 4)),
        "hours": (OPENS + 36, CLOSES),
        "not_before": FIRST_DAY + timedelta(days=rng.randint(1, 5)),
    }
    return {name: value for name, value in wishes.items() if rng.random() < 1 / 3}


def _too_much(rng: Random, asked: PlanRequest) -> dict[str, Any]:
    """A change after which too little is left for the sessions."""
    few = max(0, asked.sessions - 1)
    kept = {2 * number for number in range(few)}
    choices: list[dict[str, Any]] = [
        {"hours": (OPENS - 30, OPENS + TREATMENT - 1)},
        {"only_specialist": 99},
        {
            "uncleared": {
                FIRST_DAY + timedelta(days=day): "deferred"
                for day in range(asked.days)
                if day not in kept
            }
        },
        {"horizon": min(asked.days, 2 * few)},
    ]
    return rng.choice(choices)


def _after_outage(rng: Random, asked: PlanRequest) -> PlanRequest:
    """The course is planned, some of it confirmed, the first part done; then somebody is away."""
    planned = plan(asked)
    if not isinstance(planned, Plan):
        return asked
    done = rng.randint(0, asked.sessions - 1)
    before = planned.slots[done - 1] if done else None
    away = rng.choice(planned.slots[done:])
    first = asked.index_of(away.day)
    last = first + rng.randint(1, 10)
    masks = asked.specialists[away.specialist]
    away_masks = tuple(0 if first <= day < last else mask for day, mask in enumerate(masks))
    return replace(
        asked,
        sessions=asked.sessions - done,
        specialists={**asked.specialists, away.specialist: away_masks},
        last_done=before.day if before else None,
        last_specialist=before.specialist if before else None,
        last_cell=before.cell if before else None,
        existing=tuple(
            Existing(
                key=number,
                day=slot.day,
                cell=slot.cell,
                specialist=slot.specialist,
                room=slot.room,
                device=slot.device,
                confirmed=rng.random() < 1 / 2,
            )
            for number, slot in enumerate(planned.slots[done:])
        ),
    )
