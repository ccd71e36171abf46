"""A running course before and after mending, as the desk reads it side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.clock import place_of
from scheduling.models import Course, CourseProposal
from scheduling.replanning import MendedSession, Replan, Taken
from scheduling.selectors import words
from scheduling.selectors.offers import over_words
from scheduling.selectors.plans import obstacle_words, problem_words, relaxation_words
from scheduling.standing import Change, Standing, Step

ICONS = {
    Change.KEPT: "check",
    Change.ELSEWHERE: "swap",
    Change.MOVED: "arrow-right",
    Change.ADDED: "plus",
}
TONES = {
    Change.KEPT: "neutral",
    Change.ELSEWHERE: "accent",
    Change.MOVED: "warning",
    Change.ADDED: "success",
}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One session. ``change`` is empty on the side before; ``token`` is what the form sends."""

    number: int
    iso: str
    day: str
    hours: str
    who: str
    gap: str
    over: str
    is_changed: bool
    change: str = ""
    icon: str = ""
    tone: str = ""
    token: str = ""
    rescreen_before: bool = False


@dataclass(frozen=True, slots=True)
class ReplanPage:
    """``problem``: why there is no plan; ``relaxed``: what the plan does against the wishes;
    ``takes_over``: who treats instead of a specialist who is away for all that remains.
    """

    before: tuple[PlanRow, ...]
    after: tuple[PlanRow, ...]
    summary: str
    is_unchanged: bool
    days_over: str
    problem: str
    obstacles: tuple[str, ...]
    relaxed: str
    takes_over: str
    fingerprint: str


def replan_page(found: Replan) -> ReplanPage:
    none = found.infeasible
    plan = found.after.plan if found.after else None
    return ReplanPage(
        before=tuple(_before(found)),
        after=tuple(_after(found, line) for line in found.lines),
        summary=summary_words(found),
        is_unchanged=found.unchanged and none is None,
        days_over=over_words(plan.days_over) if plan else "",
        problem=problem_words(none) if none else "",
        obstacles=tuple(obstacle_words(none)) if none else (),
        relaxed=(
            relaxation_words(found.relaxation, found.after.names)
            if found.relaxation and found.after
            else ""
        ),
        takes_over=takes_over_words(found),
        fingerprint=found.fingerprint,
    )


def summary_words(found: Replan) -> str:
    """Such as “2 sessions move, 1 is added”."""
    moved, added = len(found.moves), len(found.added)
    parts = []
    if moved:
        text = ngettext("%(count)s session moves", "%(count)s sessions move", moved)
        parts.append(text % {"count": moved})
    if added:
        text = ngettext("%(count)s session is added", "%(count)s sessions are added", added)
        parts.append(text % {"count": added})
    if not parts and not found.unchanged:
        parts.append(_("another room or device, all times stay"))
    return ", ".join(parts) or _("nothing changes")


def takes_over_words(found: Replan) -> str:
    """Empty unless the one specialist of all that remains is not there for any of it."""
    before = {each.specialist for each in found.before}
    after = {line.session.specialist for line in found.lines}
    all_hit = len(found.hit) == len(found.before)
    if not (all_hit and len(before) == len(after) == 1 and before != after):
        return ""
    text = _("%(away)s is away for all that remains of the course; %(other)s takes over.")
    return text % {"away": before.pop().name, "other": after.pop().name}


def _before(found: Replan) -> Iterator[PlanRow]:
    standing = found.standing
    kept = {line.before for line in found.lines if line.change is Change.KEPT}
    previous = _last_day(standing)
    for number, appointment in enumerate(standing.movable, start=len(standing.stands) + 1):
        day, _cell = place_of(standing.course.clinic.zone, appointment.starts_at)
        gap = None if previous is None else (day - previous).days
        yield PlanRow(
            number=number,
            is_changed=bool(found.lines) and appointment not in kept,
            gap=words.gap(gap),
            over=over_words(max(0, (gap or 0) - standing.course.max_gap_days)),
            **_when(standing.course, appointment.starts_at, appointment.visit.upper),
            who=_who(appointment.specialist.name, appointment.room, appointment.device),
        )
        previous = day


def _last_day(standing: Standing) -> date | None:
    if not standing.stands:
        return None
    return place_of(standing.course.clinic.zone, standing.stands[-1].starts_at)[0]


def _after(found: Replan, line: MendedSession) -> PlanRow:
    session = line.session
    course = found.standing.course
    return PlanRow(
        number=len(found.standing.stands) + session.number,
        is_changed=line.change is not Change.KEPT,
        gap=words.gap(session.gap),
        over=over_words(session.over),
        **_when(course, session.starts_at, session.visit_ends_at),
        who=_who(session.specialist.name, session.room, session.device),
        change=change_words(line.change),
        icon=ICONS[line.change],
        tone=TONES[line.change],
        token=line.step.token,
        rescreen_before=session.rescreen_before,
    )


def _when(course: Course, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    starts, ends = course.clinic.local(starts_at), course.clinic.local(ends_at)
    return {
        "iso": f"{starts:%Y-%m-%dT%H:%M}",
        "day": words.weekday_and_day(starts.date()),
        "hours": f"{words.clock(starts)}–{words.clock(ends)}",
    }


def _who(specialist: str, room: object, device: object | None) -> str:
    place = ", ".join(str(part) for part in (room, device) if part)
    return f"{specialist} · {place}"


def change_words(change: Change) -> str:
    return {
        Change.KEPT: _("stays"),
        Change.ELSEWHERE: _("other room"),
        Change.MOVED: _("moved"),
        Change.ADDED: _("new"),
    }[change]


def taken_by_others(course: Course, now: datetime) -> Iterator[Taken]:
    """What open proposals of other courses would take, so that all of them can be accepted."""
    others = CourseProposal.objects.open().of(course.clinic).exclude(course=course)
    today = course.clinic.local(now).date()
    for tokens, cells in others.values_list("steps", "cells"):
        for step in steps_of(tokens):
            if step.slot.day >= today:
                yield Taken(slot=step.slot, cells=cells)


def steps_of(tokens: Sequence[str]) -> list[Step]:
    """The plan of a proposal."""
    return [Step.parse(token) for token in tokens]


def proposal_words(proposal: CourseProposal) -> str:
    """What is proposed and why, in a sentence for the board."""
    if not proposal.steps:
        return _("No plan was found that puts it right: change the wishes, or move by hand.")
    return {
        CourseProposal.Reason.UNAVAILABLE: _(
            "What a booked session needs is not there; a new plan is proposed."
        ),
        CourseProposal.Reason.SESSION_LOST: _(
            "A session is lost; giving it again moves others. A new plan is proposed."
        ),
        CourseProposal.Reason.GAP_TOO_LONG: _("A gap is too long; a new plan is proposed."),
    }[CourseProposal.Reason(proposal.reason)]
