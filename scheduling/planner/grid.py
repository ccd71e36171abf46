"""The arrays of one search: what each possible start costs by itself.

Axes are [specialist, day, cell]: specialists in order of id, days and cells cropped to those that
matter. A start that is not possible costs `infinity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.planner.cost import moving_cost
from scheduling.planner.days import Windows
from scheduling.planner.masks import DAY_BYTES
from scheduling.planner.values import CELLS_PER_DAY, PlanRequest

Costs = NDArray[np.signedinteger]

SMALL = 1 << 26
LARGE = 1 << 57


@dataclass(frozen=True, slots=True)
class Grid:
    """`own` costs; where a time of day is wished, one cell per specialist and day is left: `cells`
    has the start it stands for, and starts of neighbouring sessions are not compared."""

    specialists: list[int]
    first_day: int
    first_cell: int
    own: Costs
    cells: NDArray[np.intp] | None
    infinity: int

    def cell_at(self, specialist: int, day: int, cell: int) -> int:
        """The cell of the day behind an index of the array."""
        chosen = cell if self.cells is None else int(self.cells[specialist, day])
        return self.first_cell + chosen


def bound(request: PlanRequest, windows: Windows) -> int:
    """A cost that no plan within the windows exceeds."""
    weights = request.weights
    beyond = 0
    if not windows.within:
        beyond = request.days
        if request.last_done is not None:
            beyond += max(0, -request.index_of(request.last_done))
    cells = [0, CELLS_PER_DAY, request.wished_cell or 0, request.last_cell or 0]
    return (
        weights.over * beyond
        + sum(moving_cost(request, item) for item in request.existing)
        + weights.change * 2 * request.sessions
        + weights.distance * request.sessions * (max(cells) - min(cells))
        + weights.finish * request.days
    )


def build_grid(request: PlanRequest, starts: Mapping[int, int], windows: Windows) -> Grid:
    """The grid over the days of the windows and the cells that have any start."""
    most = bound(request, windows)
    if most >= LARGE:
        raise ValueError("the weights are too large to be added up in 64 bits")
    # Twelve infinities must add up without overflow, and 32 bits are twice as fast as 64.
    dtype, infinity = (np.int32, 2 * SMALL) if most < SMALL else (np.int64, 2 * LARGE)
    bits, first_cell = _bits(request, starts, windows)
    own: Costs = np.multiply(bits ^ 1, infinity, dtype=dtype)
    specialists = list(starts)
    _add_wishes(request, own, specialists, first_cell)
    _add_existing(request, own, specialists, (windows.first[0], first_cell))
    cells = None
    if request.wished_cell is not None:
        cells = own.argmin(axis=2)
        own = np.take_along_axis(own, cells[:, :, None], axis=2)
    return Grid(specialists, windows.first[0], first_cell, own, cells, infinity)


def _bits(
    request: PlanRequest, starts: Mapping[int, int], windows: Windows
) -> tuple[NDArray[np.uint8], int]:
    """Zeros and ones by specialist, day and cell, and the cell that comes first."""
    raw = b"".join(mask.to_bytes(DAY_BYTES * request.days, "little") for mask in starts.values())
    packed = np.frombuffer(raw, np.uint8).reshape(len(starts), request.days, DAY_BYTES)
    packed = packed[:, windows.first[0] : windows.last[-1] + 1]
    used = np.flatnonzero(packed.any(axis=(0, 1)))
    first, last = int(used[0]), int(used[-1])
    bits = np.unpackbits(packed[:, :, first : last + 1], axis=2, bitorder="little")
    return bits, 8 * first


def _add_wishes(request: PlanRequest, own: Costs, specialists: list[int], first_cell: int) -> None:
    weights = request.weights
    if request.wished_cell is not None:
        cells = np.arange(first_cell, first_cell + own.shape[2])
        own += (weights.distance * np.abs(cells - request.wished_cell)).astype(own.dtype)
    if request.wished_specialist is not None:
        for index, specialist in enumerate(specialists):
            if specialist != request.wished_specialist:
                own[index] += weights.change


def _add_existing(
    request: PlanRequest, own: Costs, specialists: list[int], origin: tuple[int, int]
) -> None:
    """Keeping an appointment takes back what moving it would cost."""
    first_day, first_cell = origin
    _, days, cells = own.shape
    for item in request.existing:
        day, cell = request.index_of(item.day) - first_day, item.cell - first_cell
        if item.specialist in specialists and 0 <= day < days and 0 <= cell < cells:
            own[specialists.index(item.specialist), day, cell] -= moving_cost(request, item)
