"""Days, times, gaps and money in the reader's language."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

SIGNS = {"RUB": "₽", "EUR": "€", "USD": "$"}


def weekday_and_day(day: date) -> str:
    """Such as “Mon 23 November”."""
    return _written(day, "D j E", get_language())


def weekday(number: int) -> str:
    """The short name of a weekday, Monday = 0."""
    return str(WEEKDAYS_ABBR[number])


def full_weekday(day: date) -> str:
    """Such as “Monday”."""
    return _written(day, "l", get_language())


def full_date(day: date) -> str:
    """Such as “23 November 2026”."""
    return _written(day, "j E Y", get_language())


def full_day(day: date) -> str:
    """Such as “Monday, 23 November 2026”."""
    return _written(day, "l, j E Y", get_language())


def short_day(day: date) -> str:
    """Such as “23 November”."""
    return _written(day, "j E", get_language())


# A page names the same few days over and over.
@lru_cache(maxsize=2000)
def _written(day: date, pattern: str, language: str | None) -> str:
    """``language`` is the present one; it is there to tell the texts apart."""
    return date_format(day, pattern)


def clock(moment: datetime | time) -> str:
    """Such as “10:05”, of a moment that is already on the clinic's clock."""
    return f"{moment:%H:%M}"


def gap(days: int | None) -> str:
    """The days to the session before; “first” where there is none."""
    if days is None:
        return _("first")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def sessions(count: int) -> str:
    return ngettext("%(count)s session", "%(count)s sessions", count) % {"count": count}


def visit(starts: datetime) -> str:
    """Such as “Mon 23 November, 10:05”, of a moment on the clinic's clock."""
    return f"{weekday_and_day(starts.date())}, {clock(starts)}"


def span(days: Sequence[date]) -> str:
    """Such as “10 sessions, 3 May – 30 May”; the days are in order."""
    text = sessions(len(days))
    return f"{text}, {short_day(days[0])} – {short_day(days[-1])}" if days else text


def money(amount: Decimal, currency: str) -> str:
    """Such as “12,000 ₽”; kopecks only where there are some."""
    places = 0 if amount == amount.to_integral_value() else 2
    figure = number_format(amount, decimal_pos=places, force_grouping=True)
    return f"{figure}\u00a0{SIGNS.get(currency, currency)}"
