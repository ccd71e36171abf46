"""The words that come with the product, and which names each kind of mail knows.

A manager may replace them per clinic and language (``scheduling.models.Wording``); they stay what
a mail falls back to. No name stands for anything about health, so none can get into a mail.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.models.message import MessageKind as Kind

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Shipped:
    """The parts that can be worded, and the names that may stand in them."""

    subject: Text
    intro: Text
    names: tuple[str, ...]
    closing: Text = ""


NAMES: dict[str, Text] = {
    "name": _("the client's name"),
    "clinic": _("the clinic's name"),
    "phone": _("the clinic's phone"),
    "address": _("the clinic's address"),
    "sessions": _("how many sessions, such as “10 sessions”"),
    "session": _("which session, such as “session 2 of 10”"),
    "visits": _("the visit that has changed, or how many"),
    "day": _("the day, such as “Saturday, 16 May 2026”"),
    "date": _("the day without its weekday and year, such as “16 May”"),
    "when": _("“today”, “tomorrow”, or the day"),
    "time": _("when it begins, such as “14:05”"),
    "until": _("when it ends, such as “14:50”"),
    "proposals": _("how many proposals, such as “2 proposals”"),
}

_CLINIC = ("clinic", "phone", "address")
_COURSE = ("name", *_CLINIC, "sessions")
_DAY = ("day", "date", "when", "time", "until")

SHIPPED: dict[Kind, Shipped] = {
    Kind.COURSE_BOOKED: Shipped(
        subject=_("{clinic}: your {sessions}, from {date}"),
        intro=_(
            "Hello {name}, here are all the visits. The times are the clinic's local time; open "
            "the attached calendar to add them to yours."
        ),
        names=(*_COURSE, *_DAY),
    ),
    Kind.REMINDER: Shipped(
        subject=_("{clinic}: {when} at {time}, {session}"),
        intro=_("Hello {name}, we are expecting you."),
        names=(*_COURSE, *_DAY, "session"),
    ),
    Kind.MOVED: Shipped(
        subject=_("{clinic}: your visits have changed: {visits}"),
        intro=_("Hello {name}, this is what is new. The times are the clinic's local time."),
        names=(*_COURSE, "visits"),
    ),
    Kind.CANCELLED: Shipped(
        subject=_("{clinic}: cancelled: {visits}"),
        intro=_("Hello {name}, this will not take place:"),
        names=(*_COURSE, "visits"),
    ),
    Kind.MISSED: Shipped(
        subject=_("{clinic}: let's find you another time"),
        intro=_(
            "Hello {name}, we were expecting you {when} at {time}. The session can be made up "
            "for: choose another time, call us, or reply to this e-mail."
        ),
        names=(*_COURSE, *_DAY),
    ),
    Kind.RESCREENING_DUE: Shipped(
        subject=_("{clinic}: a few questions before your next visit"),
        intro=_(
            "Hello {name}, before your next visits we have to go through a few questions with you "
            "again. It takes five minutes: come a little earlier, or call us."
        ),
        names=(*_COURSE, *_DAY),
    ),
    Kind.AFTERCARE: Shipped(
        subject=_("{clinic}: after your visit"),
        intro=_(
            "Hello {name}, thank you for coming. Please rest today, drink enough water, and mind "
            "the points below."
        ),
        names=(*_COURSE, *_DAY),
    ),
    Kind.COURSE_FINISHED: Shipped(
        subject=_("{clinic}: your course is complete"),
        intro=_(
            "Hello {name}, all your sessions have been given. Thank you for your trust: we are "
            "glad to see you again whenever you like."
        ),
        names=_COURSE,
    ),
    Kind.PROPOSALS_WAITING: Shipped(
        subject=_("{clinic}: {proposals}"),
        intro=_(
            "Courses have to change, and a plan was made for each. Accept or dismiss them at the "
            "desk."
        ),
        names=(*_CLINIC, "proposals"),
    ),
}
