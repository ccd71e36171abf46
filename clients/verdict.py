"""May this be done, on this zone, on this day? Pure: values in, values out, no clock.

The database answers the same question on its own before it lets an appointment in
(``scheduling.models.triggers``); a test compares the two over random questionnaires. All days are
days of the clinic's calendar.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

ONE_DAY = timedelta(days=1)


class Outcome(StrEnum):
    CLEARED = "cleared"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNSCREENED = "unscreened"


class ReasonCode(StrEnum):
    """What a reason is about; the first two name an answer."""

    ABSOLUTE = "absolute"
    PASSING = "passing"
    NEVER_SCREENED = "never_screened"
    SCREENED_LATER = "screened_later"
    SCREENING_LAPSED = "screening_lapsed"


class OnBody(Protocol):
    """What is asked of a zone; ``procedures.models.Zone`` and ``ZoneFact`` both have it."""

    @property
    def id(self) -> int: ...
    @property
    def covers_all(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ZoneFact:
    """A zone of the body; one that ``covers_all`` overlaps every zone."""

    id: int
    covers_all: bool = False


@dataclass(frozen=True, slots=True)
class ClearedDays:
    """The days of one clearance that was not revoked, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """One question answered yes.

    ``zones`` is None where it stops every zone. ``stops_until`` is the first day on which it no
    longer stops; None means for good, which makes it absolute.
    """

    id: int
    name: str
    zones: tuple[ZoneFact, ...] | None = None
    stops_until: date | None = None
    clearances: tuple[ClearedDays, ...] = ()

    @property
    def is_absolute(self) -> bool:
        return self.stops_until is None

    def stops(self, zone: OnBody, day: date) -> bool:
        """True where nothing may be done on the zone that day because of this answer."""
        return (
            (self.stops_until is None or day < self.stops_until)
            and self.affects(zone)
            and not any(days.first <= day <= days.last for days in self.clearances)
        )

    def affects(self, zone: OnBody) -> bool:
        return (
            self.zones is None
            or zone.covers_all
            or any(affected.covers_all or affected.id == zone.id for affected in self.zones)
        )


@dataclass(frozen=True, slots=True)
class ScreeningFacts:
    """A full screening and what its visits added: its days, and the answers that were yes."""

    asked_on: date
    valid_until: date
    answers: tuple[AnswerFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not. ``until`` is the first day on which the reason is gone, None where there is none.

    ``answer`` is the id of the answer it comes from and ``name`` that contraindication's name:
    medical detail, shown only to those who may see answers.
    """

    code: ReasonCode
    until: date | None = None
    answer: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``until``, of a deferral, is the first day on which nothing stops the procedure any more.

    It may lie after the screening's last day: then everything is asked again by then.
    """

    outcome: Outcome
    until: date | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def is_cleared(self) -> bool:
        return self.outcome is Outcome.CLEARED


def verdict_on(facts: ScreeningFacts | None, *, zone: OnBody, day: date) -> Verdict:
    """The verdict for a procedure on ``zone`` on ``day``; no screening at all is ``None``."""
    if facts is None:
        return Verdict(Outcome.UNSCREENED, reasons=(Reason(ReasonCode.NEVER_SCREENED),))
    if day < facts.asked_on:
        later = Reason(ReasonCode.SCREENED_LATER, until=facts.asked_on)
        return Verdict(Outcome.UNSCREENED, reasons=(later,))
    if day > facts.valid_until:
        return Verdict(Outcome.UNSCREENED, reasons=(Reason(ReasonCode.SCREENING_LAPSED),))
    reasons = _stopping(facts, zone, day)
    if not reasons:
        return Verdict(Outcome.CLEARED)
    if any(reason.code is ReasonCode.ABSOLUTE for reason in reasons):
        return Verdict(Outcome.REFUSED, reasons=reasons)
    until = _first_free_day(facts, zone, day)
    return Verdict(Outcome.DEFERRED, until=until, reasons=reasons)


def uncleared_days(
    facts: ScreeningFacts, *, zone: OnBody, first_day: date, last_day: date
) -> dict[date, Reason]:
    """The days, both ends included, on which no session may be booked, each with its main reason.

    Days after the screening's last one are not among them for that alone: a session there is
    booked and the client is screened again before it.
    """
    if not facts.answers:
        last_day = min(last_day, facts.asked_on - ONE_DAY)
    days = (first_day + ONE_DAY * n for n in range((last_day - first_day).days + 1))
    stopped: dict[date, Reason] = {}
    for day in days:
        if day < facts.asked_on:
            stopped[day] = Reason(ReasonCode.SCREENED_LATER, until=facts.asked_on)
        elif reasons := _stopping(facts, zone, day):
            stopped[day] = reasons[0]
    return stopped


def _stopping(facts: ScreeningFacts, zone: OnBody, day: date) -> tuple[Reason, ...]:
    """What stops the zone that day: the absolute first, then those that last longest."""
    answers = (answer for answer in facts.answers if answer.stops(zone, day))
    return tuple(_reason(answer) for answer in sorted(answers, key=_weight))


def _weight(answer: AnswerFact) -> tuple[int, int]:
    lasts_until = answer.stops_until or date.max
    return -lasts_until.toordinal(), answer.id


def _reason(answer: AnswerFact) -> Reason:
    code = ReasonCode.ABSOLUTE if answer.is_absolute else ReasonCode.PASSING
    return Reason(code, until=answer.stops_until, answer=answer.id, name=answer.name)


def _first_free_day(facts: ScreeningFacts, zone: OnBody, day: date) -> date:
    """The first day after ``day`` on which nothing stops the zone; only passing answers do so.

    It can only be one on which an answer ends or a clearance begins. Should a clearance end before
    its answer does, the days after it are stopped again: ``uncleared_days`` lists them.
    """
    return next(
        candidate
        for candidate in sorted(_turning_days(facts.answers))
        if candidate > day and not any(answer.stops(zone, candidate) for answer in facts.answers)
    )


def _turning_days(answers: Iterable[AnswerFact]) -> set[date]:
    return {answer.stops_until for answer in answers if answer.stops_until} | {
        days.first for answer in answers for days in answer.clearances
    }
