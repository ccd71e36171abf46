"""A proposal as the desk reads it: a line per session, the sum, or what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cryoclinic.models import Clinic
from procedures.models import Price
from scheduling.clock import wall_time
from scheduling.planner import CELLS_PER_DAY, Infeasible, Relax, Relaxation, Rule, Slot
from scheduling.proposals import Names, Proposal, ProposedSession, offers, slot_token
from scheduling.selectors import words
from scheduling.selectors.offers import OfferedDay, offered_days, over_words, shown_starts


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One session, all of it ready to be written; ``iso`` is its start on the clinic's clock.

    ``offers`` are there while it ``is_open``; ``prefix`` begins the value of their buttons.
    """

    number: str
    index: str
    prefix: str
    token: str
    iso: str
    day: str
    hours: str
    who: str
    gap: str
    over: str
    rescreen_before: bool
    is_changed: bool
    offers: tuple[OfferedDay, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class WayOut:
    """One relaxation: what the button sends (empty: nothing to press) and says."""

    value: str
    label: str
    gives: str


@dataclass(frozen=True, slots=True)
class PlanPanel:
    """The plan, or with no lines, why there is none and the ways out.

    ``is_touched``: one session of it was opened or changed.
    """

    lines: tuple[PlanLine, ...]
    summary: str
    total: str
    price: str
    days_over: str
    valid_until: str
    problem: str
    obstacles: tuple[str, ...]
    ways_out: tuple[WayOut, ...]
    is_touched: bool


def plan_panel(
    proposal: Proposal,
    *,
    clinic: Clinic,
    price: Price,
    opened: int | None = None,
    changed: int | None = None,
) -> PlanPanel:
    """``opened`` is the index of the session whose other times are shown, ``changed`` of the one
    that has just got a new time.
    """
    slots = [session.slot for session in proposal.sessions]
    lines = tuple(
        _line(proposal, session, clinic, slots, opened=opened, changed=changed)
        for session in proposal.sessions
    )
    none = proposal.infeasible
    return PlanPanel(
        lines=lines,
        summary=words.span([slot.day for slot in slots]),
        total=words.money(price.amount * Decimal(len(lines)), price.currency),
        price=words.money(price.amount, price.currency),
        days_over=over_words(proposal.plan.days_over) if proposal.plan else "",
        valid_until=words.short_day(proposal.screening.valid_until),
        problem=problem_words(none) if none else "",
        obstacles=tuple(obstacle_words(none)) if none else (),
        ways_out=tuple(_ways_out(none, proposal)) if none else (),
        is_touched=opened is not None or changed is not None,
    )


def _line(
    proposal: Proposal,
    session: ProposedSession,
    clinic: Clinic,
    slots: Sequence[Slot],
    *,
    opened: int | None,
    changed: int | None,
) -> PlanLine:
    index = session.number - 1
    starts = clinic.local(session.starts_at)
    ends = words.clock(clinic.local(session.visit_ends_at))
    where = ", ".join(str(part) for part in (session.room, session.device) if part)
    wanted = shown_starts(current=session.slot)
    found = offers(proposal, slots, index, wanted) if index == opened else ()
    return PlanLine(
        number=str(session.number),
        index=str(index),
        prefix=f"{index}:",
        token=slot_token(session.slot),
        iso=f"{starts:%Y-%m-%dT%H:%M}",
        day=words.weekday_and_day(session.slot.day),
        hours=f"{words.clock(starts)}–{ends}",
        who=f"{session.specialist.name} · {where}",
        gap=words.gap(session.gap),
        over=over_words(session.over),
        rescreen_before=session.rescreen_before,
        is_changed=index == changed,
        offers=offered_days(
            found, current=session.slot, valid_until=proposal.screening.valid_until
        ),
        is_open=index == opened,
    )


def problem_words(none: Infeasible) -> str:
    if not none.fits:
        return _("There is not one free time that keeps these wishes.")
    return ngettext(
        "Only %(fits)s of %(sessions)s sessions fits with these wishes.",
        "Only %(fits)s of %(sessions)s sessions fit with these wishes.",
        none.fits,
    ) % {"fits": none.fits, "sessions": none.sessions}


def obstacle_words(none: Infeasible) -> list[str]:
    """What takes days away, the most first."""
    labels = {
        Rule.UNCLEARED: _("the client is not cleared"),
        Rule.SPECIALIST: _("no specialist is free"),
        Rule.ROOM: _("no room is free"),
        Rule.DEVICE: _("no device is free"),
        Rule.CLIENT: _("the client has other visits"),
        Rule.NOT_BEFORE: _("before the first day wished"),
        Rule.WEEKDAY: _("not one of the weekdays wished"),
        Rule.HOURS: _("nothing free within the hours wished"),
        Rule.ONLY_SPECIALIST: _("the only specialist wished is not free"),
    }
    ordered = sorted(none.closed.items(), key=lambda item: -item[1])
    return [
        ngettext("%(days)s day: %(why)s", "%(days)s days: %(why)s", days)
        % {"days": days, "why": labels[rule]}
        for rule, days in ordered
        if rule in labels
    ]


def _ways_out(none: Infeasible, proposal: Proposal) -> list[WayOut]:
    fewest = proposal.treatment.procedure_type.sessions_min
    return [
        WayOut(_value(each, fewest), relaxation_words(each, proposal.names), _gives(each))
        for each in none.relaxations
        if each.kind is not Relax.LONGER
    ]


def _value(each: Relaxation, fewest: int) -> str:
    """What the button sends, as ``scheduling.forms.booking.relaxed`` reads it."""
    value: Any = each.value
    match each.kind:
        case Relax.HOURS:
            text = "-".join("" if cell in (0, CELLS_PER_DAY) else _clock(cell) for cell in value)
        case Relax.WEEKDAYS:
            text = ",".join(str(weekday) for weekday in sorted(value))
        case Relax.WISHES:
            text = ",".join(sorted(kind.value for kind in value))
        case Relax.FEWER if value < fewest:
            return ""
        case Relax.SPECIALIST:
            text = ""
        case _:
            text = str(value)
    return f"{each.kind.value}:{text}"


def relaxation_words(each: Relaxation, names: Names) -> str:
    value: Any = each.value
    match each.kind:
        case Relax.HOURS:
            hours = {"from": _clock(value[0]), "until": _clock(value[1])}
            return _("Between %(from)s and %(until)s") % hours
        case Relax.WEEKDAYS:
            days = ", ".join(words.weekday(day) for day in sorted(value))
            return _("On %(days)s") % {"days": days}
        case Relax.SPECIALIST:
            who = ", ".join(names.specialists[pk].name for pk in sorted(value))
            return _("With %(who)s") % {"who": who}
        case Relax.NOT_BEFORE:
            return _("Begin from %(day)s") % {"day": words.short_day(value)}
        case Relax.FEWER:
            return _("Only %(sessions)s") % {"sessions": words.sessions(value)}
    wishes = ", ".join(sorted(_wish_name(kind) for kind in value))
    return _("Without these wishes together: %(wishes)s") % {"wishes": wishes}


def _clock(cell: int) -> str:
    return words.clock(wall_time(cell))


def _wish_name(kind: Relax) -> str:
    return {
        Relax.HOURS: _("hours"),
        Relax.WEEKDAYS: _("weekdays"),
        Relax.SPECIALIST: _("only this specialist"),
        Relax.NOT_BEFORE: _("first day"),
    }.get(kind, kind.value)


def _gives(each: Relaxation) -> str:
    text = words.span([slot.day for slot in each.plan.slots])
    over = over_words(each.plan.days_over)
    return f"{text} ({over})" if over else text
