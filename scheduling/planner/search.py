"""The exact search: dynamic programming over sessions, days, specialists and starts.

Backwards from the last session, `costs[k][s, d, c]` is the least cost of sessions k, k + 1, ...
when session k is done by specialist s on day d from cell c. Then the plan is read forwards, so that
of several best plans the one is taken whose first session comes first by day, specialist's id and
cell, then the second one, and so on. The parts of the cost are those of `cost.plan_cost`;
docs/planner.md has the recurrence and the proof.
"""

from dataclasses import dataclass

import numpy as np

from scheduling.planner.cost import summarize
from scheduling.planner.days import Windows, days_of, windows_beyond, windows_within
from scheduling.planner.grid import Costs, Grid, bound, build_grid
from scheduling.planner.masks import place, possible_starts, union
from scheduling.planner.values import Plan, PlanRequest


@dataclass(frozen=True, slots=True)
class Start:
    """Where a session begins: day index, cell, specialist's id."""

    day: int
    cell: int
    specialist: int


def best_plan(request: PlanRequest) -> Plan | None:
    """The plan of least cost, or None when there is none; ties as described above.

    A kept appointment keeps its room and device where they are free; every other session gets the
    free ones with the lowest id.
    """
    found = search(request)
    if found is None:
        return None
    slots = [place(request, start.day, start.cell, start.specialist) for start in found]
    return summarize(request, slots)


def search(request: PlanRequest) -> list[Start] | None:
    """The best place of each session in order of day, or None when they can't all be placed."""
    starts = possible_starts(request)
    days = days_of(union(starts.values()), request.days)
    windows = windows_within(request, days)
    # One day beyond the maximum gap may be worth it only if it weighs less than all the rest.
    if windows is None or bound(request, windows) >= request.weights.over:
        windows = windows_beyond(request, days)
    if windows is None:
        return None
    return _Search(request, windows, build_grid(request, starts, windows)).best()


