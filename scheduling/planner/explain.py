"""Why a slot is refused, and which slots one session could take instead."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from scheduling.planner.masks import (
    free_for,
    hour_starts,
    place,
    possible_starts,
    runs,
    starts_on,
    union,
)
from scheduling.planner.values import (
    CELLS_PER_DAY,
    FULL_DAY,
    Alternative,
    Masks,
    PlanRequest,
    Refusal,
    Rule,
    Slot,
)

Wanted = Callable[[date, int, int], int]


def refuse(
    request: PlanRequest,
    slot: Slot,
    *,
    before: date | None,
    after: date | None,
    anywhere: bool = False,
) -> Refusal | None:
    """The first rule, in the order of `Rule`, that refuses the slot; None when it can be had.

    `before` and `after` are the days of the neighbouring sessions of the course, if any. With
    `anywhere` any free room and device will do, otherwise the slot's own are asked. Wishes come
    last, since the desk can drop them.
    """
    return (
        _refuse_day(request, slot.day, before, after)
        or _refuse_place(request, slot, anywhere=anywhere)
        or _refuse_wish(request, slot)
    )


def alternatives(
    request: PlanRequest, slots: Sequence[Slot], index: int, wanted: Wanted | None = None
) -> tuple[Alternative, ...]:
    """Every slot that session `index` could take with the others fixed, its own included.

    One per start and specialist, by day, cell, specialist; `slots` are in order of day. The
    minimum gap is kept on both sides. `wanted` is given a day, a specialist and the mask of the
    starts that they have there, and returns those of them to take.
    """
    before, after, between = _neighbours(request, slots, index)
    starts = possible_starts(request)
    return tuple(
        _alternative(request, place(request, day, cell, specialist), before, after)
        for day in between
        for cell, specialist in _starts_of_day(request.day_of(day), starts, day, wanted)
    )


def alternative_days(request: PlanRequest, slots: Sequence[Slot], index: int) -> tuple[date, ...]:
    """The days on which there are `alternatives`, without looking for those."""
    _before, _after, between = _neighbours(request, slots, index)
    anybody = union(possible_starts(request).values())
    return tuple(request.day_of(day) for day in between if starts_on(anybody, day))


def _neighbours(
    request: PlanRequest, slots: Sequence[Slot], index: int
) -> tuple[date | None, date | None, range]:
    """The days of the sessions before and after `index`, and the days of the request between."""
    before = slots[index - 1].day if index else request.last_done
    after = slots[index + 1].day if index + 1 < len(slots) else None
    first = 0 if before is None else max(0, request.index_of(before) + request.min_gap)
    last = request.days if after is None else request.index_of(after) - request.min_gap + 1
    return before, after, range(first, min(last, request.days))


def _starts_of_day(
    day: date, starts: Mapping[int, int], index: int, wanted: Wanted | None
) -> Iterator[tuple[int, int]]:
    """(cell, specialist) of a day's possible starts, in this order."""
    masks = {specialist: starts_on(mask, index) for specialist, mask in starts.items()}
    if wanted is not None:
        masks = {each: mask and wanted(day, each, mask) for each, mask in masks.items()}
    rest = union(masks.values())
    while rest:
        first = rest & -rest
        for specialist, mask in masks.items():
            if mask & first:
                yield first.bit_length() - 1, specialist
        rest ^= first


def _alternative(
    request: PlanRequest, slot: Slot, before: date | None, after: date | None
) -> Alternative:
    gap_before = None if before is None else (slot.day - before).days
    gap_after = None if after is None else (after - slot.day).days
    over = sum(max(0, (gap or 0) - request.max_gap) for gap in (gap_before, gap_after))
    return Alternative(slot=slot, gap_before=gap_before, gap_after=gap_after, over=over)


