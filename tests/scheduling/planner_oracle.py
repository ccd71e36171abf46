"""A brute-force planner over every chain of slots, and the small requests it can afford."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import TypeVar

from hypothesis import strategies as st

from scheduling.planner import FULL_DAY, Existing, PlanRequest, Slot, Weights, plan_cost

T = TypeVar("T")
MONDAY = date(2026, 5, 4)
FIRST, LAST = 120, 125

bits = st.integers(0, 2 ** (LAST - FIRST) - 1)
masks = st.builds(lambda some, more: (some | more) << FIRST, bits, bits)
weights = st.just(Weights()) | st.builds(
    Weights,
    over=st.integers(0, 6),
    confirmed=st.integers(0, 9),
    moved=st.integers(0, 6),
    change=st.integers(0, 6),
    distance=st.integers(0, 3),
    finish=st.integers(0, 3),
)


def rarely(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """Mostly None, so that wishes do not make most requests infeasible."""
    return st.one_of(st.none(), st.none(), strategy)


@st.composite
def requests(draw: st.DrawFn) -> PlanRequest:
    """Small clinics: every wish, every kind of neighbour, existing appointments."""
    days = draw(st.integers(1, 7))
    row = st.tuples(*[masks] * days)
    specialists = draw(st.dictionaries(st.sampled_from([3, 5, 8]), row, min_size=1, max_size=2))
    treatment = draw(st.integers(1, 2))
    min_gap = draw(st.integers(1, 2))
    some_day = st.integers(-3, days).map(lambda n: MONDAY + timedelta(days=n))
    who = st.sampled_from([3, 5, 8])
    asked = PlanRequest(
        first_day=MONDAY,
        specialists=specialists,
        rooms=draw(st.dictionaries(st.integers(1, 2), row, min_size=1)),
        devices=draw(st.none() | st.dictionaries(st.integers(1, 2), row, min_size=1)),
        treatment_cells=treatment,
        visit_cells=treatment + draw(st.integers(0, 2)),
        sessions=draw(st.integers(1, 3)),
        min_gap=min_gap,
        max_gap=min_gap + draw(st.integers(0, 1)),
        client=draw(st.none() | row),
        uncleared=draw(st.dictionaries(some_day, st.just("fever"), max_size=2)),
        last_done=draw(rarely(some_day)),
        last_specialist=draw(rarely(who)),
        last_cell=draw(st.none() | st.integers(FIRST, LAST)),
        weekdays=draw(st.sampled_from([frozenset(), frozenset(), frozenset({0, 2, 4, 5})])),
        hours=draw(rarely(st.tuples(st.integers(FIRST, 122), st.integers(122, LAST)))),
        not_before=draw(rarely(some_day)),
        only_specialist=draw(rarely(who)),
        wished_cell=draw(st.none() | st.integers(FIRST, LAST)),
        wished_specialist=draw(rarely(who)),
        weights=draw(weights),
    )
    return replace(asked, existing=draw(existing_of(asked)))


@st.composite
def existing_of(draw: st.DrawFn, asked: PlanRequest) -> tuple[Existing, ...]:
    """Appointments of the course: where a session could be, or anywhere."""
    anywhere = st.builds(
        Slot,
        day=st.integers(-1, asked.days).map(lambda n: MONDAY + timedelta(days=n)),
        cell=st.integers(FIRST, LAST),
        specialist=st.sampled_from([3, 5, 8]),
        room=st.integers(1, 2),
        device=st.none() | st.integers(1, 2),
    )
    slots = slots_of(asked)
    where = st.sampled_from(slots) | anywhere if slots else anywhere
    found = draw(st.lists(where, max_size=3, unique_by=lambda slot: slot.day))
    return tuple(
        Existing(
            key=key,
            day=slot.day,
            cell=slot.cell,
            specialist=slot.specialist,
            room=slot.room,
            device=slot.device,
            confirmed=draw(st.booleans()),
        )
        for key, slot in enumerate(found, start=40)
    )


def free(mask: int, cell: int, length: int) -> bool:
    return all(mask >> c & 1 and c < 288 for c in range(cell, cell + length))


def slots_of(asked: PlanRequest) -> list[Slot]:
    """Every start with the room and device that the planner promises, asked cell by cell."""
    found = []
    long = asked.treatment_cells
    for index, cell, who in product(range(asked.days), range(FIRST, LAST), asked.specialists):
        day = MONDAY + timedelta(days=index)
        first, last = asked.hours or (0, 288)
        rooms = [r for r, row in asked.rooms.items() if free(row[index], cell, long)]
        needed = asked.devices or {}
        devices = [d for d, row in needed.items() if free(row[index], cell, long)]
        here = [
            item
            for item in asked.existing
            if (item.day, item.cell, item.specialist) == (day, cell, who)
        ]
        if (
            rooms
            and (devices or asked.devices is None)
            and free(asked.specialists[who][index], cell, long)
            and free(
                FULL_DAY if asked.client is None else asked.client[index], cell, asked.visit_cells
            )
            and day not in asked.uncleared
            and (asked.not_before is None or day >= asked.not_before)
            and (not asked.weekdays or day.weekday() in asked.weekdays)
            and first <= cell
            and cell + long <= last
            and asked.only_specialist in (None, who)
            and (asked.last_done is None or (day - asked.last_done).days >= asked.min_gap)
        ):
            room = next((i.room for i in here if i.room in rooms), min(rooms))
            device = min(devices) if devices else None
            device = next((i.device for i in here if i.device in devices), device)
            found.append(Slot(day=day, cell=cell, specialist=who, room=room, device=device))
    return found


def best_chain(asked: PlanRequest) -> list[Slot] | None:
    """The least cost, then the order that the planner documents for ties."""
    every = slots_of(asked)
    chains: list[list[Slot]] = [[]]
    for _ in range(asked.sessions):
        chains = [
            [*chain, slot]
            for chain in chains
            for slot in every
            if not chain or (slot.day - chain[-1].day).days >= asked.min_gap
        ]
    return min(
        chains,
        key=lambda chain: (
            plan_cost(asked, chain),
            [(slot.day, slot.specialist, slot.cell) for slot in chain],
        ),
        default=None,
    )


def least_cost(asked: PlanRequest) -> int | None:
    """The optimum by comparing each start with each start of the session before.

    Slower than the planner by far, but quick enough for courses of a dozen sessions.
    """
    slots = slots_of(asked)
    weights = asked.weights
    costs: list[int | None] = [_alone(asked, slot) + _first(asked, slot) for slot in slots]
    for _ in range(asked.sessions - 1):
        costs = [
            min(
                (
                    cost + _alone(asked, slot) + _step(asked, before, slot)
                    for before, cost in zip(slots, costs, strict=True)
                    if cost is not None and (slot.day - before.day).days >= asked.min_gap
                ),
                default=None,
            )
            for slot in slots
        ]
    booked = sum(weights.confirmed if i.confirmed else weights.moved for i in asked.existing)
    return min(
        (
            booked + cost + weights.finish * (slot.day - MONDAY).days
            for slot, cost in zip(slots, costs, strict=True)
            if cost is not None
        ),
        default=None,
    )


def _alone(asked: PlanRequest, slot: Slot) -> int:
    weights = asked.weights
    cost = 0
    if asked.wished_specialist not in (None, slot.specialist):
        cost += weights.change
    if asked.wished_cell is not None:
        cost += weights.distance * abs(slot.cell - asked.wished_cell)
    for item in asked.existing:
        if (item.day, item.cell, item.specialist) == (slot.day, slot.cell, slot.specialist):
            cost -= weights.confirmed if item.confirmed else weights.moved
    return cost


def _first(asked: PlanRequest, slot: Slot) -> int:
    cost = 0
    if asked.last_done is not None:
        gap = (slot.day - asked.last_done).days
        cost += asked.weights.over * max(0, gap - asked.max_gap)
    if asked.last_specialist not in (None, slot.specialist):
        cost += asked.weights.change
    if asked.last_cell is not None and asked.wished_cell is None:
        cost += asked.weights.distance * abs(slot.cell - asked.last_cell)
    return cost


def _step(asked: PlanRequest, before: Slot, after: Slot) -> int:
    weights = asked.weights
    cost = weights.over * max(0, (after.day - before.day).days - asked.max_gap)
    if before.specialist != after.specialist:
        cost += weights.change
    if asked.wished_cell is None:
        cost += weights.distance * abs(after.cell - before.cell)
    return cost


@st.composite
def long_requests(draw: st.DrawFn) -> PlanRequest:
    """Courses of up to a dozen sessions with closed stretches in between, otherwise as above."""
    asked = draw(requests())
    days = draw(st.integers(8, 30))
    rng = draw(st.randoms(use_true_random=False))
    closed = {day for day in range(days) if rng.random() < 1 / 5}

    def row() -> tuple[int, ...]:
        # Few starts a day keep the comparison of all pairs affordable.
        return tuple(
            0 if day in closed else rng.randrange(1, 2 ** (LAST - FIRST)) << FIRST
            for day in range(days)
        )

    long = replace(
        asked,
        specialists={3: row(), 5: row()},
        rooms={1: row(), 2: row()},
        devices=None,
        client=None,
        treatment_cells=1,
        visit_cells=1,
        sessions=draw(st.integers(1, 12)),
        weekdays=frozenset(),
        hours=None,
        only_specialist=None,
        existing=(),
    )
    return replace(long, existing=draw(existing_of(long)))
