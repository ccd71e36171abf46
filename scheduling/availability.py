"""The database as the planner's input: who and what is free, day by day, in two statements.

Everything becomes bitmasks of five-minute cells of the clinic's wall clock. Free is what lies in
working hours (the clinic's and the specialist's own) and in no appointment or unavailability.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

from cryoclinic.models import Clinic
from procedures.models import ProcedureType
from scheduling.busy import CLIENT, CLINIC, DEVICE, ROOM, SPECIALIST, read_busy
from scheduling.clock import cell_at, place_of, unclear_cells
from scheduling.planner import CELLS_PER_DAY, cells
from scheduling.planner.masks import by_day, pack
from scheduling.planner.values import Masks
from scheduling.resources import Hours, resources_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Free cells per day from ``first_day`` on, of all that could take part, and of the client."""

    first_day: date
    specialists: Mapping[int, Masks]
    rooms: Mapping[int, Masks]
    devices: Mapping[int, Masks] | None
    client: Masks


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whose free time is asked for: a procedure type and a client over ``days`` days.

    The appointments in ``ignoring`` (ids) count as not there: a course's own that may be moved.
    """

    clinic: Clinic
    client_id: int
    procedure_type: ProcedureType
    first_day: date
    days: int
    ignoring: Collection[int] = ()


def read_availability(question: Question, *, now: datetime | None = None) -> Availability:
    """Answer the question as of ``now`` (aware; the present if not given): the past is not free."""
    kind, days = question.procedure_type, question.days
    resources = resources_of(question.clinic)
    busy = read_busy(
        question.clinic,
        client_id=question.client_id,
        first_day=question.first_day,
        days=days,
        ignoring=question.ignoring,
    )
    opening = _hours(resources.opening, question.first_day, days)
    open_time = opening & ~busy[CLINIC] & ~_closed(question, now or timezone.now())

    def free(owner: str, ids: Iterable[int]) -> dict[int, Masks]:
        return {pk: by_day(open_time & ~busy[owner, pk], days) for pk in ids}

    def working(specialist: int) -> int:
        own = resources.working.get(specialist, ())
        return _hours(own, question.first_day, days) & ~busy[SPECIALIST, specialist]

    return Availability(
        first_day=question.first_day,
        specialists={
            pk: by_day(open_time & working(pk), days) for pk in resources.skilled.get(kind.pk, ())
        },
        rooms=free(ROOM, resources.fitting_rooms.get(kind.pk, ())),
        devices=free(DEVICE, resources.fitting_devices.get(kind.pk, ()))
        if kind.needs_device
        else None,
        client=by_day(open_time & ~busy[CLIENT, question.client_id], days),
    )


@lru_cache(maxsize=1024)
def _hours(rows: tuple[Hours, ...], first_day: date, days: int) -> int:
    """The hours as a strip of cells; a span counts only where it covers whole cells."""
    of_weekday = defaultdict(list)
    for row in rows:
        span = cells(cell_at(row.starts, up=True), row.end_cell)
        of_weekday[row.weekday].append((row, span))

    def mask(day: date) -> int:
        found = 0
        for row, span in of_weekday[day.weekday()]:
            if row.holds_on(day):
                found |= span
        return found

    return pack(mask(first_day + timedelta(days=index)) for index in range(days))


def _closed(question: Question, now: datetime) -> int:
    """Cells that can't be had whatever is free: the past, and hours that a clock change blurs."""
    zone = question.clinic.zone
    today, cell = place_of(zone, now)
    gone = (today - question.first_day).days * CELLS_PER_DAY + cell + 1
    past = (1 << gone) - 1 if gone > 0 else 0
    return past | _unclear(zone, question.first_day, question.days)


@lru_cache(maxsize=1024)
def _unclear(zone: ZoneInfo, first_day: date, days: int) -> int:
    return pack(unclear_cells(zone, first_day + timedelta(days=index)) for index in range(days))
