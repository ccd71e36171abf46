"""A mail out of what it says: its parts, headers and calendar."""

import re
import secrets
from collections.abc import Mapping, Sequence
from email import encoders
from email.generator import BytesGenerator
from email.mime.base import MIMEBase
from email.policy import Compat32
from email.utils import formataddr, parseaddr
from functools import cache, partial
from io import BytesIO
from textwrap import fill
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from clients.phones import spaced
from cryoclinic.models import Clinic
from scheduling.calendars import Entry, Method, calendar_file, host
from scheduling.emails.words import Draft, own_draft, words_of
from scheduling.links import page_url, unsubscribe_headers, unsubscribe_url
from scheduling.mail_facts import Facts
from scheduling.models import Message
from scheduling.models.message import OPTIONAL, MessageKind
from scheduling.selectors import words

# Longer lines of the text are broken between words, as mail programs that show it don't.
LINE = 76
# What the link to the client's page is called where it is for something in particular.
SEE = gettext_lazy("See your visits")
ACTIONS = {
    MessageKind.REMINDER: gettext_lazy("Confirm, move or cancel"),
    MessageKind.MISSED: gettext_lazy("Choose another time"),
}


class Mail(EmailMultiAlternatives):
    """Built and written out once: what is kept of it is what was sent.

    ``fell_back``: the clinic's own wording could not be used, the shipped one was.
    """

    built: Any = None
    fell_back = False

    def message(self, **options: Any) -> Any:
        if self.built is None:
            self.built = super().message(**options)
            _set_boundaries(self.built)
            self.built.as_bytes = cache(partial(_written, self.built))
        return self.built

    def write_out(self) -> bytes:
        """The mail as it goes over the wire; ValueError where an address can't stand in it."""
        sent: bytes = self.message().as_bytes(linesep="\r\n")
        return sent

    @property
    def source(self) -> str:
        """The mail as it went over the wire, with line ends as files have them."""
        return self.write_out().decode("utf-8", "replace").replace("\r\n", "\n")


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
        body=_wrapped(render_to_string(f"emails/{kind}.txt", whole).strip()) + "\n",
        from_email=formataddr((_one_line(clinic.name), _sender())),
        to=[(message.client or clinic).email],
        reply_to=[clinic.email] if clinic.email else [],
        headers=_headers(message),
    )
    mail.attach_alternative(render_to_string(f"emails/{kind}.html", whole).strip(), "text/html")
    mail.fell_back = said.fell_back
    return mail


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
        mail.attach(_calendar_part(content, "visits.ics", method=Method.PUBLISH))
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
    mail.attach(_calendar_part(content, "visit.ics", method=None))
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
        "Message-ID": f"<{message.message_id}@{host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.client and message.kind in OPTIONAL:
        headers |= unsubscribe_headers(message.client)
    elif message.clinic.email:
        headers["List-Unsubscribe"] = f"<mailto:{message.clinic.email}?subject=unsubscribe>"
    return headers


def _calendar_part(content: bytes, filename: str, *, method: Method | None) -> MIMEBase:
    """With ``method`` a calendar that mail programs act on, without a plain file."""
    if method is None:
        part = MIMEBase("application", "ics", name=filename)
    else:
        part = MIMEBase("text", "calendar", charset="utf-8", method=method.value)
    part.set_payload(content)
    # Base64 keeps the line ends that calendars prescribe.
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=filename)
    return part


class _ShortHeaders(Compat32):
    """Writes a header that fits into its line as it is, without looking for where to break it."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        fits = isinstance(value, str) and len(name) + len(value) + 2 <= LINE
        if fits and value.isascii() and value.isprintable():
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


def _written(built: Any, linesep: str = "\n") -> bytes:
    whole = BytesIO()
    generator = BytesGenerator(whole, mangle_from_=False, policy=_ShortHeaders())
    generator.flatten(built, linesep=linesep)
    return whole.getvalue()


def _set_boundaries(built: Any) -> None:
    """What parts the mail; left to itself, ``email`` compiles a pattern for each to look for it."""
    for part in built.walk():
        if part.is_multipart():
            part.set_boundary(f"={secrets.token_hex(16)}=")


def _organizer(clinic: Clinic) -> str:
    return clinic.email or _sender()


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _wrapped(text: str) -> str:
    """Without more than one empty line in a row, wherever a part of the template was empty."""
    lines = re.sub(r"\n[ \t]*\n\s*\n", "\n\n", text).splitlines()
    return "\n".join(
        fill(line, LINE, break_long_words=False, break_on_hyphens=False)
        if len(line) > LINE
        else line.rstrip()
        for line in lines
    )
