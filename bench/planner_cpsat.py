"""The same question put to OR-Tools CP-SAT: the reference for optimum and speed.

It shares no code with the planner but the values. Each session is a day, a specialist and a start,
tied by a table of the possible ones, which was the fastest of the models tried; the cost is the
same integer.
"""

from dataclasses import dataclass
from time import perf_counter

from ortools.sat.python import cp_model

from scheduling.planner import CELLS_PER_DAY, PlanRequest

Place = tuple[int, int, int]
"""Day index, specialist, start cell."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`cost` is None where there is no plan; `seconds` is the solver's time, the model's not
    counted; `proved` is False when the time limit came first."""

    cost: int | None
    seconds: float
    proved: bool


def solve(request: PlanRequest, *, workers: int = 2, limit: float = 120.0) -> Answer:
    """The optimum according to CP-SAT."""
    possible = places(request)
    if not possible:
        return Answer(None, 0.0, proved=True)
    model = _Model(request, possible)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = limit
    started = perf_counter()
    status = solver.solve(model.model)
    seconds = perf_counter() - started
    cost = round(solver.objective_value) if status == cp_model.OPTIMAL else None
    return Answer(cost, seconds, proved=status in (cp_model.OPTIMAL, cp_model.INFEASIBLE))


def places(request: PlanRequest) -> list[Place]:
    """Every possible start, looked at one by one."""
    found = []
    first, last = request.hours or (0, CELLS_PER_DAY)
    closed = {request.index_of(day) for day in request.uncleared}
    earliest = request.index_of(request.not_before) if request.not_before else 0
    for day in range(request.days):
        weekday = request.day_of(day).weekday()
        if day in closed or day < earliest or weekday not in (request.weekdays or range(7)):
            continue
        for cell in range(max(first, 0), CELLS_PER_DAY - request.visit_cells + 1):
            if cell + request.treatment_cells <= last and _all_but_specialist(request, day, cell):
                found += [
                    (day, specialist, cell)
                    for specialist, masks in request.specialists.items()
                    if request.only_specialist in (None, specialist)
                    and _free(masks[day], cell, request.treatment_cells)
                ]
    return found


def fits(request: PlanRequest) -> bool:
    """Whether the sessions can be placed at all: the earliest day each time."""
    earliest = 0
    if request.last_done is not None:
        earliest = request.index_of(request.last_done) + request.min_gap
    count = 0
    for day in sorted({day for day, _, _ in places(request)}):
        if day >= earliest:
            count += 1
            earliest = day + request.min_gap
    return count >= request.sessions


def _all_but_specialist(request: PlanRequest, day: int, cell: int) -> bool:
    long = request.treatment_cells
    return (
        any(_free(masks[day], cell, long) for masks in request.rooms.values())
        and (
            request.devices is None
            or any(_free(masks[day], cell, long) for masks in request.devices.values())
        )
        and (request.client is None or _free(request.client[day], cell, request.visit_cells))
    )


def _free(mask: int, cell: int, length: int) -> bool:
    return all(mask >> each & 1 for each in range(cell, cell + length))


class _Model:
    """Variables per session: day, specialist, start, and what this place costs by itself."""

    def __init__(self, request: PlanRequest, possible: list[Place]) -> None:
        self.request = request
        self.model = cp_model.CpModel()
        self.terms: list[cp_model.LinearExpr] = []
        self.days: list[cp_model.IntVar] = []
        self.specialists: list[cp_model.IntVar] = []
        self.cells: list[cp_model.IntVar] = []
        for session in range(request.sessions):
            self._add_session(session, possible)
        for session in range(1, request.sessions):
            self._add_gap(self.days[session - 1], self.days[session])
            self._add_change(session)
            if request.wished_cell is None:
                self._add_distance(session)
        if request.last_done is not None:
            self._add_gap(request.index_of(request.last_done), self.days[0])
        constant = sum(self._moving(item.confirmed) for item in request.existing)
        finish = request.weights.finish * self.days[-1]
        self.model.minimize(constant + finish + sum(self.terms))

    def _moving(self, confirmed: bool) -> int:
        return self.request.weights.confirmed if confirmed else self.request.weights.moved

    def _add_session(self, session: int, possible: list[Place]) -> None:
        rows = [(*place, self._own(place, first=session == 0)) for place in possible]
        variables = [
            self.model.new_int_var_from_domain(
                cp_model.Domain.from_values(sorted(set(column))), f"{name}{session}"
            )
            for name, column in zip(
                ("day", "specialist", "cell", "own"), zip(*rows, strict=True), strict=True
            )
        ]
        self.model.add_allowed_assignments(variables, rows)
        day, specialist, cell, own = variables
        self.days.append(day)
        self.specialists.append(specialist)
        self.cells.append(cell)
        self.terms.append(own)

    def _own(self, place: Place, *, first: bool) -> int:
        request, weights = self.request, self.request.weights
        _, specialist, cell = place
        cost = 0
        if request.wished_specialist not in (None, specialist):
            cost += weights.change
        if request.wished_cell is not None:
            cost += weights.distance * abs(cell - request.wished_cell)
        elif first and request.last_cell is not None:
            cost += weights.distance * abs(cell - request.last_cell)
        if first and request.last_specialist not in (None, specialist):
            cost += weights.change
        for item in request.existing:
            if (request.index_of(item.day), item.specialist, item.cell) == place:
                cost -= self._moving(item.confirmed)
        return cost

    def _add_gap(self, before: cp_model.IntVar | int, after: cp_model.IntVar) -> None:
        request = self.request
        self.model.add(after - before >= request.min_gap)
        beyond = self.model.new_int_var(0, 2 * request.days + 366, "")
        self.model.add(beyond >= after - before - request.max_gap)
        self.terms.append(request.weights.over * beyond)

    def _add_change(self, session: int) -> None:
        changed = self.model.new_bool_var("")
        same = self.specialists[session - 1] == self.specialists[session]
        self.model.add(same).only_enforce_if(changed.Not())
        self.terms.append(self.request.weights.change * changed)

    def _add_distance(self, session: int) -> None:
        distance = self.model.new_int_var(0, CELLS_PER_DAY, "")
        self.model.add(distance >= self.cells[session] - self.cells[session - 1])
        self.model.add(distance >= self.cells[session - 1] - self.cells[session])
        self.terms.append(self.request.weights.distance * distance)
