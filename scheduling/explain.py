"""The planner's refusals in the user's words: which rule, and what stands in the way."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from scheduling.clock import wall_time
from scheduling.errors import (
    NotCleared,
    NotWished,
    OutOfHours,
    SlotRefused,
    SlotTaken,
    TooSoon,
)
from scheduling.models import Appointment, Specialist
from scheduling.planner import CELLS_PER_DAY, PlanRequest, Refusal, Rule, Slot
from scheduling.questions import REACH_DAYS, Treatment
from scheduling.resources import resources_of
from scheduling.selectors import words
from scheduling.spans import spans_of


def refused(
    request: PlanRequest,
    refusal: Refusal,
    *,
    slot: Slot,
    treatment: Treatment,
    sessions: Sequence[date],
    ignoring: Sequence[int] = (),
) -> SlotRefused:
    """The refusal of ``slot`` as an error to raise. Looks up at most one visit.

    ``sessions`` are the days of the course's sessions as the reader numbers them, from 1 on;
    ``ignoring`` the appointments (ids) that the request takes as not there.
    """
    told: SlotRefused
    match refusal.rule:
        case Rule.TOO_SOON:
            told = _too_soon(request, refusal, sessions)
        case Rule.UNCLEARED:
            told = NotCleared(_uncleared(request, refusal))
        case Rule.SPECIALIST | Rule.ROOM | Rule.DEVICE | Rule.CLIENT:
            return taken(refusal, [slot], treatment=treatment, ignoring=ignoring)
        case Rule.HORIZON | Rule.MIDNIGHT:
            told = OutOfHours(
                _("%(day)s is not a day that can be booked.") % {"day": _day(refusal)},
                _("Choose a day from today on, within the next four months."),
            )
        case _:
            told = NotWished(wish_words(request, refusal))
    told.slot = slot
    return told


def taken(
    refusal: Refusal, slots: Sequence[Slot], *, treatment: Treatment, ignoring: Sequence[int] = ()
) -> SlotTaken:
    """The first of the slots is somebody else's, the others are taken as well."""
    match refusal.rule:
        case Rule.SPECIALIST:
            told = SlotTaken(_not_free(refusal, treatment))
        case Rule.CLIENT:
            told = SlotTaken(_elsewhere(slots[0], treatment, ignoring))
        case _:
            told = SlotTaken(_taken(refusal, treatment))
    told.slot, told.taken = slots[0], tuple(slots)
    return told


def _day(refusal: Refusal) -> str:
    return words.weekday_and_day(refusal.day)


def _too_soon(request: PlanRequest, refusal: Refusal, sessions: Sequence[date]) -> TooSoon:
    neighbour = refusal.neighbour
    known = neighbour in sessions
    return TooSoon(
        gap=refusal.gap or 0,
        min_gap=request.min_gap,
        neighbour=neighbour,
        number=sorted(sessions).index(neighbour) + 1 if neighbour and known else None,
        is_before=neighbour is not None and refusal.day < neighbour,
    )


def _uncleared(request: PlanRequest, refusal: Refusal) -> str:
    """From when on the client is cleared, where that is within the planner's reach."""
    day = refusal.day
    while day in request.uncleared:
        day += timedelta(days=1)
    if (day - request.first_day).days < REACH_DAYS:
        text = _("The client is not cleared for this procedure before %(day)s.")
    else:
        day, text = refusal.day, _("The client is not cleared for this procedure on %(day)s.")
    return text % {"day": words.short_day(day)}


def _not_free(refusal: Refusal, treatment: Treatment) -> str:
    """Of a specialist, who may be treating, away or off duty."""
    facts = {"day": _day(refusal), "who": _name(refusal, treatment)}
    if refusal.until is None:
        return _("%(who)s is not free on %(day)s for the rest of the day.") % facts
    facts["until"] = words.clock(wall_time(refusal.until))
    return _("%(who)s is not free on %(day)s until %(until)s.") % facts


def _taken(refusal: Refusal, treatment: Treatment) -> str:
    """Of a room or a device."""
    facts = {"day": _day(refusal), "what": _name(refusal, treatment)}
    if refusal.until is None:
        return _("%(what)s is taken for the rest of %(day)s.") % facts
    facts["until"] = words.clock(wall_time(refusal.until))
    return _("%(what)s is taken until %(until)s on %(day)s.") % facts


def _name(refusal: Refusal, treatment: Treatment) -> str:
    if refusal.resource is None:
        return (
            _("Every device that fits")
            if refusal.rule is Rule.DEVICE
            else _("Every room that fits")
        )
    has = resources_of(treatment.clinic)
    kinds: dict[Rule, Mapping[int, object]] = {
        Rule.SPECIALIST: has.specialists,
        Rule.ROOM: has.rooms,
        Rule.DEVICE: has.devices,
    }
    found = kinds[refusal.rule].get(refusal.resource)
    return str(found) if found else _("What is needed")


def _elsewhere(slot: Slot, treatment: Treatment, ignoring: Sequence[int]) -> str:
    """The client's other visit that is in the way, or else the end of the clinic's day."""
    _treatment, visit = spans_of(treatment.clinic, slot, treatment.protocol)
    others = Appointment.objects.occupying().filter(client=treatment.client.pk)
    other = others.filter(visit__overlap=visit).exclude(pk__in=ignoring).in_order().first()
    if other is None:
        return _(
            "The visit on %(day)s would not be over before we close: with the rest it takes "
            "%(minutes)s minutes."
        ) % {
            "day": words.weekday_and_day(slot.day),
            "minutes": treatment.protocol.visit_minutes,
        }
    starts, ends = (treatment.clinic.local(end) for end in (other.visit.lower, other.visit.upper))
    return _("The client has another visit on %(day)s from %(from)s until %(until)s.") % {
        "day": words.weekday_and_day(starts.date()),
        "from": words.clock(starts),
        "until": words.clock(ends),
    }


def wish_words(request: PlanRequest, refusal: Refusal) -> str:
    """Which of the client's wishes the slot does not keep."""
    match refusal.rule:
        case Rule.NOT_BEFORE if request.not_before:
            return _("The client wishes no session before %(day)s.") % {
                "day": words.short_day(request.not_before)
            }
        case Rule.WEEKDAY:
            weekdays = ", ".join(words.weekday(day) for day in sorted(request.weekdays))
            return _("%(day)s is not one of the weekdays that the client wishes: %(weekdays)s.") % {
                "day": _day(refusal),
                "weekdays": weekdays,
            }
        case Rule.HOURS if request.hours:
            return _hours(*request.hours)
    specialist = Specialist.objects.filter(pk=refusal.resource or 0).first()
    return _("The client wishes to be treated by one specialist only: %(who)s.") % {
        "who": specialist.name if specialist else _("somebody who has left")
    }


def _hours(first: int, last: int) -> str:
    hours = {"from": words.clock(wall_time(first)), "until": words.clock(wall_time(last))}
    if last == CELLS_PER_DAY:
        return _("The client wishes to be treated from %(from)s on.") % hours
    if first == 0:
        return _("The client wishes to be treated until %(until)s.") % hours
    return _("The client wishes to be treated between %(from)s and %(until)s.") % hours
