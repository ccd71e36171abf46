"""The verdict of a screening in the desk's words: what stops a course, or puts it off."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from clients.models import Screening
from clients.verdict import Outcome, Reason, Verdict
from clients.words import tell_reason
from scheduling.errors import NotCleared
from scheduling.selectors import words


def why_not_screened(screening: Screening | None, day: date) -> str:
    """Why nothing can be planned without a new screening; empty where it counts on ``day``."""
    if screening is None:
        return _("The client has not been screened yet.")
    if day > screening.valid_until:
        return _("The client's screening was valid until %(day)s.") % {
            "day": words.short_day(screening.valid_until)
        }
    return ""


def require_no_refusal(verdict: Verdict, *, named: bool) -> None:
    """Raise ``NotCleared`` for a refused verdict; the reasons are ``named`` to clinicians alone."""
    if verdict.outcome is not Outcome.REFUSED:
        return
    message = _("The screening refuses this procedure on this zone.")
    refused = NotCleared(
        " ".join([message, *_names(verdict.reasons, named=named)]),
        _("Choose another procedure or zone that the screening clears, or end the booking here."),
    )
    refused.status = 422
    raise refused


def deferral_words(verdict: Verdict, *, named: bool) -> str:
    """Until when the procedure is put off; empty where it isn't."""
    if verdict.outcome is not Outcome.DEFERRED or verdict.until is None:
        return ""
    text = _("The screening puts this procedure off: the plan starts on %(day)s or later.") % {
        "day": words.weekday_and_day(verdict.until)
    }
    return " ".join([text, *_names(verdict.reasons, named=named)])


def _names(reasons: Iterable[Reason], *, named: bool) -> list[str]:
    return [f"{tell_reason(reason, detailed=named)}." for reason in reasons]
