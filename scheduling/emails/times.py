"""Visits in the words of a mail, on the clinic's clock and in the active language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cryoclinic.models import Clinic
from scheduling.models import Appointment
from scheduling.selectors.visits import Visit
from scheduling.selectors.words import (
    clock,
    full_date,
    full_day,
    full_weekday,
    short_day,
    weekday_and_day,
)
from scheduling.told import ToldVisit

Times = dict[str, Any]


def visit_times(visit: Visit, today: date) -> Times:
    return _times(visit.starts_at, visit.ends_at, today) | {"number": visit.number}


def told_times(visit: ToldVisit, clinic: Clinic, today: date) -> Times:
    return _times(clinic.local(visit.starts_at), clinic.local(visit.ends_at), today)


def appointment_times(appointment: Appointment | None, clinic: Clinic, today: date) -> Times:
    """Of a visit that is live or not; empty for none."""
    if appointment is None:
        return {}
    span = appointment.visit
    return _times(clinic.local(span.lower), clinic.local(span.upper), today)


def names_of(times: Mapping[str, Any]) -> dict[str, str]:
    """The names of ``shipped.NAMES`` that a visit gives."""
    return {
        "day": times["day"],
        "date": times["date"],
        "when": times["when"],
        "time": times["from"],
        "until": times["until"],
    }


def one_or_many(visits: Sequence[Mapping[str, Any]]) -> str:
    """Such as “Sat 16 May, 14:05”, or how many there are."""
    if len(visits) == 1:
        return f"{visits[0]['short_day']}, {visits[0]['from']}"
    text = ngettext("%(count)s visit", "%(count)s visits", len(visits))
    return text % {"count": len(visits)}


def _times(starts_at: datetime, ends_at: datetime, today: date) -> Times:
    """Both on the clinic's clock."""
    day = starts_at.date()
    return {
        "date": short_day(day),
        "short_day": weekday_and_day(day),
        "weekday": full_weekday(day),
        "full_date": full_date(day),
        "day": full_day(day),
        "when": _relative_day(day, today),
        "from": clock(starts_at),
        "until": clock(ends_at),
    }


def _relative_day(day: date, today: date) -> str:
    if day == today:
        return _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    return full_day(day)
