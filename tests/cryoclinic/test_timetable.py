"""The day board's table: every lane fills every row exactly once."""

from hypothesis import given
from hypothesis import strategies as st

from cryoclinic.timetable import Cell, Row, Span, timetable_rows


def test_timetable_spans_items_and_cuts_free_time_at_the_hour() -> None:
    lane = [Span(565, 575, item="Ada"), Span(600, 620)]
    assert timetable_rows([lane], start=560, end=640, step=20) == [
        Row(560, "09:20", False, 2, (Cell(1, item="Ada"),)),
        Row(580, "09:40", False, 0, (Cell(1),)),
        Row(600, "10:00", True, 2, (Cell(1, closed=True),)),
        Row(620, "10:20", False, 0, (Cell(1),)),
    ]


def test_timetable_item_wins_over_closed_time() -> None:
    lane = [Span(600, 660), Span(615, 630, item="Ada")]
    cells = [row.cells for row in timetable_rows([lane], start=600, end=660, step=15)]
    assert cells == [
        (Cell(1, closed=True),),
        (Cell(1, item="Ada"),),
        (Cell(2, closed=True),),
        (),
    ]


def test_timetable_leaves_out_closed_time_of_other_hours() -> None:
    lane = [Span(0, 600), Span(660, 1440)]
    cells = [row.cells for row in timetable_rows([lane], start=600, end=660, step=30)]
    assert cells == [(Cell(2),), ()]


def test_timetable_items_in_one_step_follow_one_another() -> None:
    lane = [Span(602, 603, item="second"), Span(600, 602, item="first")]
    cells = [row.cells for row in timetable_rows([lane], start=600, end=615, step=5)]
    assert cells == [(Cell(1, item="first"),), (Cell(1, item="second"),), (Cell(1),)]


minutes = st.integers(min_value=400, max_value=900)
spans = st.builds(
    lambda first, length, item: Span(first, first + length, item),
    minutes,
    st.integers(min_value=1, max_value=200),
    st.none() | st.integers(),
)


@given(st.lists(st.lists(spans, max_size=6), max_size=4))
def test_timetable_lanes_fill_every_row_exactly_once(lanes: list[list[Span]]) -> None:
    rows = timetable_rows(lanes, start=480, end=780, step=5)
    covered = [cell.span for row in rows for cell in row.cells]
    assert sum(covered) == len(rows) * len(lanes)
    assert sum(row.hour_span for row in rows) == len(rows)
