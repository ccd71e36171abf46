"""The day board: everything the desk sees of one day, in a fixed number of queries.

Values are formatted here, not in the template: a full day has hundreds of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cryoclinic.models import Clinic
from cryoclinic.timetable import Row, Span, timetable_rows
from scheduling.models import Appointment, Room, Specialist
from scheduling.resources import resources_of
from scheduling.selectors import words
from scheduling.selectors.board_visits import Desk, Visit, rows_of_day, visit_of
from scheduling.selectors.opening import DayHours, closed_runs, day_hours

STEP = 5


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of the grid."""

    name: str
    note: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One day; ``previous`` and ``following`` are its neighbours, as ISO dates.

    ``counts`` is the number of visits by status, of those that are late, and of all not cancelled.
    """

    iso_day: str
    heading: str
    is_today: bool
    previous: str
    following: str
    is_open: bool
    closed_because: str
    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    off_duty: tuple[str, ...]
    visits: tuple[Visit, ...]
    cancelled: tuple[Visit, ...]
    counts: dict[str, int]


def day_board(clinic: Clinic, day: date, *, lanes: str, permissions: Collection[str]) -> Board:
    """The board of ``day``, a column per specialist, or per room where ``lanes`` is “rooms”.

    ``permissions`` decide which buttons there are. Five queries, whatever the day holds.
    """
    hours, has = day_hours(clinic, day), resources_of(clinic)
    desk = Desk(clinic, has.specialists, has.rooms, permissions, timezone.now())
    found = list(rows_of_day(clinic, day))
    visits = {row.pk: visit_of(row, desk) for row in found}
    taken = [row for row in found if row.status != Appointment.Status.CANCELLED]
    columns, off_duty = (
        _room_lanes(clinic, hours, has.rooms, taken, visits)
        if lanes == "rooms"
        else _specialist_lanes(clinic, hours, has.specialists, taken, visits)
    )
    return Board(
        iso_day=day.isoformat(),
        heading=words.full_day(day),
        is_today=day == clinic.today(),
        previous=(day - timedelta(days=1)).isoformat(),
        following=(day + timedelta(days=1)).isoformat(),
        is_open=bool(hours.clinic),
        closed_because=hours.closed_because,
        lanes=tuple(columns),
        rows=tuple(_grid(hours, columns)),
        off_duty=tuple(off_duty),
        visits=tuple(visits[row.pk] for row in taken),
        cancelled=tuple(visits[row.pk] for row in found if row not in taken),
        counts=_counts(visits.values()),
    )


def _specialist_lanes(
    clinic: Clinic,
    hours: DayHours,
    specialists: Mapping[int, Specialist],
    rows: Sequence[Any],
    visits: dict[int, Visit],
) -> tuple[list[Lane], list[str]]:
    """A column for each one who works that day or has visits, and who is off duty."""
    lanes, off_duty = [], []
    for pk, specialist in specialists.items():
        own = [row for row in rows if row.specialist_id == pk]
        mask = hours.of_specialist(pk) if specialist.is_active else 0
        if own or mask:
            lanes.append(_lane(clinic, specialist.name, mask, own, visits))
        elif specialist.is_active:
            off_duty.append(specialist.name)
    return lanes, off_duty


def _room_lanes(
    clinic: Clinic,
    hours: DayHours,
    rooms: Mapping[int, Room],
    rows: Sequence[Any],
    visits: dict[int, Visit],
) -> tuple[list[Lane], list[str]]:
    lanes = []
    for pk, room in rooms.items():
        own = [row for row in rows if row.room_id == pk]
        if own or (room.is_active and hours.clinic):
            mask = hours.of_room(pk) if room.is_active else 0
            lanes.append(_lane(clinic, room.name, mask, own, visits))
    return lanes, []


def _lane(
    clinic: Clinic, name: str, mask: int, rows: Sequence[Any], visits: dict[int, Visit]
) -> Lane:
    closed = [Span(begin, end) for begin, end in closed_runs(mask)]
    taken = [_span(clinic, row, visits[row.pk]) for row in rows]
    return Lane(name, words.sessions(len(rows)), (*closed, *taken))


def _span(clinic: Clinic, row: Any, visit: Visit) -> Span:
    """The minutes of the clinic's day in which the specialist and the room are taken."""
    begin = clinic.local(row.treatment.lower)
    start = begin.hour * 60 + begin.minute
    length = int((row.treatment.upper - row.treatment.lower).total_seconds()) // 60
    return Span(start, min(start + length, 24 * 60), visit)


def _grid(hours: DayHours, lanes: Sequence[Lane]) -> list[Row]:
    """Rows from the first full hour that is open or has a visit to the last one."""
    if not lanes:
        return []
    busy = [span for lane in lanes for span in lane.spans if span.item]
    minutes = [(cell * 5, cell * 5 + 5) for cell in range(288) if hours.clinic >> cell & 1]
    spans = [(span.start, span.end) for span in busy] + minutes
    start = min(begin for begin, _end in spans) // 60 * 60
    end = -(-max(end for _begin, end in spans) // 60) * 60
    within = [
        [span for span in lane.spans if span.start < end and span.end > start] for lane in lanes
    ]
    return timetable_rows(within, start=start, end=end, step=STEP)


def _counts(visits: Iterable[Visit]) -> dict[str, int]:
    counts = {**dict.fromkeys(Appointment.Status.values, 0), "late": 0, "all": 0}
    for visit in visits:
        counts[visit.status] += 1
        counts["late"] += bool(visit.late)
        counts["all"] += visit.status != Appointment.Status.CANCELLED
    return counts
