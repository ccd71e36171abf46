"""When could a treatment begin? For all specialists of a clinic at once, over many days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cryoclinic.models import Clinic
from procedures.models import Protocol
from scheduling.availability import Question, read_availability
from scheduling.clock import wall_time
from scheduling.models import Specialist
from scheduling.planner import CELL_MINUTES, PlanRequest
from scheduling.planner.masks import possible_starts, starts_on
from scheduling.resources import resources_of

# No client has it: the free time is then that of specialists, rooms and devices alone.
NOBODY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A treatment may begin at any five minutes from ``first`` to ``last``, wall-clock “09:05”."""

    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """The windows of one specialist by day; a day without one is left out."""

    specialist: Specialist
    days: dict[date, tuple[Window, ...]]


def free_time(
    clinic: Clinic, protocol: Protocol, *, first_day: date, days: int
) -> tuple[FreeTime, ...]:
    """Per specialist with the skill, by id, when the protocol's treatment could begin.

    Three queries. A room, and a device where the procedure needs one, is free then too.
    """
    free = read_availability(
        Question(
            clinic=clinic,
            client_id=NOBODY,
            procedure_type=protocol.procedure_type,
            first_day=first_day,
            days=days,
        )
    )
    starts = possible_starts(
        PlanRequest(
            first_day=first_day,
            specialists=free.specialists,
            rooms=free.rooms,
            devices=free.devices,
            client=free.client,
            treatment_cells=protocol.occupied_minutes // CELL_MINUTES,
            visit_cells=protocol.visit_minutes // CELL_MINUTES,
            sessions=1,
            min_gap=1,
            max_gap=1,
        )
    )
    specialists = resources_of(clinic).specialists
    dates = [first_day + timedelta(days=number) for number in range(days)]
    return tuple(
        FreeTime(
            specialist=specialists[pk],
            days={
                day: windows
                for number, day in enumerate(dates)
                if (windows := tuple(_windows(starts_on(mask, number))))
            },
        )
        for pk, mask in starts.items()
    )


def _windows(mask: int) -> Iterator[Window]:
    """The runs of set bits, as times."""
    while mask:
        first = (mask & -mask).bit_length() - 1
        length = (~(mask >> first) & (mask >> first) + 1).bit_length() - 1
        yield Window(first=CLOCK[first], last=CLOCK[first + length - 1])
        mask &= mask + (1 << first)


CLOCK = [f"{wall_time(cell):%H:%M}" for cell in range(288)]
