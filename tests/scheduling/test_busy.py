from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
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


SPANS = st.lists(
    st.tuples(st.integers(-86_400, DAYS * 86_400), st.integers(1, 200_000)), min_size=1, max_size=8
)


def by_the_calendar(zone: ZoneInfo, first: date, starts: list[int], ends: list[int]) -> int:
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
    return expected


@pytest.mark.parametrize(("name", "first"), FIRST_DAYS)
@given(lists=st.lists(SPANS, max_size=4))
def test_strips_have_the_cells_that_the_calendar_gives(name, first, lists):
    zone = ZoneInfo(name)
    midnight = seconds(datetime.combine(first, datetime.min.time(), tzinfo=zone))
    starts = [[midnight + begin for begin, _length in spans] for spans in lists]
    ends = [[midnight + begin + length for begin, length in spans] for spans in lists]

    found = wall_clock(zone, first, DAYS).strips(
        [np.array(each) for each in starts], [np.array(each) for each in ends]
    )

    assert found == [by_the_calendar(zone, first, *each) for each in zip(starts, ends, strict=True)]
