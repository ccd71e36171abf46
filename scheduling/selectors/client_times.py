"""The times that a client may move a visit to, or book: few enough to choose from on a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cryoclinic.models import Clinic
from scheduling import client_rules as rules
from scheduling.clock import wall_time
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.proposals import Offer, slot_token
from scheduling.selectors import words
from scheduling.selectors.offers import free_for, free_in
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
    """Where the client may move the visit, with the specialist of before where they are free."""
    own = slot_of(appointment)
    free = [
        offer
        for offer in free_for(appointment)
        if (offer.slot.day, offer.slot.cell) != (own.day, own.cell)
    ]
    return _choice(free, appointment.clinic, now, specialist=own.specialist)


def times_for_lost(course: Course, *, now: datetime) -> Times:
    """Where the client may book a session that the course has lost, with the specialist of its
    latest visit where they are free.
    """
    in_order = course.appointments.in_order().values_list("specialist", flat=True)
    return _choice(free_in(course), course.clinic, now, specialist=in_order.last())


def _choice(
    free: Sequence[Offer], clinic: Clinic, now: datetime, *, specialist: int | None
) -> Times:
    """What is far enough ahead.

    Where some days keep the course's longest gap, the others are left out. A day shows up to nine
    starts spread over it, on the half hour where there are any.
    """
    earliest = now + rules.notice(clinic)
    found = [offer for offer in free if offer.starts_at >= earliest]
    found = [offer for offer in found if not offer.over] or found
    days = [(day, list(of_day)) for day, of_day in groupby(found, key=lambda each: each.slot.day)]
    return Times(
        slots=frozenset(offer.slot for offer in found),
        days=tuple(
            Day(words.full_day(day), tuple(_times(of_day, specialist)))
            for day, of_day in days[:MOST_DAYS]
        ),
    )


def _times(offers: Sequence[Offer], specialist: int | None) -> Iterable[Time]:
    """One start for each time, with the specialist where they have it."""
    best: dict[int, Slot] = {}
    for offer in offers:
        slot = offer.slot
        if slot.cell not in best or slot.specialist == specialist:
            best[slot.cell] = slot
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
