"""After a refusal: the free times nearest to the refused one, and the plan as it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Screening
from clients.verdict import ScreeningFacts
from cryoclinic.errors import Refused
from scheduling.clock import wall_time
from scheduling.errors import SlotRefused, SlotTaken
from scheduling.models import Appointment, Course
from scheduling.planner import CELL_MINUTES, Slot, nearest
from scheduling.proposals import slot_token
from scheduling.questions import Treatment, plan_request
from scheduling.resources import Resources, resources_of
from scheduling.selectors import words
from scheduling.selectors.offers import screening_of
from scheduling.wishes import Wishes

# How far from the refused day times count as near.
NEAR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NearbyTime:
    """A time to choose: what its button sends, and what it says."""

    token: str
    day: str
    time: str
    who: str


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One session of the plan that was sent; ``state`` is empty, or why it can't be had."""

    number: str
    token: str
    iso: str
    day: str
    hours: str
    who: str
    gap: str
    state: str


@dataclass(frozen=True, slots=True)
class RefusedPlan:
    """The plan as it was sent, and the times for its refused session.

    ``prefix`` begins the value of their buttons; ``rule`` says what refused it, and how many
    ``others`` are taken.
    ``is_refused``: it is known which session is meant.
    """

    lines: tuple[KeptLine, ...]
    nearby: tuple[NearbyTime, ...]
    prefix: str
    is_refused: bool
    rule: str
    others: int


def nearby_for_move(appointment: Appointment, slot: Slot) -> tuple[NearbyTime, ...]:
    """Each specialist's free time nearest to the refused slot, between the course's others."""
    return _nearby(appointment.course, appointment.screening, slot, appointment)


def nearby_for_session(course: Course, slot: Slot) -> tuple[NearbyTime, ...]:
    """The same for a session that the course has lost."""
    return _nearby(course, screening_of(course), slot, None)


def _nearby(
    course: Course, screening: Screening, slot: Slot, own: Appointment | None
) -> tuple[NearbyTime, ...]:
    ignoring = [own.pk] if own else []
    others = course.appointments.live().exclude(pk__in=ignoring)
    found = _near(
        Treatment.of_course(course, sessions=1),
        screening,
        slot,
        (slot.day - NEAR, slot.day + NEAR),
        sessions=list(others.values_list("day", flat=True)),
        ignoring=ignoring,
    )
    return _told(found, resources_of(course.clinic))


def refused_plan(
    treatment: Treatment,
    screening: Screening,
    slots: Sequence[Slot],
    error: Refused,
    *,
    wishes: Wishes,
    facts: ScreeningFacts | None = None,
) -> RefusedPlan:
    """The plan of ``slots`` after a refusal, nothing of it planned anew.

    ``facts``: those of the screening, where they have just been read.
    """
    refused = error.slot if isinstance(error, SlotRefused) else None
    gone = error.taken if isinstance(error, SlotTaken) else ()
    found: tuple[Slot, ...] = ()
    index = slots.index(refused) if refused in slots else 0
    if refused is not None:
        between = _between(slots, index, treatment.min_gap)
        found = _near(treatment, screening, refused, between, wishes=wishes, facts=facts)
    resources = resources_of(treatment.clinic)
    return RefusedPlan(
        lines=tuple(_lines(treatment, slots, resources, refused, gone)),
        nearby=_told(found, resources),
        prefix=f"{index}:",
        is_refused=refused is not None,
        rule=" ".join([str(error.message), *_others(len(gone) - 1)]),
        others=max(0, len(gone) - 1),
    )


def _others(number: int) -> list[str]:
    if number < 1:
        return []
    text = ngettext(
        "%(number)s more session of this plan is taken as well.",
        "%(number)s more sessions of this plan are taken as well.",
        number,
    )
    return [text % {"number": number}]


def _between(slots: Sequence[Slot], index: int, min_gap: int) -> tuple[date, date]:
    """The near days on which session ``index`` keeps its place in the plan and its gaps."""
    day, gap = slots[index].day, timedelta(days=min_gap)
    first, last = day - NEAR, day + NEAR
    if index:
        first = max(first, slots[index - 1].day + gap)
    if index + 1 < len(slots):
        last = min(last, slots[index + 1].day - gap)
    return first, last


def _near(
    treatment: Treatment,
    screening: Screening,
    slot: Slot,
    between: tuple[date, date],
    *,
    sessions: Sequence[date] = (),
    wishes: Wishes | None = None,
    ignoring: Sequence[int] = (),
    facts: ScreeningFacts | None = None,
) -> tuple[Slot, ...]:
    first = max(between[0], treatment.clinic.today(), screening.asked_on)
    days = (between[1] - first).days + 1
    if days < 1:
        return ()
    request = plan_request(
        treatment,
        screening=screening,
        first_day=first,
        days=days,
        wishes=wishes,
        ignoring=ignoring,
        facts=facts,
    )
    return nearest(request, slot, sessions=sessions)


def _told(found: Sequence[Slot], resources: Resources) -> tuple[NearbyTime, ...]:
    return tuple(
        NearbyTime(
            token=slot_token(slot),
            day=words.weekday_and_day(slot.day),
            time=words.clock(wall_time(slot.cell)),
            who=_who(slot, resources),
        )
        for slot in found
    )


def _who(slot: Slot, resources: Resources) -> str:
    """Of a slot that somebody sent, which may name what is not there."""
    specialist = resources.specialists.get(slot.specialist)
    room = resources.rooms.get(slot.room)
    return " · ".join(each.name for each in (specialist, room) if each)


def _lines(
    treatment: Treatment,
    slots: Sequence[Slot],
    resources: Resources,
    refused: Slot | None,
    gone: Sequence[Slot],
) -> list[KeptLine]:
    cells = treatment.protocol.visit_minutes // CELL_MINUTES
    lines, before = [], None
    for number, slot in enumerate(slots, start=1):
        starts, ends = words.clock(wall_time(slot.cell)), words.clock(wall_time(slot.cell + cells))
        state = _("taken") if slot in gone else _("refused") if slot == refused else ""
        lines.append(
            KeptLine(
                number=str(number),
                token=slot_token(slot),
                iso=f"{slot.day}T{starts}",
                day=words.weekday_and_day(slot.day),
                hours=f"{starts}–{ends}",
                who=_who(slot, resources),
                gap=words.gap((slot.day - before).days if before else None),
                state=state,
            )
        )
        before = slot.day
    return lines
