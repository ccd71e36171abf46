"""A running course planned anew: what is booked stays where it can, what is lost is placed again.

Reading only: ``scheduling.services.replanning`` books what is found here. Sessions done, under way
or past stand; the coming ones may be moved at a cost, confirmed ones at a higher one.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median_low
from typing import Any

from clients.models import Screening
from scheduling import planner
from scheduling.models import Appointment, Course
from scheduling.planner import CELLS_PER_DAY, Existing, PlanRequest, Relax, Relaxation, Rule, Slot
from scheduling.planner import cells as cells_between
from scheduling.proposals import Proposal, ProposedSession, answer
from scheduling.questions import REACH_DAYS, Treatment, plan_request
from scheduling.spans import slot_of
from scheduling.standing import Change, Standing, Step, change_of, standing_of
from scheduling.wishes import Wishes

# Relaxations that leave every session of the course in its plan.
_WHOLE = (Relax.HOURS, Relax.WEEKDAYS, Relax.SPECIALIST, Relax.NOT_BEFORE, Relax.WISHES)
_MOST_DAYS = 366
_NOT_THERE = (Rule.UNCLEARED, Rule.SPECIALIST, Rule.ROOM, Rule.DEVICE, Rule.CLIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Time that counts as booked although it is not: what another open proposal would take."""

    slot: Slot
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedSession:
    """One line of the plan after mending. ``before``: the appointment as it is booked now."""

    session: ProposedSession
    before: Appointment | None
    change: Change

    @property
    def step(self) -> Step:
        return Step(slot=self.session.slot, key=None if self.before is None else self.before.pk)


@dataclass(frozen=True, kw_only=True)
class Replan:
    """Before and after. Without ``after`` there is nothing to place, or no plan: ``infeasible``.

    ``relaxation`` is the change of the wishes that ``after`` needed, where they allow no plan;
    ``hit`` are the appointments that can't be where they are, whatever is wished.
    """

    standing: Standing
    after: Proposal | None = None
    lines: tuple[MendedSession, ...] = ()
    infeasible: planner.Infeasible | None = None
    relaxation: Relaxation | None = None
    hit: tuple[Appointment, ...] = ()

    @property
    def fingerprint(self) -> str:
        return self.standing.fingerprint

    @property
    def before(self) -> tuple[Appointment, ...]:
        return self.standing.movable

    @property
    def moves(self) -> tuple[MendedSession, ...]:
        return tuple(line for line in self.lines if line.change is Change.MOVED)

    @property
    def added(self) -> tuple[MendedSession, ...]:
        return tuple(line for line in self.lines if line.change is Change.ADDED)

    @property
    def unchanged(self) -> bool:
        """True where booking the plan would change nothing, or there is none."""
        return all(line.change is Change.KEPT for line in self.lines)

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(line.step for line in self.lines)

    @property
    def only_adds_at_the_end(self) -> bool:
        """True where nothing booked changes, and what is new follows it within every gap."""
        changes = [line.change for line in self.lines]
        kept = changes.count(Change.KEPT)
        return (
            self.relaxation is None
            and kept < len(changes)
            and changes == [Change.KEPT] * kept + [Change.ADDED] * (len(changes) - kept)
            and self.after is not None
            and self.after.plan is not None
            and self.after.plan.days_over == 0
        )


def replan(
    course: Course,
    *,
    wishes: Wishes | None = None,
    now: datetime,
    taken: Collection[Taken] = (),
) -> Replan:
    """The course's best plan from ``now`` (aware) on that moves as little as possible.

    Without ``wishes`` the course's own count, as far as what is booked keeps to them. Raises
    ``NotCleared`` where the planner's reach has no day on which the client is cleared.
    """
    standing = standing_of(course, now=now)
    screening = standing.screening
    if screening is None or standing.sessions <= 0 or not course.is_open:
        return Replan(standing=standing)
    treatment = Treatment.of_course(course, sessions=standing.sessions)
    request = _request(standing, treatment, screening, wishes)
    hit = tuple(each for each in standing.movable if _is_hit(request, each))
    request = _without(request, taken)
    after = answer(request, treatment, screening)
    none = after.infeasible
    way_out = None
    if none is not None:
        way_out = next((each for each in none.relaxations if each.kind in _WHOLE), None)
        if way_out is None:
            return Replan(standing=standing, infeasible=none, hit=hit)
        after = answer(request, treatment, screening, way_out.plan.slots)
    return Replan(
        standing=standing,
        after=after,
        lines=tuple(_lines(standing, after)),
        infeasible=none,
        relaxation=way_out,
        hit=hit,
    )


