"""A mail as it goes over the wire (RFC 5322, RFC 2045).

The product's mails have one form: a text, its alternatives and perhaps a file. They are written in
it at once; the tree of parts that ``email`` builds and walks takes longer than all that they say.
"""

import secrets
from base64 import encodebytes
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.header import Header
from email.utils import formatdate
from functools import cached_property, lru_cache
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address

CRLF = "\r\n"
# Longer headers are broken, and longer lines of a text can't go as they are.
LONGEST_HEADER, LONGEST_LINE = 76, 998


class Mail(EmailMultiAlternatives):
    """Written out once: what is kept of it is what was sent. All that it says is set before that.

    ``fell_back``: the clinic's own wording could not be used, the shipped one was.
    """

    fell_back = False

    def message(self, **_options: Any) -> Any:
        """What Django's backends ask for the bytes."""
        return self

    def recipients(self) -> list[Any]:
        """As pairs of name and address; text, Django's backend would read letter by letter."""
        return [("", address) for address in super().recipients()]

    def write(self) -> "Mail":
        """Have it written out before it goes. What can't be written says so when it is to go."""
        with suppress(ValueError):
            self._written  # noqa: B018 (kept from now on)
        return self

    def as_bytes(self, linesep: str = "\n") -> bytes:
        """ValueError where an address can't stand in a mail."""
        return self._written if linesep == CRLF else self.source.encode()

    @property
    def source(self) -> str:
        """The mail as it went over the wire, with line ends as files have them."""
        return self._written.decode().replace(CRLF, "\n")

    @cached_property
    def _written(self) -> bytes:
        texts = [(self.body, "text/plain"), *self.alternatives]
        alternatives = [_text(str(text), content_type) for text, content_type in texts]
        content = _multipart("alternative", alternatives)
        if self.attachments:
            files = [_file(*each) for each in self.attachments]
            content = _multipart("mixed", [content, *files])
        head = "".join(_header(name, value) for name, value in self._headers())
        return head.encode() + content

    def _headers(self) -> Iterator[tuple[str, str]]:
        """Those of ``extra_headers`` instead of what is said otherwise."""
        said = {
            "Subject": self.subject,
            "From": self.from_email,
            "To": ", ".join(_address(each) for each in self.to),
            "Reply-To": ", ".join(_address(each) for each in self.reply_to),
            "Date": formatdate(),
            "MIME-Version": "1.0",
        }
        for name, value in (said | self.extra_headers).items():
            if value:
                yield name, str(value)


def _address(address: str) -> str:
    return address if address.isascii() else sanitize_address(address, "utf-8")


def _header(name: str, value: str) -> str:
    if "\n" in value or "\r" in value:
        raise ValueError(f"{name} has more than one line")
    fits = len(name) + len(value) <= LONGEST_HEADER and value.isascii()
    return f"{name}: {value if fits else _encoded(name, value)}{CRLF}"


@lru_cache(maxsize=1000)
def _encoded(name: str, value: str) -> str:
    """In ASCII and broken into lines; a clinic's senders and subjects come again and again."""
    return Header(value, header_name=name).encode(linesep=CRLF)


def _text(text: str, content_type: str) -> bytes:
    # A regular expression would take three times as long.
    octets = text.replace(CRLF, "\n").replace("\r", "\n").replace("\n", CRLF).encode()
    if max(map(len, octets.split(b"\r\n"))) > LONGEST_LINE:
        return _part(f'{content_type}; charset="utf-8"', "base64", _base64(octets))
    encoding = "7bit" if octets.isascii() else "8bit"
    return _part(f'{content_type}; charset="utf-8"', encoding, octets)


def _file(name: str, content: str | bytes, content_type: str) -> bytes:
    """In base64, which keeps the line ends that calendars prescribe."""
    octets = content.encode() if isinstance(content, str) else content
    disposition = f'Content-Disposition: attachment; filename="{name}"'
    return _part(content_type, "base64", _base64(octets), disposition)


def _base64(octets: bytes) -> bytes:
    return encodebytes(octets).replace(b"\n", b"\r\n")


def _part(content_type: str, encoding: str, octets: bytes, *more: str) -> bytes:
    head = [f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}", *more]
    return CRLF.join([*head, "", ""]).encode() + octets


def _multipart(subtype: str, parts: Sequence[bytes]) -> bytes:
    boundary = f"={secrets.token_hex(16)}="
    head = f'Content-Type: multipart/{subtype};{CRLF} boundary="{boundary}"{CRLF}'
    between = f"{CRLF}--{boundary}".encode()
    opened = [b"\r\n" + part for part in parts]
    return head.encode() + between + between.join(opened) + between + b"--\r\n"
