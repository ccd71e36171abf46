from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.busy import CELL_SECONDS, wall_clock
from scheduling.clock import place_of
from scheduling.planner import CELLS_PER_DAY

DAYS = 10
# Days before a change of the clock of each zone, and a zone without one.
FIRST_DAYS = [
    ("Europe/Berlin", date(2031, 3, 25)),
    ("Europe/Berlin", date(2031, 10, 20)),
    ("America/New_York", date(2031, 3, 5)),
    ("Australia/Lord_Howe", date(2031, 4, 1)),
    ("Australia/Lord_Howe", date(2031, 9, 30)),
    ("Europe/Moscow", date(2031, 3, 25)),
]


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def cell_of(zone: ZoneInfo, first: date, moment: int) -> int:
    """Through the calendar, one instant at a time."""
    day, cell = place_of(zone, datetime.fromtimestamp(moment, UTC))
    return (day - first).days * CELLS_PER_DAY + cell


@pytest.mark.parametrize(("name", "first"), FIRST_DAYS)
@given(
    spans=st.lists(
        st.tuples(st.integers(-86_400, DAYS * 86_400), st.integers(1, 200_000)),
        min_size=1,
        max_size=8,
    )
)
def test_strip_has_the_cells_that_the_calendar_gives(name, first, spans):
    zone = ZoneInfo(name)
    midnight = seconds(datetime.combine(first, datetime.min.time(), tzinfo=zone))
    starts = [midnight + begin for begin, _length in spans]
    ends = [midnight + begin + length for begin, length in spans]

    expected = 0
    for start, end in zip(starts, ends, strict=True):
        one, other = cell_of(zone, first, start), cell_of(zone, first, end)
        moments = sorted(
            datetime.fromtimestamp(at, UTC).astimezone(zone).replace(tzinfo=None)
            for at in (start, end)
        )
        last = moments[1]
        on_the_grid = (last.minute * 60 + last.second) % CELL_SECONDS == 0
        for cell in range(max(0, min(one, other)), max(one, other) + (not on_the_grid)):
            if cell < DAYS * CELLS_PER_DAY:
                expected |= 1 << cell

    assert wall_clock(zone, first, DAYS).strip(starts, ends) == expected
