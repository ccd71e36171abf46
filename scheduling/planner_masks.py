"""Free time as integers: which cells a session can start in, day after day.

A horizon is packed into one integer, day after day of 288 bits, so that one operation works on all
days at once.
"""

from collections.abc import Iterable, Mapping

from scheduling.planner_values import CELLS_PER_DAY, FULL_DAY, Masks, PlanRequest, Slot, cells

DAY_BYTES = CELLS_PER_DAY // 8


def pack(masks: Iterable[int]) -> int:
    """One integer out of one mask per day."""
    return int.from_bytes(b"".join(mask.to_bytes(DAY_BYTES, "little") for mask in masks), "little")


def runs(mask: int, length: int) -> int:
    """The bits from which `length` set bits follow each other, the bit itself included."""
    have = 1
    while 2 * have <= length:
        mask &= mask >> have
        have *= 2
    return mask & (mask >> (length - have)) if length > have else mask


def free_for(mask: int, cell: int, length: int) -> bool:
    """Whether the day's mask is free for `length` cells from `cell` on."""
    wanted = cells(cell, cell + length)
    return mask & wanted == wanted


def hour_starts(request: PlanRequest) -> int:
    """The starts of one day that keep the treatment within the wished hours."""
    if request.hours is None:
        return FULL_DAY
    first, last = request.hours
    return cells(max(first, 0), min(last, CELLS_PER_DAY) - request.treatment_cells + 1)


def starts_on(starts: int, day: int) -> int:
    """One day's starts out of a packed mask."""
    return starts >> CELLS_PER_DAY * day & FULL_DAY


def open_days(request: PlanRequest) -> list[bool]:
    """Per day of the horizon, whether clearance and the wishes for days allow it."""
    uncleared = {request.index_of(day) for day in request.uncleared}
    earliest = 0 if request.not_before is None else request.index_of(request.not_before)
    monday = request.first_day.weekday()
    weekdays = request.weekdays or frozenset(range(7))
    return [
        index >= earliest and index not in uncleared and (monday + index) % 7 in weekdays
        for index in range(request.days)
    ]


def possible_starts(request: PlanRequest) -> dict[int, int]:
    """Per specialist, in order of id, the packed cells in which a session can start.

    There the specialist, a room, a device where one is needed, and the client are free for as long
    as they are needed, and every hard wish and clearance holds.
    """
    day = hour_starts(request) & cells(0, CELLS_PER_DAY - request.visit_cells + 1)
    starts = pack(day if is_open else 0 for is_open in open_days(request))
    starts &= _any_free(request, request.rooms)
    if request.devices is not None:
        starts &= _any_free(request, request.devices)
    if request.client is not None:
        starts &= runs(pack(request.client[: request.days]), request.visit_cells)
    return {
        specialist: starts
        & runs(pack(request.specialists[specialist][: request.days]), request.treatment_cells)
        for specialist in sorted(request.specialists)
        if request.only_specialist in (None, specialist)
    }


def _any_free(request: PlanRequest, resources: Mapping[int, Masks]) -> int:
    found = 0
    for masks in resources.values():
        found |= runs(pack(masks[: request.days]), request.treatment_cells)
    return found


def place(request: PlanRequest, index: int, cell: int, specialist: int) -> Slot:
    """The slot at a possible start: an existing appointment's own room and device where they are
    free, otherwise those with the lowest id."""
    day = request.day_of(index)
    room = device = None
    for item in request.existing:
        if (item.day, item.cell, item.specialist) == (day, cell, specialist):
            room, device = item.room, item.device
    return Slot(
        day=day,
        cell=cell,
        specialist=specialist,
        room=_pick(request, request.rooms, index, cell, room),
        device=None
        if request.devices is None
        else _pick(request, request.devices, index, cell, device),
    )


def _pick(
    request: PlanRequest,
    resources: Mapping[int, Masks],
    index: int,
    cell: int,
    preferred: int | None,
) -> int:
    free = [
        resource
        for resource, masks in resources.items()
        if free_for(masks[index], cell, request.treatment_cells)
    ]
    return preferred if preferred is not None and preferred in free else min(free)
