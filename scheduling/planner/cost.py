"""What a plan costs, and the facts about a plan that the desk shows."""

from collections.abc import Sequence
from itertools import pairwise

from scheduling.planner.values import Existing, Move, Plan, PlanRequest, Slot


def plan_cost(request: PlanRequest, slots: Sequence[Slot]) -> int:
    """The integer that planning minimises, for any slots in order of day, feasible or not.

    The sum over the plan, each part times its weight, heaviest first:

    - `over`: days of gap beyond `max_gap`, `last_done` being the session before the first one;
    - `confirmed`, `moved`: existing appointments that no slot keeps, by whether the client has
      confirmed them. A slot keeps the one with its day, cell and specialist;
    - `change`: sessions whose specialist differs from the session before (`last_specialist`
      before the first one), plus sessions whose specialist is not the wished one;
    - `distance`: cells between the start and the wished time of day; where none is wished,
      between neighbouring starts (`last_cell` before the first one);
    - `finish`: days from `first_day` to the last session.
    """
    weights = request.weights
    return (
        weights.over * sum(over(request, slots))
        + sum(moving_cost(request, item) for item in request.existing if not keeps(slots, item))
        + weights.change * changes(request, slots)
        + weights.distance * _distance(request, slots)
        + weights.finish * (request.index_of(slots[-1].day) if slots else 0)
    )


def summarize(request: PlanRequest, slots: Sequence[Slot]) -> Plan:
    """The plan that these slots make: for slots chosen by the planner or by hand."""
    slots = tuple(sorted(slots, key=lambda slot: slot.day))
    keys = _keys(request, slots)
    kept = {item.key for item in request.existing if keeps(slots, item)}
    moves = tuple(
        Move(key=item.key, index=keys.index(item.key) if item.key in keys else None)
        for item in _by_time(request.existing)
        if item.key not in kept
    )
    return Plan(
        slots=slots,
        cost=plan_cost(request, slots),
        gaps=gaps(request, slots),
        over=over(request, slots),
        keys=keys,
        moves=moves,
        changes=changes(request, slots),
    )


def gaps(request: PlanRequest, slots: Sequence[Slot]) -> tuple[int | None, ...]:
    """Days since the session before, per slot; None where there is none."""
    days = [request.last_done, *(slot.day for slot in slots)]
    return tuple(
        None if before is None or day is None else (day - before).days
        for before, day in pairwise(days)
    )


def over(request: PlanRequest, slots: Sequence[Slot]) -> tuple[int, ...]:
    """Days of gap beyond the maximum, per slot."""
    return tuple(max(0, (gap or 0) - request.max_gap) for gap in gaps(request, slots))


def changes(request: PlanRequest, slots: Sequence[Slot]) -> int:
    """Changes of specialist from session to session, plus sessions away from the wished one."""
    chain = [request.last_specialist, *(slot.specialist for slot in slots)]
    turned = sum(before is not None and before != now for before, now in pairwise(chain))
    wished = request.wished_specialist
    return turned + sum(wished is not None and slot.specialist != wished for slot in slots)


def keeps(slots: Sequence[Slot], item: Existing) -> bool:
    """Whether one of the slots is where the existing appointment already is."""
    where = (item.day, item.cell, item.specialist)
    return any((slot.day, slot.cell, slot.specialist) == where for slot in slots)


def moving_cost(request: PlanRequest, item: Existing) -> int:
    """What it costs not to keep an existing appointment."""
    return request.weights.confirmed if item.confirmed else request.weights.moved


def _distance(request: PlanRequest, slots: Sequence[Slot]) -> int:
    if request.wished_cell is not None:
        return sum(abs(slot.cell - request.wished_cell) for slot in slots)
    chain = [request.last_cell, *(slot.cell for slot in slots)]
    return sum(0 if before is None else abs(now - before) for before, now in _pairs(chain))


def _pairs(chain: list[int | None]) -> list[tuple[int | None, int]]:
    return [(before, now) for before, now in pairwise(chain) if now is not None]


def _by_time(existing: Sequence[Existing]) -> list[Existing]:
    return sorted(existing, key=lambda item: (item.day, item.cell, item.key))


def _keys(request: PlanRequest, slots: tuple[Slot, ...]) -> tuple[int | None, ...]:
    """Kept appointments stay in their slot; the others fill what is left, both in order of day."""
    keys: list[int | None] = [None] * len(slots)
    homeless = []
    places = {(slot.day, slot.cell, slot.specialist): n for n, slot in enumerate(slots)}
    for item in _by_time(request.existing):
        index = places.get((item.day, item.cell, item.specialist))
        if index is None:
            homeless.append(item.key)
        else:
            keys[index] = item.key
    free = (index for index, key in enumerate(keys) if key is None)
    for index, key in zip(free, homeless, strict=False):
        keys[index] = key
    return tuple(keys)
