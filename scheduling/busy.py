"""Who and what is busy when, from the database in one statement, as strips of cells.

A strip is a number with a bit for each five-minute cell from the first day's midnight on, of the
clinic's wall clock. PostgreSQL hands over plain instants, each list of them as the text of an array
that NumPy reads at once; putting thousands of them on the wall clock is a few array operations here
and several milliseconds there.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from cryoclinic.models import Clinic
from scheduling.planner import CELL_MINUTES, CELLS_PER_DAY

Owner = tuple[str, int]
Seconds = np.ndarray[Any, np.dtype[np.int64]]

SPECIALIST, ROOM, DEVICE, CLIENT = "specialist", "room", "device", "client"
OWNERS = (SPECIALIST, ROOM, DEVICE, CLIENT)
CLINIC = ("clinic", 0)

CELL_SECONDS = CELL_MINUTES * 60
EPOCH = date(1970, 1, 1)

# In floating point, whose steps are far below a second here: exact numbers take twice as long.
_SPANS = (
    "array_agg(floor(date_part('epoch', lower({0})))::bigint)::text,"
    " array_agg(ceil(date_part('epoch', upper({0})))::bigint)::text"
)

# One row for each group of owners that are busy together: a visit's specialist, room and device;
# the client; whoever is away, or nobody where the whole clinic is closed.
BUSY = f"""
SELECT specialist_id, room_id, device_id, NULL::bigint, {_SPANS.format("treatment")}
  FROM scheduling_appointment
 WHERE clinic_id = %(clinic)s AND day BETWEEN %(first)s AND %(last)s
   AND status <> 'cancelled' AND NOT id = ANY(%(except)s)
 GROUP BY specialist_id, room_id, device_id
UNION ALL
SELECT NULL, NULL, NULL, client_id, {_SPANS.format("visit")}
  FROM scheduling_appointment
 WHERE int8range(client_id, client_id, '[]') = int8range(%(client)s, %(client)s, '[]')
   AND visit && tstzrange(%(starts)s, %(ends)s)
   AND status <> 'cancelled' AND NOT id = ANY(%(except)s)
 GROUP BY client_id
UNION ALL
SELECT specialist_id, room_id, device_id, NULL, {_SPANS.format("period")}
  FROM scheduling_unavailability
 WHERE clinic_id = %(clinic)s AND period && tstzrange(%(starts)s, %(ends)s)
 GROUP BY specialist_id, room_id, device_id
"""  # noqa: S608 (put together of the constants above)


def read_busy(
    clinic: Clinic, *, client_id: int, first_day: date, days: int, ignoring: Collection[int]
) -> Mapping[Owner, int]:
    """What is taken of each resource, of the client and of the whole clinic, as strips.

    The appointments in ``ignoring`` (ids) count as not there.
    """
    last_day = first_day + timedelta(days=days - 1)
    asked: dict[str, Any] = {
        "clinic": clinic.pk,
        "client": client_id,
        "first": first_day,
        "last": last_day,
        "starts": datetime.combine(first_day, time(), tzinfo=clinic.zone),
        "ends": datetime.combine(last_day + timedelta(days=1), time(), tzinfo=clinic.zone),
        "except": list(ignoring),
    }
    with connection.cursor() as cursor:
        cursor.execute(BUSY, asked)
        rows = cursor.fetchall()
    strips = wall_clock(clinic.zone, first_day, days).strips(
        [_instants(starts) for *_ids, starts, _ends in rows],
        [_instants(ends) for *_ids, _starts, ends in rows],
    )
    busy: dict[Owner, int] = defaultdict(int)
    for (*ids, _starts, _ends), strip in zip(rows, strips, strict=True):
        owners = [(kind, pk) for kind, pk in zip(OWNERS, ids, strict=True) if pk is not None]
        for owner in owners or [CLINIC]:
            busy[owner] |= strip
    return busy


def _instants(text: str) -> Seconds:
    """The numbers of an array as PostgreSQL writes it, such as “{1795000000,1795003600}”."""
    return np.fromstring(text[1:-1], dtype=np.int64, sep=",")


@dataclass(frozen=True, slots=True)
class WallClock:
    """From instants (whole seconds of Unix time) to cells of some days in one zone.

    ``offsets[i]`` seconds are added up to the instant ``changes[i]``, the last one after them all.
    """

    midnight: int
    cells: int
    changes: Seconds
    offsets: Seconds

    def strips(self, starts: Sequence[Seconds], ends: Sequence[Seconds]) -> list[int]:
        """For each list of spans every cell that one of them touches.

        They may overlap and reach beyond the days.
        """
        if not starts:
            return []
        one, other = self._local(np.concatenate(starts)), self._local(np.concatenate(ends))
        # Where the clock is put back an end may read earlier than its start: those cells are
        # never offered, so the two are merely put in order.
        first = (np.minimum(one, other) // CELL_SECONDS).clip(0, self.cells)
        end = (-(-np.maximum(one, other) // CELL_SECONDS)).clip(0, self.cells)
        sizes = end - first
        before = np.repeat(np.arange(len(starts)) * self.cells, [len(each) for each in starts])
        # Every single cell of every span, each list in a row of its own.
        begins = np.repeat(before + first - (np.cumsum(sizes) - sizes), sizes)
        taken = np.zeros((len(starts), self.cells), dtype=np.bool_)
        taken.reshape(-1)[begins + np.arange(len(begins))] = True
        packed = np.packbits(taken, axis=1, bitorder="little")
        return [int.from_bytes(each.tobytes(), "little") for each in packed]

    def _local(self, seconds: Seconds) -> Seconds:
        """Seconds from the first day's midnight on the wall clock."""
        offset = self.offsets[np.searchsorted(self.changes, seconds, side="right")]
        return seconds + offset - self.midnight


@lru_cache(maxsize=512)
def wall_clock(zone: ZoneInfo, first_day: date, days: int) -> WallClock:
    """The clock of ``days`` days from ``first_day`` on."""
    midnights = [
        int(datetime.combine(first_day + timedelta(days=index), time(), tzinfo=zone).timestamp())
        for index in range(days + 1)
    ]
    changes = [
        _change(zone, begin, end)
        for begin, end in pairwise(midnights)
        if _offset(zone, begin) != _offset(zone, end)
    ]
    return WallClock(
        midnight=(first_day - EPOCH).days * 24 * 3600,
        cells=days * CELLS_PER_DAY,
        changes=np.array(changes, dtype=np.int64),
        offsets=np.array([_offset(zone, at) for at in (midnights[0], *changes)], dtype=np.int64),
    )


def _offset(zone: ZoneInfo, moment: int) -> int:
    """What the zone's clock is ahead of UTC then, in seconds."""
    ahead = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


def _change(zone: ZoneInfo, begin: int, end: int) -> int:
    """The first second after ``begin`` with another offset; there is one by ``end``."""
    before = _offset(zone, begin)
    while end - begin > 1:
        middle = (begin + end) // 2
        if _offset(zone, middle) == before:
            begin = middle
        else:
            end = middle
    return end
