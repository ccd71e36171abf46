"""A verdict in words for the reader: what it is, why, and what to do next.

Why is told in full only to those who may see answers; everybody else reads the kind of the
contraindication, the zones and the dates, never which one it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Screening
from clients.selectors import VerdictTable
from clients.verdict import Outcome, Reason, ReasonCode, Verdict

TONES = {
    Outcome.CLEARED: "success",
    Outcome.DEFERRED: "warning",
    Outcome.REFUSED: "danger",
    Outcome.UNSCREENED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Told:
    """``code`` chooses icon and tone of the badge; texts are plain."""

    code: str
    title: str
    reasons: tuple[str, ...] = ()
    next_step: str = ""

    @property
    def tone(self) -> str:
        return TONES[Outcome(self.code)]


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A procedure type and, per zone of the table, what is told of it (None: it isn't done)."""

    name: str
    cells: tuple[tuple[str, Told | None], ...]


def day_in_words(day: date) -> str:
    """“22 November 2026”, in the reader's language."""
    return date_format(day, "j E Y")


def day_in_short(day: date, today: date) -> str:
    """“6 December”, with the year where it is another than today's."""
    return date_format(day, "j E" if day.year == today.year else "j E Y")


def tell(verdict: Verdict, *, today: date, detailed: bool) -> Told:
    """One verdict, for one procedure and zone, as short as a cell of a table wants it."""
    reasons = tuple(tell_reason(reason, detailed=detailed) for reason in verdict.reasons)
    return Told(verdict.outcome, _title(verdict, today), reasons)


def tell_table(table: VerdictTable, *, detailed: bool) -> list[ToldRow]:
    """The whole table, row by row."""
    return [
        ToldRow(
            row.procedure_type.name,
            tuple(
                (zone.name, tell(verdict, today=table.day, detailed=detailed) if verdict else None)
                for zone, verdict in zip(table.zones, row.verdicts, strict=True)
            ),
        )
        for row in table.rows
    ]


def summarise(table: VerdictTable, screening: Screening | None, *, detailed: bool) -> Told:
    """The table in one sentence, its reasons with the zones they are about, and what to do next."""
    outcomes = {verdict.outcome for verdict in table.all()}
    if screening is None:
        return Told(
            Outcome.UNSCREENED,
            _("Not screened yet"),
            next_step=_("Ask the questionnaire; a course can be booked after it."),
        )
    if Outcome.UNSCREENED in outcomes:
        return Told(
            Outcome.UNSCREENED,
            _("The last screening was valid until %(day)s")
            % {"day": day_in_words(screening.valid_until)},
            next_step=_("Ask the questionnaire again before anything is booked."),
        )
    reasons = tuple(_reasons_with_zones(table, detailed=detailed))
    if outcomes <= {Outcome.CLEARED}:
        return Told(Outcome.CLEARED, _("Cleared for everything"), next_step=_("Book a course."))
    if Outcome.CLEARED in outcomes:
        title = _("Cleared in part: see below where")
        next_step = _("Book a course on a zone that is cleared.")
        return Told(Outcome.DEFERRED, title, reasons, next_step)
    if Outcome.DEFERRED in outcomes:
        return _deferred(table, reasons)
    return Told(
        Outcome.REFUSED,
        _("Refused"),
        reasons,
        _("An absolute contraindication can't be overridden. Thank the client and explain why."),
    )


def tell_reason(reason: Reason, *, detailed: bool) -> str:
    """One reason in words, with the contraindication's name only where ``detailed``."""
    match reason.code:
        case ReasonCode.NEVER_SCREENED:
            return _("never screened")
        case ReasonCode.SCREENING_LAPSED:
            return _("the screening is no longer valid")
        case ReasonCode.SCREENED_LATER:
            return _("screened only after that day")
    if reason.until is None:
        return capfirst(reason.name) if detailed else _("An absolute contraindication")
    what = capfirst(reason.name) if detailed else _("A passing contraindication")
    return _("%(what)s, until %(day)s") % {"what": what, "day": day_in_words(reason.until)}


def _title(verdict: Verdict, today: date) -> str:
    if verdict.until:
        return _("From %(day)s") % {"day": day_in_short(verdict.until, today)}
    match verdict.outcome:
        case Outcome.CLEARED:
            return _("Cleared")
        case Outcome.UNSCREENED:
            return _("Not screened")
        case _other:
            return _("Refused")


def _deferred(table: VerdictTable, reasons: tuple[str, ...]) -> Told:
    earliest = min(verdict.until for verdict in table.all() if verdict.until)
    day = day_in_words(earliest)
    return Told(
        Outcome.DEFERRED,
        _("Deferred until %(day)s") % {"day": day},
        reasons,
        _(
            "Book a course: its plan starts on %(day)s or later. "
            "A clinician can clear it earlier, in writing."
        )
        % {"day": day},
    )


def _reasons_with_zones(table: VerdictTable, *, detailed: bool) -> Iterable[str]:
    """Every reason of the table once, followed by its zones where it does not stop all of them."""
    zones_of: dict[Reason, dict[str, None]] = {}
    for row in table.rows:
        for zone, verdict in zip(table.zones, row.verdicts, strict=True):
            for reason in verdict.reasons if verdict else ():
                zones_of.setdefault(reason, {})[zone.name] = None
    for reason, zones in zones_of.items():
        words = tell_reason(reason, detailed=detailed)
        if len(zones) == len(table.zones):
            yield words
        else:
            yield ngettext("%(reason)s (zone: %(zones)s)", "%(reason)s (zones: %(zones)s)",
                           len(zones)) % {"reason": words, "zones": ", ".join(zones)}  # fmt: skip
