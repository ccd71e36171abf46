"""Mails as they go over the wire, read back as a mail program would."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from scheduling.emails import Mail
from tests.smtp import html_of, parse_mail, text_of

SENT = format_datetime(datetime(2026, 5, 1, 9, tzinfo=UTC))
LONG = "Процедуры «холодом», " * 60


def mail(**changes: Any) -> Mail:
    said: dict[str, Any] = {
        "subject": "Hello",
        "body": "First\nSecond\n",
        "from_email": "noreply@frost.example",
        "to": ["anna@example.com"],
        "headers": {"From": "Frost <noreply@frost.example>", "Date": SENT},
    }
    mail = Mail(**said | changes)
    mail.attach_alternative("<p>Hello</p>", "text/html")
    return mail


def test_mail_is_written_with_the_line_ends_of_the_wire():
    mail_sent = mail()
    [boundary] = {line for line in mail_sent.source.splitlines() if line.startswith("--=")} - {
        mail_sent.source.splitlines()[-1]
    }

    assert mail_sent.as_bytes(linesep="\r\n").decode().split("\r\n") == [
        "Subject: Hello",
        "From: Frost <noreply@frost.example>",
        "To: anna@example.com",
        f"Date: {SENT}",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        f' boundary="{boundary.removeprefix("--")}"',
        "",
        boundary,
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 7bit",
        "",
        "First",
        "Second",
        "",
        boundary,
        'Content-Type: text/html; charset="utf-8"',
        "Content-Transfer-Encoding: 7bit",
        "",
        "<p>Hello</p>",
        f"{boundary}--",
        "",
    ]


def test_what_is_kept_is_what_was_sent():
    mail_sent = mail()

    assert mail_sent.source.replace("\n", "\r\n").encode() == mail_sent.as_bytes(linesep="\r\n")
    assert mail_sent.source.encode() == mail_sent.as_bytes()


def test_text_in_another_script_goes_as_it_is():
    read = parse_mail(mail(body="Здравствуйте\n").as_bytes())

    assert text_of(read) == "Здравствуйте\n"
    assert [part["Content-Transfer-Encoding"] for part in read.iter_parts()] == ["8bit", "7bit"]


def test_line_that_is_too_long_for_the_wire_arrives_whole():
    sent = mail(body=LONG)
    sent.attach_alternative(f"<p>{LONG}</p>", "text/html")
    written = sent.as_bytes(linesep="\r\n")

    assert max(len(line) for line in written.split(b"\r\n")) <= 78
    read = parse_mail(written)
    assert text_of(read) == LONG
    assert [part.get_content() for part in read.iter_parts()][1:] == [
        "<p>Hello</p>",
        f"<p>{LONG}</p>",
    ]
    assert html_of(read) == "<p>Hello</p>"


@pytest.mark.parametrize("subject", ["a word " * 30, "Сеанс № 3 " * 15, "Frost & Söhne"])
def test_header_of_any_length_and_script_arrives_whole(subject):
    written = mail(subject=subject.strip()).as_bytes(linesep="\r\n")

    assert written.isascii()
    assert max(len(line) for line in written.split(b"\r\n")) <= 78
    assert parse_mail(written)["Subject"] == subject.strip()


@pytest.mark.parametrize("value", ["a\nBcc: others@example.com", "a\r\nBcc: others@example.com"])
def test_header_of_two_lines_is_refused(value):
    with pytest.raises(ValueError, match="Subject has more than one line"):
        mail(subject=value).as_bytes()


def test_address_in_another_script_is_written_for_the_wire():
    read = parse_mail(mail(to=["anna@почта.рф"]).as_bytes())

    assert read["To"] == "anna@xn--80a1acny.xn--p1ai"


def test_file_arrives_as_it_was_given():
    sent = mail()
    sent.attach("visit.ics", b"BEGIN:VCALENDAR\r\n", "application/ics")
    [attached] = parse_mail(sent.as_bytes()).iter_attachments()

    assert (attached.get_content_type(), attached.get_filename()) == (
        "application/ics",
        "visit.ics",
    )
    assert attached.get_content() == b"BEGIN:VCALENDAR\r\n"
