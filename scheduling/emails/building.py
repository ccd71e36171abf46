"""A mail out of what it says: its parts, headers and calendar."""

import re
from collections.abc import Mapping, Sequence
from email.utils import formataddr, parseaddr
from functools import cache, lru_cache
from textwrap import TextWrapper
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from clients.phones import spaced
from cryoclinic.models import Clinic
from scheduling.calendars import Entry, Method, calendar_file, host
from scheduling.emails.wire import Mail
from scheduling.emails.words import Draft, own_draft, words_of
from scheduling.links import page_url, unsubscribe_headers, unsubscribe_url
from scheduling.mail_facts import Facts
from scheduling.models import Message
from scheduling.models.message import OPTIONAL, MessageKind
from scheduling.selectors import words

SHARED = ["where", "avoid", "why"]
# Longer lines of the text are broken between words, as mail programs that show it don't.
LINE = 76
WRAPPER = TextWrapper(LINE, break_long_words=False, break_on_hyphens=False)
EMPTY_LINES = re.compile(r"\n[ \t]*\n\s*\n")
# What the link to the client's page is called where it is for something in particular.
SEE = gettext_lazy("See your visits")
ACTIONS = {
    MessageKind.REMINDER: gettext_lazy("Confirm, move or cancel"),
    MessageKind.MISSED: gettext_lazy("Choose another time"),
}


def build(
    kind: MessageKind,
    message: Message,
    facts: Facts,
    *,
    names: Mapping[str, str],
    context: Mapping[str, Any],
    draft: Draft | None = None,
) -> Mail:
    """The mail over ``templates/emails/<kind>.txt`` and ``.html``, in the active language.

    ``names`` are what may stand in its wording, beyond what every mail knows; ``draft`` is a
    wording to try, the clinic's own without.
    """
    clinic = message.clinic
    own = draft or _own_draft(clinic, kind, facts)
    said = words_of(kind, own, _names(message) | dict(names))
    whole = _context(kind, message, facts) | {"words": said} | dict(context)
    mail = Mail(
        subject=said.subject,
        body=_wrapped(_rendered("txt", whole)) + "\n",
        from_email=_sender(),
        to=[(message.client or clinic).email],
        reply_to=[clinic.email] if clinic.email else [],
        headers=_headers(message),
    )
    mail.attach_alternative(_rendered("html", whole), "text/html")
    mail.fell_back = said.fell_back
    return mail


def _rendered(form: str, context: Mapping[str, Any]) -> str:
    """``form`` is ``txt`` or ``html``."""
    kind, clinic, phone = context["kind"], context["clinic"], context["phone"]
    about = About(clinic.name, clinic.address, clinic.map_url, clinic.phone)
    shared = _shared(form, context["language"], kind, about, phone)
    return render_to_string(f"emails/{kind}.{form}", {**context, "shared": shared}).strip()


class About(NamedTuple):
    """What a mail says of its clinic."""

    name: str
    address: str
    map_url: str
    phone: str


@lru_cache(maxsize=500)
def _shared(form: str, language: str, kind: str, clinic: About, phone: str) -> dict[str, str]:
    """The parts that are the same in a clinic's mails of a kind, in the active language.

    Kept, as they are a third of a mail.
    """
    context = {"kind": kind, "clinic": clinic, "phone": phone}
    return {part: render_to_string(f"emails/_{part}.{form}", context) for part in SHARED}


def _own_draft(clinic: Clinic, kind: MessageKind, facts: Facts) -> Draft | None:
    """The clinic's words, from the facts if they were read with them."""
    if facts.words is None:
        return own_draft(clinic, kind)
    own = facts.words.get((kind, translation.get_language()))
    return Draft(*own) if own else None


def with_file(mail: Mail, message: Message, entries: Sequence[Entry]) -> Mail:
    """The mail with the visits as a calendar to take in, if there are any."""
    if entries:
        content = calendar_file(
            entries, clinic=message.clinic, organizer=_organizer(message.clinic)
        )
        mail.attach("visits.ics", content, f"text/calendar; method={Method.PUBLISH}; charset=utf-8")
    return mail


def with_invitation(mail: Mail, message: Message, entry: Entry) -> Mail:
    """The mail with one visit that goes into the client's calendar, changes there, or leaves it.

    Twice, as calendar programs expect it: Gmail and Outlook read the alternative, Apple's and
    others' the attached file.
    """
    method = Method.CANCEL if entry.is_cancelled else Method.REQUEST
    content = calendar_file(
        [entry],
        clinic=message.clinic,
        organizer=_organizer(message.clinic),
        attendee=mail.to[0],
        method=method,
    )
    mail.attach_alternative(content.decode(), f"text/calendar; method={method}")
    mail.attach("visit.ics", content, "application/ics")
    return mail


def _names(message: Message) -> dict[str, str]:
    """What the wording of every mail may name."""
    clinic, course, client = message.clinic, message.course, message.client
    return {
        "name": client.name if client else "",
        "clinic": clinic.name,
        "phone": spaced(clinic.phone),
        "address": _one_line(clinic.address),
        "sessions": words.sessions(course.sessions_planned) if course else "",
    }


def _context(kind: MessageKind, message: Message, facts: Facts) -> dict[str, Any]:
    clinic, course, client = message.clinic, message.course, message.client
    last_day = facts.visits[-1].starts_at.date() if facts.visits else None
    return {
        "kind": kind.value,
        "language": translation.get_language(),
        "clinic": clinic,
        "phone": spaced(clinic.phone),
        "sessions": course.sessions_planned if course else 0,
        "page_url": page_url(course, last_day=last_day) if course else "",
        "action": ACTIONS.get(kind, SEE),
        "unsubscribe_url": unsubscribe_url(client) if client and kind in OPTIONAL else "",
    }


def _headers(message: Message) -> dict[str, str]:
    """The same Message-ID at every attempt, so that a mail sent twice can be told as one."""
    headers = {
        "From": formataddr((_one_line(message.clinic.name), _sender())),
        "Message-ID": f"<{message.message_id}@{host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.client and message.kind in OPTIONAL:
        headers |= unsubscribe_headers(message.client)
    elif message.clinic.email:
        headers["List-Unsubscribe"] = f"<mailto:{message.clinic.email}?subject=unsubscribe>"
    return headers


def _organizer(clinic: Clinic) -> str:
    return clinic.email or _sender()


def _sender() -> str:
    return _bare(settings.DEFAULT_FROM_EMAIL)


@cache
def _bare(address: str) -> str:
    """Without the name of whoever it is."""
    return parseaddr(address)[1]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _wrapped(text: str) -> str:
    """Without more than one empty line in a row, wherever a part of the template was empty."""
    lines = EMPTY_LINES.sub("\n\n", text).splitlines()
    return "\n".join(WRAPPER.fill(line) if len(line) > LINE else line.rstrip() for line in lines)
