"""The planner's refusals in the user's words: which rule, and what stands in the way."""

from datetime import timedelta

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from cryoclinic.errors import Refused
from scheduling.clock import wall_time
from scheduling.errors import NotCleared, OutOfHours, SlotTaken, TooSoon
from scheduling.models import Device, Room, Specialist
from scheduling.planner import PlanRequest, Refusal, Rule
from scheduling.questions import REACH_DAYS


def refused(request: PlanRequest, refusal: Refusal) -> Refused:
    """The refusal as an error to raise. Looks up at most one name."""
    day = date_format(refusal.day, "DATE_FORMAT")
    match refusal.rule:
        case Rule.TOO_SOON:
            return TooSoon(
                gap=refusal.gap or 0, min_gap=request.min_gap, neighbour=refusal.neighbour
            )
        case Rule.UNCLEARED:
            return NotCleared(_uncleared(request, refusal))
        case Rule.SPECIALIST | Rule.ROOM | Rule.DEVICE:
            return SlotTaken(_taken(refusal, day))
        case Rule.CLIENT:
            return SlotTaken(
                _("On %(day)s the visit does not fit: the client has another one, or we close.")
                % {"day": day}
            )
        case Rule.HORIZON | Rule.MIDNIGHT:
            return OutOfHours(
                _("%(day)s is not a day that can be booked.") % {"day": day},
                _("Choose a day from today on, within the next four months."),
            )
        case _:
            return OutOfHours(
                _("On %(day)s the time is outside what the client wishes.") % {"day": day},
                _("Change the wish, or choose another time."),
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
    return text % {"day": date_format(day, "DATE_FORMAT")}


def _taken(refusal: Refusal, day: str) -> str:
    facts = {"day": day, "who": _name(refusal)}
    if refusal.until is None:
        return _("%(who)s is not free on %(day)s for the rest of the day.") % facts
    facts["until"] = time_format(wall_time(refusal.until), "TIME_FORMAT")
    return _("%(who)s is not free on %(day)s until %(until)s.") % facts


def _name(refusal: Refusal) -> str:
    models = {Rule.SPECIALIST: Specialist, Rule.ROOM: Room, Rule.DEVICE: Device}
    found = models[refusal.rule].objects.filter(pk=refusal.resource).first()
    return str(found) if found else _("What is needed")
