"""The database as the planner's input: who and what is free, day by day, in three statements.

Everything becomes bitmasks of five-minute cells of the clinic's wall clock. Free is what lies in
working hours (the clinic's and the specialist's own) and in no appointment or unavailability.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from cryoclinic.models import Clinic
from procedures.models import ProcedureType
from scheduling.busy import CLIENT, CLINIC, DEVICE, ROOM, SPECIALIST, Owner, read_busy
from scheduling.clock import cell_at, place_of, unclear_cells
from scheduling.planner import CELLS_PER_DAY, cells

Masks = tuple[int, ...]

DAY_BYTES = CELLS_PER_DAY // 8

# The working hours that are in force on some of the days.
HOURS = """
SELECT specialist_id, weekday, starts, ends, valid_from, valid_until
  FROM scheduling_workinghours
 WHERE clinic_id = %(clinic)s
   AND (valid_from IS NULL OR valid_from <= %(last)s)
   AND (valid_until IS NULL OR valid_until >= %(first)s)
"""

# Who has the skill, and the rooms and devices that fit.
CANDIDATES = """
SELECT 'specialist', id FROM scheduling_specialist
 WHERE clinic_id = %(clinic)s AND is_active AND id IN (
    SELECT specialist_id FROM scheduling_specialist_skills WHERE proceduretype_id = %(type)s)
UNION ALL
SELECT 'room', id FROM scheduling_room
 WHERE clinic_id = %(clinic)s AND is_active AND id IN (
    SELECT room_id FROM scheduling_room_procedure_types WHERE proceduretype_id = %(type)s)
UNION ALL
SELECT 'device', id FROM scheduling_device
 WHERE clinic_id = %(clinic)s AND is_active AND id IN (
    SELECT device_id FROM scheduling_device_procedure_types WHERE proceduretype_id = %(type)s)
"""


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

    @cached_property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)

    @cached_property
    def dates(self) -> list[date]:
        return [self.first_day + timedelta(days=index) for index in range(self.days)]


def read_availability(question: Question, *, now: datetime | None = None) -> Availability:
    """Answer the question as of ``now`` (aware; the present if not given): the past is not free."""
    candidates = _candidates(question)
    hours = _hours(question)
    busy = read_busy(
        question.clinic,
        client_id=question.client_id,
        first_day=question.first_day,
        days=question.days,
        ignoring=question.ignoring,
    )
    open_time = hours[CLINIC] & ~busy[CLINIC] & ~_closed(question, now or timezone.now())

    def free(kind: str, pk: int) -> Masks:
        return _by_day(open_time & ~busy[kind, pk], question.days)

    return Availability(
        first_day=question.first_day,
        specialists={
            pk: _by_day(open_time & hours[SPECIALIST, pk] & ~busy[SPECIALIST, pk], question.days)
            for pk in candidates[SPECIALIST]
        },
        rooms={pk: free(ROOM, pk) for pk in candidates[ROOM]},
        devices={pk: free(DEVICE, pk) for pk in candidates[DEVICE]}
        if question.procedure_type.needs_device
        else None,
        client=free(CLIENT, question.client_id),
    )


def _candidates(question: Question) -> Mapping[str, list[int]]:
    """The ids of the specialists with the skill and of the rooms and devices that fit, in order."""
    asked = {"clinic": question.clinic.pk, "type": question.procedure_type.pk}
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, asked)
        rows = cursor.fetchall()
    found = defaultdict(list)
    for kind, pk in sorted(rows):
        found[kind].append(pk)
    return found


def _hours(question: Question) -> Mapping[Owner, int]:
    """The working hours of the clinic and of each specialist, as a strip of cells."""
    asked: dict[str, Any] = {
        "clinic": question.clinic.pk,
        "first": question.first_day,
        "last": question.last_day,
    }
    weekly: dict[Owner, list[_Hours]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(HOURS, asked)
        for specialist, *row in cursor.fetchall():
            owner = (SPECIALIST, specialist) if specialist else CLINIC
            weekly[owner].append(_Hours(*row))
    return defaultdict(
        int, {owner: _strip(_weeks(rows, question.dates)) for owner, rows in weekly.items()}
    )


class _Hours(NamedTuple):
    """One row of working hours."""

    weekday: int
    starts: time
    ends: time
    valid_from: date | None
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)


def _weeks(rows: Iterable[_Hours], dates: Iterable[date]) -> Iterator[int]:
    """The mask of each date; a span of hours counts only where it covers whole cells."""
    of_weekday = defaultdict(list)
    for row in rows:
        span = cells(cell_at(row.starts, up=True), _end_cell(row.ends))
        of_weekday[row.weekday].append((row, span))
    for day in dates:
        mask = 0
        for row, span in of_weekday[day.weekday()]:
            if row.holds_on(day):
                mask |= span
        yield mask


def _end_cell(ends: time) -> int:
    """The last minute of the day, 23:59, stands for midnight, which a time can't say."""
    return CELLS_PER_DAY if ends >= time(23, 59) else cell_at(ends)


def _closed(question: Question, now: datetime) -> int:
    """Cells that can't be had whatever is free: the past, and hours that a clock change blurs."""
    zone = question.clinic.zone
    today, cell = place_of(zone, now)
    gone = (today - question.first_day).days * CELLS_PER_DAY + cell + 1
    past = (1 << gone) - 1 if gone > 0 else 0
    return past | _strip(unclear_cells(zone, day) for day in question.dates)


def _strip(masks: Iterable[int]) -> int:
    """The masks of consecutive days as one number, the first day in the lowest bits."""
    return int.from_bytes(b"".join(mask.to_bytes(DAY_BYTES, "little") for mask in masks), "little")


def _by_day(strip: int, days: int) -> Masks:
    """The other way round."""
    octets = strip.to_bytes(days * DAY_BYTES, "little")
    return tuple(
        int.from_bytes(octets[start : start + DAY_BYTES], "little")
        for start in range(0, days * DAY_BYTES, DAY_BYTES)
    )
