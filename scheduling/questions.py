"""What the planner is asked about a course, new or existing: the one place that builds a request.

Planning, changing by hand, booking, moving and adding a session are all judged by such a request,
so that they can't follow different rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from clients.facts import screening_facts
from clients.models import Client, Screening
from clients.verdict import ScreeningFacts, uncleared_days
from cryoclinic.models import Clinic
from procedures.models import ProcedureType, Protocol, Zone
from procedures.selectors import protocol_for
from scheduling.availability import Question, read_availability
from scheduling.clock import cell_at
from scheduling.errors import NotCleared
from scheduling.models import Course
from scheduling.planner import CELL_MINUTES, CELLS_PER_DAY, PlanRequest
from scheduling.wishes import Wishes

# Days of slack behind the longest plan that keeps every gap, for busy weeks and narrow wishes.
SLACK_DAYS = 21
# How far ahead anything is planned.
REACH_DAYS = 120


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What is planned: a procedure on a zone with its gaps and its number of sessions."""

    clinic: Clinic
    client: Client
    procedure_type: ProcedureType
    zone: Zone
    sessions: int
    min_gap: int
    max_gap: int
    known_protocol: Protocol | None = None

    @classmethod
    def new(
        cls,
        *,
        clinic: Clinic,
        client: Client,
        procedure_type: ProcedureType,
        zone: Zone,
        sessions: int,
        protocol: Protocol | None = None,
    ) -> "Treatment":
        """Of a course that is not there yet: with the gaps of its procedure type.

        ``protocol`` spares the look for it where it has just been read.
        """
        return cls(
            clinic=clinic,
            client=client,
            procedure_type=procedure_type,
            zone=zone,
            sessions=sessions,
            min_gap=procedure_type.min_gap_days,
            max_gap=procedure_type.max_gap_days,
            known_protocol=protocol,
        )

    @classmethod
    def of_course(cls, course: Course, *, sessions: int) -> "Treatment":
        return cls(
            clinic=course.clinic,
            client=course.client,
            procedure_type=course.procedure_type,
            zone=course.zone,
            sessions=sessions,
            min_gap=course.min_gap_days,
            max_gap=course.max_gap_days,
        )

    @cached_property
    def protocol(self) -> Protocol:
        """The limits and phases of the procedure on the zone; raises ``NoProtocol``."""
        return self.known_protocol or protocol_for(self.procedure_type, self.zone)

    @property
    def longest_days(self) -> int:
        """How many days a plan that keeps every gap can take, and some slack."""
        return min(self.sessions * self.max_gap + SLACK_DAYS, REACH_DAYS)


def plan_request(
    treatment: Treatment,
    *,
    screening: Screening,
    first_day: date,
    days: int,
    wishes: Wishes | None = None,
    ignoring: Sequence[int] = (),
    from_cleared: bool = False,
    facts: ScreeningFacts | None = None,
) -> PlanRequest:
    """The planner's question over ``days`` days from ``first_day``.

    With ``from_cleared`` they begin on the first cleared day instead; raises ``NotCleared`` where
    the planner's reach has none. ``ignoring``: ids of appointments that count as not there.
    ``facts``: those of the screening, where they have just been read.
    """
    protocol = treatment.protocol
    uncleared = _uncleared(treatment, facts or screening_facts(screening), first_day)
    if from_cleared:
        first_day = _first_cleared(uncleared, first_day)
    free = read_availability(
        Question(
            clinic=treatment.clinic,
            client_id=treatment.client.pk,
            procedure_type=treatment.procedure_type,
            first_day=first_day,
            days=days,
            ignoring=ignoring,
        )
    )
    return PlanRequest(
        first_day=first_day,
        specialists=free.specialists,
        rooms=free.rooms,
        devices=free.devices,
        client=free.client,
        uncleared=uncleared,
        treatment_cells=protocol.occupied_minutes // CELL_MINUTES,
        visit_cells=protocol.visit_minutes // CELL_MINUTES,
        sessions=treatment.sessions,
        min_gap=treatment.min_gap,
        max_gap=treatment.max_gap,
        **_wished(wishes or Wishes()),
    )


def _uncleared(treatment: Treatment, facts: ScreeningFacts, first_day: date) -> Mapping[date, str]:
    days = uncleared_days(
        facts,
        zone=treatment.zone,
        first_day=first_day,
        last_day=first_day + timedelta(days=REACH_DAYS - 1),
    )
    return {day: reason.code for day, reason in days.items()}


def _first_cleared(uncleared: Mapping[date, str], first_day: date) -> date:
    for offset in range(REACH_DAYS):
        day = first_day + timedelta(days=offset)
        if day not in uncleared:
            return day
    raise NotCleared()


def _wished(wishes: Wishes) -> dict[str, Any]:
    """The wishes in the planner's units."""
    earliest = 0 if wishes.earliest is None else cell_at(wishes.earliest, up=True)
    latest = CELLS_PER_DAY if wishes.latest is None else cell_at(wishes.latest)
    return {
        "not_before": wishes.not_before,
        "weekdays": wishes.weekdays,
        "hours": (earliest, latest) if (wishes.earliest or wishes.latest) else None,
        "wished_cell": None if wishes.around is None else cell_at(wishes.around),
        "only_specialist": wishes.only_specialist,
        "wished_specialist": wishes.specialist,
    }
