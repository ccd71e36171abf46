"""The times that a client may move a visit to: few enough to choose from on a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from scheduling import client_rules as rules
from scheduling.clock import wall_time
from scheduling.models import Appointment
from scheduling.planner import CELLS_PER_DAY, Slot
from scheduling.proposals import Offer, slot_token
from scheduling.selectors import words
from scheduling.selectors.offers import free_for
from scheduling.spans import slot_of

MOST_DAYS = 14
MOST_TIMES = 9
HALF_HOUR = 6  # cells


@dataclass(frozen=True, slots=True)
class Time:
    """One button: what it sends, and the clock time on it."""

    token: str
    clock: str


@dataclass(frozen=True, slots=True)
class Day:
    name: str
    times: tuple[Time, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """``slots`` are all that may be had, ``days`` those that are shown."""

    slots: frozenset[Slot]
    days: tuple[Day, ...]


def times_for(appointment: Appointment, *, now: datetime) -> Times:
    """Where the client may move the visit: free, with gaps and clearance kept, far enough ahead.

    Where some days keep the course's longest gap, the others are left out. A day shows up to nine
    starts spread over it, on the half hour where there are any, with the specialist of before
    where they are free. Raises what the planner's question raises (``NotCleared``).
    """
    own = slot_of(appointment)
    earliest = now + rules.notice(appointment.clinic)
    found = [
        offer
        for offer in free_for(appointment)
        if offer.starts_at >= earliest and offer.slot != own
    ]
    found = [offer for offer in found if not offer.over] or found
    days = [(day, list(of_day)) for day, of_day in groupby(found, key=lambda each: each.slot.day)]
    return Times(
        slots=frozenset(offer.slot for offer in found),
        days=tuple(
            Day(words.full_day(day), tuple(_times(of_day, own))) for day, of_day in days[:MOST_DAYS]
        ),
    )


def _times(offers: Sequence[Offer], own: Slot) -> Iterable[Time]:
    best: dict[int, Slot] = {}
    for offer in offers:
        slot = offer.slot
        if slot.cell not in best or slot.specialist == own.specialist:
            best[slot.cell] = slot
    best.pop(own.cell if offers[0].slot.day == own.day else CELLS_PER_DAY, None)
    for cell in _spread(sorted(best)):
        yield Time(slot_token(best[cell]), words.clock(wall_time(cell)))


def _spread(cells: Sequence[int]) -> Sequence[int]:
    """At most nine of the cells, the first and the last among them, half hours before others."""
    round_ones = [cell for cell in cells if cell % HALF_HOUR == 0]
    if len(round_ones) >= MOST_TIMES // 2:
        cells = round_ones
    if len(cells) <= MOST_TIMES:
        return cells
    step = (len(cells) - 1) / (MOST_TIMES - 1)
    return [cells[round(index * step)] for index in range(MOST_TIMES)]
