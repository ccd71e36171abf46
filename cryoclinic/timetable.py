"""A day as a table: turns lanes of timed items into rows whose cells span several rows.

The content security policy forbids inline positions, and a table is what a screen reader
understands; so a day board is a ``<table>`` with one row per step and ``rowspan`` for what lasts
longer. Times are minutes from local midnight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

HOUR = 60


@dataclass(frozen=True, slots=True)
class Span:
    """What fills a lane from ``start`` to ``end`` (half-open); without an item, closed time."""

    start: int
    end: int
    item: Any = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: ``span`` rows high, holding an item, closed time, or nothing."""

    span: int
    item: Any = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One step of the day; ``hour_span`` is the height of the hour's heading, 0 where none is."""

    minute: int
    label: str
    on_hour: bool
    hour_span: int
    cells: tuple[Cell, ...]


def timetable_rows(
    lanes: Sequence[Sequence[Span]], *, start: int, end: int, step: int = 5
) -> list[Row]:
    """Rows of ``step`` minutes over [start, end) with one column per lane.

    ``step`` divides 60 and ``start``. Items win over closed time. An item shorter than a step still
    gets one, and items of a lane that would share a step follow one another, so that none is
    hidden. Free and closed time is cut at full hours, where the lines are drawn.
    """
    minutes = range(start, end, step)
    columns = [_column(lane, minutes) for lane in lanes]
    return [
        Row(
            minute=minute,
            label=f"{minute // HOUR:02d}:{minute % HOUR:02d}",
            on_hour=minute % HOUR == 0,
            hour_span=_steps_to_hour(minute, minutes)
            if minute == start or not minute % HOUR
            else 0,
            cells=tuple(column[index] for column in columns if index in column),
        )
        for index, minute in enumerate(minutes)
    ]


def _steps_to_hour(minute: int, minutes: range) -> int:
    """How many rows lie between ``minute`` and the next full hour or the end of the day."""
    following = (minute // HOUR + 1) * HOUR
    return len(range(minute, min(following, minutes.stop), minutes.step))


def _column(lane: Sequence[Span], minutes: range) -> dict[int, Cell]:
    """The cells of one lane by the index of the row in which each begins."""
    owners: list[tuple[str, int]] = [("free", minute // HOUR) for minute in minutes]
    for span in (span for span in lane if span.item is None):
        for index in _steps(span, minutes):
            owners[index] = ("closed", minutes[index] // HOUR)
    items = sorted((span for span in lane if span.item is not None), key=lambda span: span.start)
    taken = 0
    for number, span in enumerate(items):
        for index in _steps(span, minutes, after=taken, least=1):
            owners[index] = ("item", number)
            taken = index + 1
    cells: dict[int, Cell] = {}
    begin = 0
    for (kind, number), run in groupby(owners):
        length = len(list(run))
        item = items[number].item if kind == "item" else None
        cells[begin] = Cell(span=length, item=item, closed=kind == "closed")
        begin += length
    return cells


def _steps(span: Span, minutes: range, *, after: int = 0, least: int = 0) -> range:
    """The rows a span covers, none before ``after``; at least ``least`` while there is room."""
    first = max((span.start - minutes.start) // minutes.step, after, 0)
    last = max(-((minutes.start - span.end) // minutes.step), first + least)
    return range(min(first, len(minutes)), min(last, len(minutes)))
