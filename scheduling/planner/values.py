"""The planner's question and answer: pure values, no database, no clock.

Days are `datetime.date` on the clinic's calendar. Times of day are cells of five minutes of wall
clock, counted from local midnight. A mask is an int whose bit c says that cell c is free.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

CELL_MINUTES = 5
CELLS_PER_DAY = 288
FULL_DAY = (1 << CELLS_PER_DAY) - 1
MAX_SESSIONS = 12
MAX_DAYS = 366

Masks = tuple[int, ...]


def cells(first: int, last: int) -> int:
    """The mask of the cells first, ..., last - 1."""
    return ((1 << (last - first)) - 1) << first if last > first else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one unit of each part of the cost weighs; see `cost.plan_cost`.

    The defaults make the parts lexicographic: no sum of the lighter parts outweighs one unit of
    a heavier one.
    """

    over: int = 2**34
    confirmed: int = 2**30
    moved: int = 2**26
    change: int = 2**21
    distance: int = 2**9
    finish: int = 1

    def __post_init__(self) -> None:
        for name in ("over", "confirmed", "moved", "change", "distance", "finish"):
            if not 0 <= getattr(self, name) <= 2**44:
                raise ValueError(f"weight {name} must lie between 0 and 2**44")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One session's place: it starts at `cell` of `day`; `device` is None where none is needed."""

    day: date
    cell: int
    specialist: int
    room: int
    device: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """An appointment of this course that may be moved at a cost; `key` is the caller's own."""

    key: int
    day: date
    cell: int
    specialist: int
    room: int
    device: int | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What to place, where it may go, what is wished.

    Every tuple of masks has one mask per day from `first_day` on. The time of the appointments in
    `existing` must be free in all masks: they are this course's own. `treatment_cells` occupy
    specialist, room and device; `visit_cells` occupy the client and end by midnight. The plan uses
    the first `horizon` days; what the masks hold beyond it serves `Relax.LONGER` alone.
    `last_done`, `last_specialist`, `last_cell` describe the session before the first one to place.

    Raises ValueError for a question that has no meaning (lengths, ranges).
    """

    first_day: date
    specialists: Mapping[int, Masks]
    rooms: Mapping[int, Masks]
    devices: Mapping[int, Masks] | None
    treatment_cells: int
    visit_cells: int
    sessions: int
    min_gap: int
    max_gap: int
    client: Masks | None = None
    uncleared: Mapping[date, str] = field(default_factory=dict)
    last_done: date | None = None
    last_specialist: int | None = None
    last_cell: int | None = None
    weekdays: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None
    not_before: date | None = None
    only_specialist: int | None = None
    wished_cell: int | None = None
    wished_specialist: int | None = None
    existing: tuple[Existing, ...] = ()
    horizon: int | None = None
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        lengths = {len(masks) for masks in self._all_masks()}
        if len(lengths) > 1:
            raise ValueError("every resource needs one mask per day of the same days")
        if self.masked_days > MAX_DAYS:
            raise ValueError(f"at most {MAX_DAYS} days")
        if any(min(masks) < 0 or max(masks) > FULL_DAY for masks in self._all_masks() if masks):
            raise ValueError(f"a mask has {CELLS_PER_DAY} bits")
        if not 1 <= self.sessions <= MAX_SESSIONS:
            raise ValueError(f"sessions must lie between 1 and {MAX_SESSIONS}")
        if not 1 <= self.min_gap <= self.max_gap:
            raise ValueError("gaps need 1 <= min_gap <= max_gap")
        if not 1 <= self.treatment_cells <= self.visit_cells <= CELLS_PER_DAY:
            raise ValueError("a visit holds its treatment and fits a day")
        if self.horizon is not None and not 0 <= self.horizon <= self.masked_days:
            raise ValueError("the horizon lies within the days that have masks")
        if not self.weekdays <= frozenset(range(7)):
            raise ValueError("weekdays are numbered from 0, Monday, to 6")

    def _all_masks(self) -> list[Masks]:
        devices = self.devices or {}
        client = [] if self.client is None else [self.client]
        return [*self.specialists.values(), *self.rooms.values(), *devices.values(), *client]

    @property
    def masked_days(self) -> int:
        """How many days have masks."""
        return max((len(masks) for masks in self._all_masks()), default=0)

    @property
    def days(self) -> int:
        """How many days the plan may use."""
        return self.masked_days if self.horizon is None else self.horizon

    def day_of(self, index: int) -> date:
        """The calendar day `index` days after `first_day`."""
        return self.first_day + timedelta(days=index)

    def index_of(self, day: date) -> int:
        """Days from `first_day` to `day`; negative before it."""
        return (day - self.first_day).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The existing appointment `key` goes to slot `index`, or nowhere when the plan is shorter."""

    key: int
    index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Slots in order of day, and what follows from them; the tuples are aligned with `slots`.

    `gaps`: days since the session before, None where there is none. `over`: days beyond the
    maximum gap. `keys`: the existing appointment that is kept in or goes to the slot, None for a
    new one. `moves` lists the existing ones that are not kept. `changes`: see `plan_cost`.
    """

    slots: tuple[Slot, ...]
    cost: int
    gaps: tuple[int | None, ...]
    over: tuple[int, ...]
    keys: tuple[int | None, ...]
    moves: tuple[Move, ...]
    changes: int

    @property
    def days_over(self) -> int:
        """Days of gap beyond the maximum, over the whole plan."""
        return sum(self.over)


class Rule(Enum):
    """What can refuse a slot, in the order in which it is asked."""

    HORIZON = "horizon"
    UNCLEARED = "uncleared"
    TOO_SOON = "too_soon"
    MIDNIGHT = "midnight"
    SPECIALIST = "specialist"
    ROOM = "room"
    DEVICE = "device"
    CLIENT = "client"
    NOT_BEFORE = "not_before"
    WEEKDAY = "weekday"
    HOURS = "hours"
    ONLY_SPECIALIST = "only_specialist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The first rule that refuses a slot, with the facts a sentence about it needs.

    `resource`: the busy specialist, room or device; None when no single one is named. `until`: the
    cell at which what refuses ends, None when not on that day. `neighbour` and `gap`: the session
    that is too near and the days to it. `code`: the caller's own word for a day not cleared.
    """

    rule: Rule
    day: date
    resource: int | None = None
    until: int | None = None
    neighbour: date | None = None
    gap: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A slot that one session could take while the others stay.

    `over`: days beyond the maximum gap on both its sides together.
    """

    slot: Slot
    gap_before: int | None
    gap_after: int | None
    over: int


class Relax(Enum):
    """The changes that can make an infeasible request feasible, the smallest first."""

    HOURS = "hours"
    WEEKDAYS = "weekdays"
    SPECIALIST = "specialist"
    NOT_BEFORE = "not_before"
    WISHES = "wishes"
    LONGER = "longer"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One change and the best plan it gives.

    `value` depends on `kind`. HOURS: (first cell, last cell), widened by as few cells as will do.
    WEEKDAYS: the weekdays to allow, as few more as will do. SPECIALIST: the others who help out.
    NOT_BEFORE: the latest day that will do. WISHES: the `Relax` kinds of the fewest wishes that
    must be dropped together, where no single wish will do. LONGER: days more. FEWER: sessions.
    """

    kind: Relax
    value: tuple[int, int] | frozenset[int] | frozenset[Relax] | date | int
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasible:
    """The proof that there is no plan, and the smallest changes that would give one.

    `dates` places each session on the earliest day that any plan could reach; no chain of dates is
    longer, so `fits` sessions at most can be had. `closed` counts the days that each rule takes
    away, each day under the first rule that leaves nothing of it.
    """

    sessions: int
    fits: int
    dates: tuple[date, ...]
    closed: Mapping[Rule, int]
    relaxations: tuple[Relaxation, ...] = ()
