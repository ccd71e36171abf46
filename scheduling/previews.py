"""A message as the client's mail program shows it: as it was sent, or will be as things are."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from scheduling.emails import compose
from scheduling.mail_facts import facts_of
from scheduling.models import Message
from scheduling.obstacles import obstacle


@dataclass(frozen=True, slots=True)
class Preview:
    """``calendar`` is the attached .ics, empty where there is none.

    ``is_final``: this is what the client got.
    """

    subject: str
    sender: str
    recipient: str
    text: str
    html: str
    calendar: bytes
    is_final: bool


def preview(message: Message, *, now: datetime) -> Preview | None:
    """None where there is nothing to show: it was not kept, or not sent and its visits are gone.

    The message's client, course, clinic and appointment are to be loaded.
    """
    if message.source:
        return _read(message.source, is_final=True)
    if message.status == Message.Status.SENT:
        return None
    now = max(now, message.due_at)
    facts = facts_of(message, now=now)
    if obstacle(message, facts, now):
        return None
    source = compose(message, facts, now=now).source
    return _read(source, is_final=False)


def _read(source: str, *, is_final: bool) -> Preview:
    mail = message_from_bytes(source.encode(), policy=policy.default)
    calendars = [cast("bytes", part.get_payload(decode=True)) for part in mail.iter_attachments()]
    return Preview(
        subject=mail["Subject"],
        sender=mail["From"],
        recipient=mail["To"],
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        calendar=b"".join(calendars[:1]),
        is_final=is_final,
    )


def _body(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return body.get_content() if body else ""
