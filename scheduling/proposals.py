"""A plan for a course, ready to be shown: the planner's answer with times, names and gaps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client, Screening
from clients.verdict import ScreeningFacts
from cryoclinic.models import Clinic
from procedures.models import ProcedureType, Protocol, Zone
from scheduling import planner
from scheduling.clock import instant
from scheduling.errors import StalePlan
from scheduling.models import Device, Room, Specialist
from scheduling.planner import PlanRequest, Slot, Wanted
from scheduling.questions import Treatment, plan_request
from scheduling.resources import resources_of
from scheduling.wishes import Wishes


@dataclass(frozen=True, kw_only=True)
class Names:
    """The objects behind the planner's ids."""

    specialists: Mapping[int, Specialist]
    rooms: Mapping[int, Room]
    devices: Mapping[int, Device]

    def hold(self, slot: Slot) -> bool:
        return (
            slot.specialist in self.specialists
            and slot.room in self.rooms
            and (slot.device is None or slot.device in self.devices)
        )


@dataclass(frozen=True, kw_only=True)
class ProposedSession:
    """One line of a proposal. Times are aware, in UTC; ``gap`` is None for a course's first one."""

    number: int
    slot: Slot
    starts_at: datetime
    visit_ends_at: datetime
    specialist: Specialist
    room: Room
    device: Device | None
    gap: int | None
    over: int
    rescreen_before: bool


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The question, and its answer: a plan with its sessions, or why there is none."""

    request: PlanRequest
    treatment: Treatment
    protocol: Protocol
    screening: Screening
    plan: planner.Plan | None = None
    infeasible: planner.Infeasible | None = None
    sessions: tuple[ProposedSession, ...] = ()
    names: Names

    def named(self, slot: Slot) -> dict[str, Any]:
        """The slot's specialist, room and device as objects."""
        return {
            "specialist": self.names.specialists[slot.specialist],
            "room": self.names.rooms[slot.room],
            "device": None if slot.device is None else self.names.devices[slot.device],
        }


def propose(
    *,
    clinic: Clinic,
    client: Client,
    procedure_type: ProcedureType,
    zone: Zone,
    sessions: int,
    wishes: Wishes,
    screening: Screening,
    protocol: Protocol | None = None,
    facts: ScreeningFacts | None = None,
) -> Proposal:
    """The best plan for a new course from today on, within what the screening clears.

    ``protocol`` and the screening's ``facts`` spare the look for them where they were just read.
    """
    treatment = Treatment.new(
        clinic=clinic,
        client=client,
        procedure_type=procedure_type,
        zone=zone,
        sessions=sessions,
        protocol=protocol,
    )
    request = plan_request(
        treatment,
        screening=screening,
        first_day=max(clinic.today(), screening.asked_on, wishes.not_before or date.min),
        days=treatment.longest_days,
        wishes=wishes,
        from_cleared=True,
        facts=facts,
    )
    return answer(request, treatment, screening)


def answer(
    request: PlanRequest,
    treatment: Treatment,
    screening: Screening,
    slots: Sequence[Slot] | None = None,
) -> Proposal:
    """The planner's answer in full; with ``slots``, those chosen by hand instead of its own."""
    result = planner.plan(request) if slots is None else planner.summarize(request, slots)
    proposal = Proposal(
        request=request,
        treatment=treatment,
        protocol=treatment.protocol,
        screening=screening,
        names=_names(request, treatment),
    )
    if isinstance(result, planner.Infeasible):
        return replace(proposal, infeasible=result)
    return replace(proposal, plan=result, sessions=tuple(_sessions(proposal, result)))


def choose(proposal: Proposal, slots: Sequence[Slot]) -> Proposal:
    """The same proposal with these slots in place of the planner's.

    Raises ``StalePlan`` where one names somebody or something that is no longer to be had.
    """
    if not all(proposal.names.hold(slot) for slot in slots):
        raise StalePlan(_("A specialist, room or device of the plan is no longer available."))
    return answer(proposal.request, proposal.treatment, proposal.screening, slots)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A slot that one session could take while the others stay. Times are aware, in UTC."""

    slot: Slot
    starts_at: datetime
    specialist: Specialist
    room: Room
    device: Device | None
    gap_before: int | None
    gap_after: int | None
    over: int


def offers(
    proposal: Proposal, slots: Sequence[Slot], index: int, wanted: Wanted | None = None
) -> tuple[Offer, ...]:
    """Every slot that session ``index`` of ``slots`` could take, by day, time and specialist.

    ``wanted``, as the planner has it, takes some of them alone.
    """
    zone = proposal.treatment.clinic.zone
    return tuple(
        Offer(
            slot=found.slot,
            starts_at=instant(zone, found.slot.day, found.slot.cell),
            gap_before=found.gap_before,
            gap_after=found.gap_after,
            over=found.over,
            **proposal.named(found.slot),
        )
        for found in planner.alternatives(proposal.request, slots, index, wanted)
    )


def _sessions(proposal: Proposal, plan: planner.Plan) -> Iterator[ProposedSession]:
    zone = proposal.treatment.clinic.zone
    protocol, valid_until = proposal.protocol, proposal.screening.valid_until
    covered = True
    for number, (slot, gap, over) in enumerate(
        zip(plan.slots, plan.gaps, plan.over, strict=True), start=1
    ):
        starts_at = instant(zone, slot.day, slot.cell)
        lapses_here = covered and slot.day > valid_until
        covered = covered and not lapses_here
        yield ProposedSession(
            number=number,
            slot=slot,
            starts_at=starts_at,
            visit_ends_at=starts_at + timedelta(minutes=protocol.visit_minutes),
            gap=gap,
            over=over,
            rescreen_before=lapses_here,
            **proposal.named(slot),
        )


def _names(request: PlanRequest, treatment: Treatment) -> Names:
    has = resources_of(treatment.clinic)
    return Names(
        specialists={pk: has.specialists[pk] for pk in request.specialists},
        rooms={pk: has.rooms[pk] for pk in request.rooms},
        devices={pk: has.devices[pk] for pk in request.devices or ()},
    )


def slot_token(slot: Slot) -> str:
    """``2026-05-04.126.3.2.-``: day, cell, specialist, room, device; for forms."""
    device = "-" if slot.device is None else slot.device
    return f"{slot.day}.{slot.cell}.{slot.specialist}.{slot.room}.{device}"


def parse_slot(token: str) -> Slot:
    """The other way round. Raises ValueError for anything else."""
    day, cell, specialist, room, device = token.split(".")
    return Slot(
        day=date.fromisoformat(day),
        cell=int(cell),
        specialist=int(specialist),
        room=int(room),
        device=None if device == "-" else int(device),
    )