def _request(
    standing: Standing, treatment: Treatment, screening: Screening, wishes: Wishes | None
) -> PlanRequest:
    existing = tuple(_existing(appointment) for appointment in standing.movable)
    first_day = standing.first_day
    if wishes is None and all(item.day > first_day for item in existing):
        first_day += timedelta(days=1)  # nobody is called in for today unasked
    reach = max((item.day - first_day).days + 1 for item in existing) if existing else 0
    request = plan_request(
        treatment,
        screening=screening,
        first_day=first_day,
        # Never more than what is booked asks for, so that the second plan sees no more days.
        days=min(max(REACH_DAYS, reach), _MOST_DAYS),
        wishes=Wishes.from_json(standing.course.wishes) if wishes is None else wishes,
        ignoring=[item.key for item in existing],
    )
    request = replace(request, existing=existing, **_last(standing))
    if wishes is None:
        request = _as_lived(request)
        if existing and not standing.stands:
            # A course that has not begun begins no earlier than the client was told.
            begins = min(item.day for item in existing)
            request = replace(request, not_before=max(request.not_before or begins, begins))
    if existing and request.wished_cell is None:
        usual = median_low(item.cell for item in existing)
        request = replace(request, wished_cell=usual)
    return _avoiding(request, standing.called_off)


def _existing(appointment: Appointment) -> Existing:
    slot = slot_of(appointment)
    return Existing(
        key=appointment.pk,
        day=slot.day,
        cell=slot.cell,
        specialist=slot.specialist,
        room=slot.room,
        device=slot.device,
        confirmed=appointment.confirmed_at is not None,
    )


def _last(standing: Standing) -> dict[str, Any]:
    """The session before the first one to place."""
    if not standing.stands:
        return {}
    slot = slot_of(standing.stands[-1])
    return {"last_done": slot.day, "last_cell": slot.cell, "last_specialist": slot.specialist}


def _as_lived(request: PlanRequest) -> PlanRequest:
    """Wishes widened by what is booked outside them: it was agreed upon since, and stays."""
    hours, only, not_before = request.hours, request.only_specialist, request.not_before
    for item in request.existing:
        if hours is not None:
            hours = (
                min(hours[0], item.cell),
                max(hours[1], min(item.cell + request.treatment_cells, CELLS_PER_DAY)),
            )
        if not_before is not None:
            not_before = min(not_before, item.day)
    if any(item.specialist != only for item in request.existing):
        only = None
    days = {item.day.weekday() for item in request.existing} if request.weekdays else set()
    return replace(
        request,
        hours=hours,
        not_before=not_before,
        weekdays=request.weekdays | days,
        only_specialist=only,
        wished_specialist=request.wished_specialist or request.only_specialist,
    )


def _is_hit(request: PlanRequest, appointment: Appointment) -> bool:
    """True where what the appointment needs is not there any more, or its day is not cleared."""
    refusal = planner.refuse(request, slot_of(appointment), before=None, after=None)
    return refusal is not None and refusal.rule in _NOT_THERE


def _avoiding(request: PlanRequest, called_off: Sequence[Appointment]) -> PlanRequest:
    """Days of visits that were called off are not offered to the client again."""
    days = {slot_of(each).day for each in called_off} - {item.day for item in request.existing}
    if not days or request.client is None:
        return request
    client = tuple(
        0 if request.day_of(index) in days else mask for index, mask in enumerate(request.client)
    )
    return replace(request, client=client)


def _without(request: PlanRequest, taken: Collection[Taken]) -> PlanRequest:
    """The question with the time of ``taken`` not free."""
    if not taken:
        return request
    specialists, rooms = dict(request.specialists), dict(request.rooms)
    devices = None if request.devices is None else dict(request.devices)
    for each in taken:
        index = request.index_of(each.slot.day)
        if 0 <= index < request.days and not _own(request, each):
            last = min(each.slot.cell + each.cells, CELLS_PER_DAY)
            mask = ~cells_between(each.slot.cell, last)
            _take(specialists, each.slot.specialist, index, mask)
            _take(rooms, each.slot.room, index, mask)
            if devices is not None and each.slot.device is not None:
                _take(devices, each.slot.device, index, mask)
    return replace(request, specialists=specialists, rooms=rooms, devices=devices)


def _own(request: PlanRequest, taken: Taken) -> bool:
    """True where the course itself is booked then: what is booked comes before what is proposed."""
    slot = taken.slot
    return any(
        item.day == slot.day
        and item.cell < slot.cell + taken.cells
        and slot.cell < item.cell + request.treatment_cells
        for item in request.existing
    )


def _take(masks: dict[int, tuple[int, ...]], pk: int, index: int, mask: int) -> None:
    if pk in masks:
        days = masks[pk]
        masks[pk] = (*days[:index], days[index] & mask, *days[index + 1 :])


def _lines(standing: Standing, after: Proposal) -> Iterator[MendedSession]:
    booked = {appointment.pk: appointment for appointment in standing.movable}
    keys = after.plan.keys if after.plan else ()
    for session, key in zip(after.sessions, keys, strict=True):
        yield _line(session, booked.get(key) if key is not None else None)


def _line(session: ProposedSession, before: Appointment | None) -> MendedSession:
    change = Change.ADDED if before is None else change_of(slot_of(before), session.slot)
    return MendedSession(session=session, before=before, change=change)
