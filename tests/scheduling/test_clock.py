"""Cells of the wall clock and instants, across the changes of the clock."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduling.clock import cell_at, instant, place_of, unclear_cells, wall_time
from scheduling.planner import cells

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("zone", "day", "cell", "expected"),
    [
        (BERLIN, date(2026, 3, 28), 120, datetime(2026, 3, 28, 9, tzinfo=UTC)),
        (BERLIN, date(2026, 3, 29), 120, datetime(2026, 3, 29, 8, tzinfo=UTC)),
        (BERLIN, date(2026, 10, 25), 120, datetime(2026, 10, 25, 9, tzinfo=UTC)),
        (NEW_YORK, date(2026, 3, 8), 126, datetime(2026, 3, 8, 14, 30, tzinfo=UTC)),
        (NEW_YORK, date(2026, 11, 1), 126, datetime(2026, 11, 1, 15, 30, tzinfo=UTC)),
        (LORD_HOWE, date(2026, 4, 4), 120, datetime(2026, 4, 3, 23, tzinfo=UTC)),
        (LORD_HOWE, date(2026, 4, 5), 120, datetime(2026, 4, 4, 23, 30, tzinfo=UTC)),
    ],
)
def test_a_cell_is_the_same_wall_time_on_every_day(zone, day, cell, expected):
    assert instant(zone, day, cell) == expected
    assert place_of(zone, expected) == (day, cell)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        (BERLIN, date(2026, 3, 28), 0),
        (BERLIN, date(2026, 3, 29), cells(24, 36)),
        (BERLIN, date(2026, 10, 25), cells(24, 36)),
        (NEW_YORK, date(2026, 3, 8), cells(24, 36)),
        (NEW_YORK, date(2026, 11, 1), cells(12, 24)),
        (LORD_HOWE, date(2026, 4, 5), cells(18, 24)),
        (LORD_HOWE, date(2026, 10, 4), cells(24, 30)),
    ],
)
def test_cells_that_do_not_exist_or_come_twice_are_unclear(zone, day, expected):
    assert unclear_cells(zone, day) == expected


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, LORD_HOWE])
def test_a_clear_cell_survives_the_round_trip(zone):
    for day in (date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4)):
        for cell in range(288):
            if not unclear_cells(zone, day) >> cell & 1:
                assert place_of(zone, instant(zone, day, cell)) == (day, cell)


def test_times_become_cells_inwards():
    assert [cell_at(time(9, 3)), cell_at(time(9, 3), up=True), cell_at(time(9, 5))] == [
        108,
        109,
        109,
    ]
    assert wall_time(126) == time(10, 30)
