"""When a day is open and when it is closed, in five-minute cells of the clinic's clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cryoclinic.models import Clinic
from scheduling.clock import cell_at
from scheduling.models import Unavailability
from scheduling.planner import CELL_MINUTES, CELLS_PER_DAY, FULL_DAY, cells
from scheduling.resources import Hours, resources_of


def closed_runs(mask: int) -> list[tuple[int, int]]:
    """The minutes (half-open) of the day in which the mask of open cells has none."""
    runs: list[tuple[int, int]] = []
    for cell in range(CELLS_PER_DAY):
        if mask >> cell & 1:
            continue
        begin, end = cell * CELL_MINUTES, (cell + 1) * CELL_MINUTES
        if runs and runs[-1][1] == begin:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((begin, end))
    return runs


@dataclass(frozen=True)
class DayHours:
    """The open cells of one day: of the clinic, of each specialist, of each room."""

    clinic: int
    specialists: dict[int, int]
    rooms: dict[int, int]
    closed_because: str

    def of_specialist(self, pk: int) -> int:
        return self.specialists.get(pk, 0)

    def of_room(self, pk: int) -> int:
        return self.rooms.get(pk, self.clinic)


def day_hours(clinic: Clinic, day: date) -> DayHours:
    """The hours of ``day`` at the clinic, in one query besides the set-up's."""
    has = resources_of(clinic)
    span = (clinic.midnight(day), clinic.midnight(day + timedelta(days=1)))
    away = list(Unavailability.objects.filter(clinic=clinic).overlapping(span))
    opening = _mask(has.opening, day)
    staff = {specialist: _mask(own, day) for specialist, own in has.working.items()}
    shut = _away_mask(clinic, day, (a for a in away if _is_of_clinic(a)))
    because = next((a.reason for a in away if _is_of_clinic(a) and a.reason), "")
    opening &= FULL_DAY & ~shut
    for specialist in staff:
        gone = (a for a in away if a.specialist_id == specialist)
        staff[specialist] &= opening & ~_away_mask(clinic, day, gone)
    rooms = {
        room: opening & ~_away_mask(clinic, day, (a for a in away if a.room_id == room))
        for room in {a.room_id for a in away if a.room_id}
    }
    return DayHours(opening, staff, rooms, because)


def _mask(hours: Iterable[Hours], day: date) -> int:
    mask = 0
    for row in hours:
        if row.weekday == day.weekday() and row.holds_on(day):
            mask |= cells(cell_at(row.starts), row.end_cell)
    return mask


def _is_of_clinic(away: Unavailability) -> bool:
    return away.specialist_id is None and away.room_id is None and away.device_id is None


def _away_mask(clinic: Clinic, day: date, away: Iterable[Unavailability]) -> int:
    """The cells of the day that the periods touch."""
    mask = 0
    for item in away:
        begin, end = clinic.local(item.period.lower), clinic.local(item.period.upper)
        first = cell_at(begin.time()) if begin.date() == day else 0
        last = cell_at(end.time(), up=True) if end.date() == day else CELLS_PER_DAY
        mask |= cells(first, last)
    return mask
