"""Between instants and the planner's cells: five-minute steps of the clinic's wall clock.

A cell is counted from local midnight, whatever the clock does in between. Where it jumps, the
cells of the hour that is skipped or comes twice are never offered (``unclear_cells``), so that any
run of offered cells lasts as long as it reads.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduling.planner import CELL_MINUTES, CELLS_PER_DAY

CELL = timedelta(minutes=CELL_MINUTES)


def wall_time(cell: int) -> time:
    """``time(10, 30)`` for cell 126; midnight at the end of the day reads 0:00."""
    hours, minutes = divmod(cell * CELL_MINUTES, 60)
    return time(hours % 24, minutes)


def cell_at(moment: time, *, up: bool = False) -> int:
    """The cell that begins at or before the wall-clock time, or with ``up`` at or after it."""
    minutes = moment.hour * 60 + moment.minute
    return -(-minutes // CELL_MINUTES) if up else minutes // CELL_MINUTES


def instant(zone: ZoneInfo, day: date, cell: int) -> datetime:
    """The beginning of a cell, in UTC."""
    return datetime.combine(day, wall_time(cell), tzinfo=zone).astimezone(UTC)


def place_of(zone: ZoneInfo, moment: datetime) -> tuple[date, int]:
    """The day and the cell in which an instant lies."""
    local = moment.astimezone(zone)
    return local.date(), cell_at(local.time())


@lru_cache(maxsize=4096)
def unclear_cells(zone: ZoneInfo, day: date) -> int:
    """The mask of the day's cells that do not exist or come twice; 0 on all but two days a year."""
    before = datetime.combine(day, time(), tzinfo=zone).utcoffset()
    after = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).utcoffset()
    if before == after:
        return 0
    mask = 0
    for cell in range(CELLS_PER_DAY):
        moment = datetime.combine(day, wall_time(cell), tzinfo=zone)
        if moment.utcoffset() != moment.replace(fold=1).utcoffset():
            mask |= 1 << cell
    return mask
