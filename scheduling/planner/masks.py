"""Free time as integers: which cells a session can start in, day after day.

A horizon is packed into one integer, day after day of 288 bits, so that one operation works on all
days at once.
"""

from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import Literal

from scheduling.planner.values import CELLS_PER_DAY, FULL_DAY, Masks, PlanRequest, Rule, Slot, cells

DAY_BYTES = CELLS_PER_DAY // 8
ORDER: Literal["little"] = "little"


def pack(masks: Iterable[int]) -> int:
    """One integer out of one mask per day."""
    octets = map(int.to_bytes, masks, repeat(DAY_BYTES), repeat(ORDER))
    return int.from_bytes(b"".join(octets), ORDER)


def by_day(packed: int, days: int) -> Masks:
    """The other way round."""
    octets = packed.to_bytes(days * DAY_BYTES, ORDER)
    each = [octets[start : start + DAY_BYTES] for start in range(0, len(octets), DAY_BYTES)]
    return tuple(map(int.from_bytes, each, repeat(ORDER)))


def every_day(mask: int, days: int) -> int:
    """The same mask on each of so many days, packed."""
    return int.from_bytes(mask.to_bytes(DAY_BYTES, ORDER) * days, ORDER)


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


def hour_starts(hours: tuple[int, int], treatment_cells: int) -> int:
    """The starts of one day that keep the treatment within the hours."""
    first, last = hours
    return cells(max(first, 0), min(last, CELLS_PER_DAY) - treatment_cells + 1)


def starts_on(starts: int, day: int) -> int:
    """One day's starts out of a packed mask."""
    return starts >> CELLS_PER_DAY * day & FULL_DAY


def conditions(request: PlanRequest) -> dict[Rule, int]:
    """Per rule that concerns no single specialist, the packed starts that it allows.

    Rules that the request does not use are left out.
    """
    days, long = request.days, request.treatment_cells
    found = {Rule.MIDNIGHT: every_day(cells(0, CELLS_PER_DAY - request.visit_cells + 1), days)}
    if request.uncleared:
        closed = {request.index_of(day) for day in request.uncleared}
        found[Rule.UNCLEARED] = _whole_days(day not in closed for day in range(days))
    found[Rule.ROOM] = _any_free(request, request.rooms)
    if request.devices is not None:
        found[Rule.DEVICE] = _any_free(request, request.devices)
    if request.client is not None:
        found[Rule.CLIENT] = runs(pack(request.client[:days]), request.visit_cells)
    if request.not_before is not None:
        earliest = request.index_of(request.not_before)
        found[Rule.NOT_BEFORE] = _whole_days(day >= earliest for day in range(days))
    if request.weekdays:
        monday = request.first_day.weekday()
        found[Rule.WEEKDAY] = _whole_days(
            (monday + day) % 7 in request.weekdays for day in range(days)
        )
    if request.hours is not None:
        found[Rule.HOURS] = every_day(hour_starts(request.hours, long), days)
    return found


def free_specialists(request: PlanRequest) -> dict[int, int]:
    """Per specialist, in order of id, the packed starts at which the treatment's time is free."""
    return {
        specialist: runs(pack(masks[: request.days]), request.treatment_cells)
        for specialist, masks in sorted(request.specialists.items())
    }


def possible_starts(request: PlanRequest) -> dict[int, int]:
    """Per specialist who may do it, in order of id, the packed cells a session can start in.

    There the specialist, a room, a device where one is needed, and the client are free for as long
    as they are needed, and every hard wish and clearance holds.
    """
    everyone = -1
    for mask in conditions(request).values():
        everyone &= mask
    return {
        specialist: mask & everyone
        for specialist, mask in free_specialists(request).items()
        if request.only_specialist in (None, specialist)
    }


def union(starts: Iterable[int]) -> int:
    """The starts that any of the masks has."""
    found = 0
    for mask in starts:
        found |= mask
    return found


def _whole_days(allowed: Iterable[bool]) -> int:
    return pack(FULL_DAY if is_allowed else 0 for is_allowed in allowed)


def _any_free(request: PlanRequest, resources: Mapping[int, Masks]) -> int:
    return union(
        runs(pack(masks[: request.days]), request.treatment_cells) for masks in resources.values()
    )


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
    wanted = cells(cell, cell + request.treatment_cells)
    free = [resource for resource, masks in resources.items() if masks[index] & wanted == wanted]
    return preferred if preferred is not None and preferred in free else min(free)
