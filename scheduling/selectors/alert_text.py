"""What is wrong with a course, in a sentence, out of the figures that the worker left."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.models import CourseAlert
from scheduling.models.alert import AlertKind
from scheduling.selectors.words import short_day

Details = Mapping[str, Any]


def alert_text(alert: CourseAlert) -> str:
    """The alert's reason in the reader's language."""
    return _SENTENCES[AlertKind(alert.kind)](alert.details)


def _gap(details: Details) -> str:
    most = details["max"]
    if details["next"] is None:
        return ngettext(
            "The last session was on %(last)s and the next one is not booked; "
            "the gap is to be at most %(max)s day.",
            "The last session was on %(last)s and the next one is not booked; "
            "the gap is to be at most %(max)s days.",
            most,
        ) % {"last": _day(details["last"]), "max": most}
    return ngettext(
        "From %(last)s to %(next)s it is %(days)s day; the gap is to be at most %(max)s.",
        "From %(last)s to %(next)s it is %(days)s days; the gap is to be at most %(max)s.",
        details["days"],
    ) % {
        "last": _day(details["last"]),
        "next": _day(details["next"]),
        "days": details["days"],
        "max": most,
    }


def _missing(details: Details) -> str:
    missing = details["planned"] - details["live"]
    return ngettext(
        "%(missing)s of %(planned)s sessions is not booked.",
        "%(missing)s of %(planned)s sessions are not booked.",
        missing,
    ) % {"missing": missing, "planned": details["planned"]}


def _rescreening(details: Details) -> str:
    return _(
        "The screening is valid until %(until)s; the session on %(session)s needs a new one."
    ) % {
        "until": _day(details["valid_until"]),
        "session": _day(details["session"]),
    }


def _day(text: str) -> str:
    return short_day(date.fromisoformat(text))


_SENTENCES: dict[AlertKind, Callable[[Details], str]] = {
    AlertKind.GAP_TOO_LONG: _gap,
    AlertKind.SESSIONS_MISSING: _missing,
    AlertKind.RESCREENING_DUE: _rescreening,
}
