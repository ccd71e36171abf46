"""Greedy placement, as a receptionist does it: each time the best slot next to the one before."""

from datetime import timedelta

from bench.planner_cpsat import places
from scheduling.planner import PlanRequest, Slot, plan_cost


def greedy(request: PlanRequest) -> tuple[Slot, ...]:
    """The first session on the first day; each other one within the gaps where it adds least, or
    on the first day after them. Rooms and devices, which cost nothing, are left at 0."""
    chosen: list[Slot] = []
    possible = [
        Slot(day=request.day_of(day), specialist=specialist, cell=cell, room=0)
        for day, specialist, cell in places(request)
    ]
    while len(chosen) < request.sessions:
        before = chosen[-1].day if chosen else request.last_done
        left = [
            slot
            for slot in possible
            if before is None or (slot.day - before).days >= request.min_gap
        ]
        if not left:
            return ()
        latest = left[0].day
        if before is not None:
            latest = max(latest, before + timedelta(days=request.max_gap))
        near = [slot for slot in left if slot.day <= latest]
        chosen.append(min(near, key=lambda slot: plan_cost(request, [*chosen, slot])))
    return tuple(chosen)