def _refuse_day(
    request: PlanRequest, day: date, before: date | None, after: date | None
) -> Refusal | None:
    if not 0 <= request.index_of(day) < request.days:
        return Refusal(rule=Rule.HORIZON, day=day)
    if day in request.uncleared:
        return Refusal(rule=Rule.UNCLEARED, day=day, code=request.uncleared[day])
    if before is not None and (day - before).days < request.min_gap:
        return Refusal(rule=Rule.TOO_SOON, day=day, neighbour=before, gap=(day - before).days)
    if after is not None and (after - day).days < request.min_gap:
        return Refusal(rule=Rule.TOO_SOON, day=day, neighbour=after, gap=(after - day).days)
    return None


def _refuse_place(request: PlanRequest, slot: Slot, *, anywhere: bool) -> Refusal | None:
    if not 0 <= slot.cell <= CELLS_PER_DAY - request.visit_cells:
        return Refusal(rule=Rule.MIDNIGHT, day=slot.day)
    refusal = _refuse_busy(request, slot, Rule.SPECIALIST, request.specialists, slot.specialist)
    for rule, resources, wanted in (
        (Rule.ROOM, request.rooms, slot.room),
        (Rule.DEVICE, request.devices, slot.device),
    ):
        if refusal is None and resources is not None:
            if anywhere:
                refusal = _refuse_all_busy(request, slot, rule, resources)
            else:
                refusal = _refuse_busy(request, slot, rule, resources, wanted)
    if refusal is None and request.client is not None:
        mask = request.client[request.index_of(slot.day)]
        if not free_for(mask, slot.cell, request.visit_cells):
            until = _busy_until(mask, slot.cell)
            return Refusal(rule=Rule.CLIENT, day=slot.day, until=until)
    return refusal


def _refuse_busy(
    request: PlanRequest,
    slot: Slot,
    rule: Rule,
    resources: Mapping[int, Masks],
    wanted: int | None,
) -> Refusal | None:
    """Refuse when the one resource that is wanted is not free, or is not one of those that fit."""
    if wanted is None or wanted not in resources:
        return Refusal(rule=rule, day=slot.day, resource=wanted)
    mask = resources[wanted][request.index_of(slot.day)]
    if free_for(mask, slot.cell, request.treatment_cells):
        return None
    until = _busy_until(mask, slot.cell)
    return Refusal(rule=rule, day=slot.day, resource=wanted, until=until)


def _refuse_all_busy(
    request: PlanRequest, slot: Slot, rule: Rule, resources: Mapping[int, Masks]
) -> Refusal | None:
    """Refuse when none is free; `until` is then the next cell from which one is."""
    found = 0
    for masks in resources.values():
        found |= runs(masks[request.index_of(slot.day)], request.treatment_cells)
    if found >> slot.cell & 1:
        return None
    return Refusal(rule=rule, day=slot.day, until=_next_bit(found, slot.cell))


def _busy_until(mask: int, cell: int) -> int | None:
    """The end of the first busy time that begins at or lasts into `cell` or later."""
    busy = _next_bit(FULL_DAY & ~mask, cell)
    return None if busy is None else _next_bit(mask, busy)


def _next_bit(mask: int, cell: int) -> int | None:
    """The first set bit from `cell` on."""
    rest = mask >> cell
    return cell + (rest & -rest).bit_length() - 1 if rest else None


def _refuse_wish(request: PlanRequest, slot: Slot) -> Refusal | None:
    day = slot.day
    if request.not_before is not None and day < request.not_before:
        return Refusal(rule=Rule.NOT_BEFORE, day=day)
    if request.weekdays and day.weekday() not in request.weekdays:
        return Refusal(rule=Rule.WEEKDAY, day=day)
    if request.hours and not hour_starts(request.hours, request.treatment_cells) >> slot.cell & 1:
        return Refusal(rule=Rule.HOURS, day=day)
    if request.only_specialist not in (None, slot.specialist):
        return Refusal(rule=Rule.ONLY_SPECIALIST, day=day, resource=request.only_specialist)
    return None
