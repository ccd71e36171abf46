"""A real SMTP server on loopback, which keeps what it takes and refuses on request.

Import the ``smtp`` fixture into a test module: Django's own SMTP backend then sends to it.
"""

import socket
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import icalendar
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = Callable[[str], str | None]


@dataclass
class Postbox:
    """The server's handler. ``at_rcpt`` and ``at_data`` may answer instead of it.

    They get the recipient's address and return an SMTP reply, or None to take the mail.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    sources: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    at_rcpt: Answer = lambda address: None
    at_data: Answer = lambda address: None

    async def handle_EHLO(  # noqa: N802 (the server library's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return answers

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.at_rcpt(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        refusal = self.at_data(envelope.rcpt_tos[0])
        if refusal is None:
            content = cast("bytes", envelope.original_content)
            self.sources.append(content)
            self.mails.append(parse_mail(content))
            self.recipients += envelope.rcpt_tos
        return refusal or "250 OK"

    def clear(self) -> None:
        """Forget what came so far."""
        self.mails, self.sources, self.recipients = [], [], []


def parse_mail(content: bytes) -> EmailMessage:
    """As a mail client would; a defect anywhere in it is an error."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    for part in mail.walk():
        assert part.defects == []
    return mail


def text_of(mail: EmailMessage) -> str:
    return _body(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return _body(mail, "html")


def _body(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def calendar_of(mail: EmailMessage) -> icalendar.Calendar:
    """The one calendar attached to the mail."""
    [part] = mail.iter_attachments()
    assert part.get_content_type() in ("text/calendar", "application/ics")
    content: Any = part.get_payload(decode=True)
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar


class LoopbackController(Controller):
    """Takes a free port and keeps it from the first moment on."""

    def __init__(self, handler: object, port: int = 0, **options: Any) -> None:
        self.socket = socket.create_server(("127.0.0.1", port))
        super().__init__(
            handler, hostname="127.0.0.1", port=self.socket.getsockname()[1], **options
        )

    def _create_server(self) -> Coroutine[Any, Any, Any]:
        return self.loop.create_server(self._factory_invoker, sock=self.socket)


def serve(postbox: Postbox, port: int = 0, **options: Any) -> LoopbackController:
    """Start the server in a thread of its own; ``.port`` says where. The caller stops it.

    ``options`` are those of ``aiosmtpd.smtp.SMTP``.
    """
    controller = LoopbackController(postbox, port, **options)
    controller.start()
    return controller


@pytest.fixture
def smtp(settings: Any) -> Iterator[Postbox]:
    postbox = Postbox()
    controller = serve(postbox)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield postbox
    controller.stop()