class _Search:
    """One search. `windows` are counted from the grid's first day."""

    def __init__(self, request: PlanRequest, windows: Windows, grid: Grid) -> None:
        self.request = request
        self.weights = request.weights
        self.grid = grid
        self.within = windows.within
        self.first = [day - grid.first_day for day in windows.first]
        self.last = [day - grid.first_day for day in windows.last]
        cells = grid.own.shape[2]
        weight = self.weights.distance if grid.cells is None else 0
        self.ramp = (weight * np.arange(cells)).astype(grid.own.dtype)
        # The same for every specialist and day, written out: NumPy is quicker without broadcasts.
        longest = max(last - first + 1 for first, last in zip(self.first, self.last, strict=True))
        self.ramps = np.empty((grid.own.shape[0], longest, cells), grid.own.dtype)
        self.ramps[:] = self.ramp

    def best(self) -> list[Start]:
        costs = self._backwards()
        first = costs[0] + self._before()
        specialist, day, cell = self._earliest_least(first)
        chain = [(specialist, day + self.first[0], cell)]
        for session in range(1, self.request.sessions):
            chain.append(self._next(costs[session], session, chain[-1]))
        return [
            Start(
                day + self.grid.first_day, self.grid.cell_at(s, day, cell), self.grid.specialists[s]
            )
            for s, day, cell in chain
        ]

    def _own(self, session: int) -> Costs:
        return self.grid.own[:, self.first[session] : self.last[session] + 1]

    def _backwards(self) -> list[Costs]:
        last = self.request.sessions - 1
        days = np.arange(self.first[last], self.last[last] + 1, dtype=self.grid.own.dtype)
        costs = [self._own(last) + (self.weights.finish * (days + self.grid.first_day))[:, None]]
        for session in range(last - 1, -1, -1):
            ahead = self._over_days(session, costs[-1])
            if ahead.shape[0] > 1:
                np.minimum(ahead, ahead.min(axis=0) + self.weights.change, out=ahead)
            if self.grid.cells is None:
                ahead = self._over_cells(ahead)
            ahead += self._own(session)
            costs.append(ahead)
        return costs[::-1]

    def _over_days(self, session: int, after: Costs) -> Costs:
        """The least of the next session's costs over its days, per day of this session."""
        request = self.request
        first, last = self.first[session], self.last[session]
        next_first, next_last = self.first[session + 1], self.last[session + 1]
        shape = (after.shape[0], last - first + 1, after.shape[2])
        ahead: Costs = np.full(shape, self.grid.infinity, after.dtype)
        for gap in range(request.min_gap, request.max_gap + 1):
            start, stop = max(first, next_first - gap), min(last, next_last - gap) + 1
            if start < stop:
                here = ahead[:, start - first : stop - first]
                there = after[:, start + gap - next_first : stop + gap - next_first]
                np.minimum(here, there, out=here)
        if not self.within:
            self._beyond(ahead, after, first, next_first - request.max_gap - 1)
        return ahead

    def _beyond(self, ahead: Costs, after: Costs, first: int, shifted: int) -> None:
        """Lower `ahead` by gaps beyond the maximum: one running minimum from the last day back.

        Day i of `after` is one day beyond the maximum for day `shifted` + i of this session.
        """
        weight = self.weights.over
        slope = weight * np.arange(after.shape[1], dtype=after.dtype)[:, None]
        least = np.minimum.accumulate((after + slope)[:, ::-1], axis=1)[:, ::-1] - slope + weight
        start = max(first, shifted)
        stop = min(first + ahead.shape[1], shifted + after.shape[1])
        if start < stop:
            here = ahead[:, start - first : stop - first]
            np.minimum(here, least[:, start - shifted : stop - shifted], out=here)
        # Days before `shifted` are further off still from the first day of `after`.
        early = min(shifted, first + ahead.shape[1]) - first
        if early > 0:
            further = weight * np.arange(shifted - first, shifted - first - early, -1)
            here = ahead[:, :early]
            np.minimum(here, least[:, :1] + further.astype(after.dtype)[:, None], out=here)

    def _over_cells(self, ahead: Costs) -> Costs:
        """The least over all starts, each plus its distance: two passes, up and down the day."""
        ramps = self.ramps[:, : ahead.shape[1]]
        up = ahead - ramps
        np.minimum.accumulate(up, axis=2, out=up)
        up += ramps
        down = ahead
        down += ramps
        np.minimum.accumulate(down[:, :, ::-1], axis=2, out=down[:, :, ::-1])
        down -= ramps
        return np.minimum(up, down, out=up)

    def _before(self) -> Costs:
        """What the first session costs for the session before the plan."""
        request, grid = self.request, self.grid
        specialists, _, cells = grid.own.shape
        days = self.last[0] - self.first[0] + 1
        extra: Costs = np.zeros((specialists, days, cells), grid.own.dtype)
        if request.last_specialist is not None:
            for index, specialist in enumerate(grid.specialists):
                if specialist != request.last_specialist:
                    extra[index] += self.weights.change
        if request.last_cell is not None and grid.cells is None:
            where = np.arange(grid.first_cell, grid.first_cell + cells)
            distance = self.weights.distance * np.abs(where - request.last_cell)
            extra += distance.astype(extra.dtype)
        if request.last_done is not None and not self.within:
            start = grid.first_day + self.first[0] - request.index_of(request.last_done)
            beyond = np.maximum(np.arange(start, start + days) - request.max_gap, 0)
            extra += (self.weights.over * beyond).astype(extra.dtype)[:, None]
        return extra

    def _next(
        self, costs: Costs, session: int, before: tuple[int, int, int]
    ) -> tuple[int, int, int]:
        """The earliest best place of a session after the one chosen before it."""
        specialist, day, cell = before
        first = self.first[session]
        start = max(first, day + self.request.min_gap)
        stop = min(self.last[session], day + self.request.max_gap) + 1
        if not self.within:
            stop = self.last[session] + 1
        here = costs[:, start - first : stop - first] + np.abs(self.ramp - self.ramp[cell])
        here += self.weights.change
        here[specialist] -= self.weights.change
        if not self.within:
            beyond = np.maximum(np.arange(start - day, stop - day) - self.request.max_gap, 0)
            here += (self.weights.over * beyond).astype(here.dtype)[:, None]
        found, offset, at = self._earliest_least(here)
        return found, start + offset, at

    @staticmethod
    def _earliest_least(costs: Costs) -> tuple[int, int, int]:
        """Index of the least cost; of equal ones the first by day, specialist, cell."""
        specialists, _, cells = costs.shape
        flat = int(costs.transpose(1, 0, 2).argmin())
        day, rest = divmod(flat, specialists * cells)
        specialist, cell = divmod(rest, cells)
        return specialist, day, cell
