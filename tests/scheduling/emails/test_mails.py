"""What the e-mails say, and what they never say, read as a mail client would."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from clients.models import Answer
from procedures.models import (
    Carrier,
    Contraindication,
    Indication,
    ProcedureType,
    Zone,
)
from scheduling.emails import compose
from scheduling.mail_facts import Facts
from scheduling.models import Message
from scheduling.models.message import MessageKind
from scheduling.selectors.visits import visits_of
from scheduling.told import Changes, from_json, to_json
from tests.scheduling.emails.samples import book
from tests.scheduling.outbox_clinic import NOON, send
from tests.smtp import calendar_of, html_of, parse_mail, text_of

pytestmark = pytest.mark.django_db


def without_tokens(text: str) -> str:
    return re.sub(r"/(v|u)/[^/\s]+/", r"/\1/TOKEN/", text)


def test_plan_says_all_as_it_is_unescaped(plan):
    _course, _visits, mail = plan

    assert mail["Subject"] == "Frost & Sons: your 3 sessions, from 14 May"
    assert without_tokens(text_of(mail)) == (
        "Your course of 3 sessions is booked\n"
        "\n"
        "Hello Anna “A” O'Neil <x>, here are all the visits. The times are the\n"
        "clinic's local time; open the attached calendar to add them to yours.\n"
        "\n"
        "1. Thursday, 14 May 2026, 14:05–14:50\n"
        "2. Saturday, 16 May 2026, 14:05–14:50\n"
        "3. Tuesday, 19 May 2026, 14:05–14:50\n"
        "\n"
        "See your visits:\n"
        f"{settings.SITE_URL}/v/TOKEN/\n"
        "\n"
        "Until the whole course is over:\n"
        "- no saunas or steam baths\n"
        "- no tanning, neither in the sun nor in a solarium\n"
        "- no aggressive cosmetics\n"
        "- half an hour of rest with us after each session\n"
        "\n"
        "Frost & Sons\n"
        "Where: 1 Frost Street, <2nd> floor\n"
        "Show on the map: https://map.example/?a=1&b=2\n"
        "To change or cancel a visit, call us: +7 495 123-45-67\n"
        "\n"
        "You get this e-mail because you agreed to e-mail from Frost & Sons. To stop\n"
        "it, reply or tell us at the desk.\n"
    )


def test_reminder_says_which_session_and_tomorrow_at_what_time(reminder):
    _course, _visits, mail = reminder

    assert mail["Subject"] == "Frost & Sons: tomorrow at 14:05, session 2 of 3"
    assert text_of(mail).partition("\nConfirm, move or cancel:\n")[0] == (
        "Your visit: tomorrow at 14:05\n"
        "\n"
        "Hello Anna “A” O'Neil <x>, we are expecting you.\n"
        "\n"
        "Saturday, 16 May 2026, 14:05–14:50\n"
        "Session 2 of 3\n"
    )


@pytest.mark.parametrize(
    ("hours", "word"),
    [(24, "tomorrow"), (4, "today"), (45, "Saturday, 16 May 2026")],
)
def test_reminder_names_the_day_from_the_day_it_is_sent(clinic, clock, smtp, hours, word):
    clinic.reminder_lead_hours = [hours]
    clinic.save()
    _course, visits = book(clinic)
    clock.move_to(visits[1].starts_at - timedelta(hours=hours))
    send(timezone.now())

    assert smtp.mails[-1]["Subject"] == f"Frost & Sons: {word} at 14:05, session 2 of 3"


@pytest.mark.parametrize("kind", ["plan", "reminder"])
def test_headers_say_who_writes_and_that_nobody_typed_it(request, kind):
    course, _visits, mail = request.getfixturevalue(kind)
    row = course.messages.filter(status="sent").order_by("-sent_at", "id")[0]

    assert mail["From"].addresses[0].display_name == "Frost & Sons"
    assert mail["From"].addresses[0].addr_spec == "noreply@127.0.0.1"
    assert mail["Reply-To"] == "desk@frost.example"
    assert mail["To"] == course.client.email
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<mailto:desk@frost.example?subject=unsubscribe>"
    assert mail["Message-ID"] in {
        f"<{message.message_id}@127.0.0.1>" for message in course.messages.filter(status="sent")
    }
    assert row.sent_to == course.client.email


class _Words(HTMLParser):
    """The text of a page, and the tags that were not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data.split()


@pytest.mark.parametrize("kind", ["plan", "reminder"])
def test_html_says_the_same_as_the_text(request, kind):
    _course, _visits, mail = request.getfixturevalue(kind)
    page = _Words(html_of(mail))

    text = re.sub(r"(?m)^\d\. |https?:\S+", "", text_of(mail))
    assert page.open == []
    assert set(re.findall(r"\w+", text)) - set(re.findall(r"\w+", " ".join(page.words))) == set()
    links = {without_tokens(link) for link in page.links}
    assert sorted(links) == [
        f"{settings.SITE_URL}/v/TOKEN/",
        "https://map.example/?a=1&b=2",
        "tel:+74951234567",
    ]


def test_plan_s_html_has_every_visit(plan):
    _course, _visits, mail = plan

    said = " ".join(_Words(html_of(mail)).words)
    assert "1 Thursday, 14 May 2026 14:05–14:50 2 Saturday, 16 May 2026 14:05–14:50 3" in said


def test_plan_has_text_first_then_html_then_one_calendar(plan):
    _course, _visits, mail = plan

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "visits.ics"
    assert dict(attached["Content-Type"].params) == {"charset": "utf-8", "method": "PUBLISH"}


def test_reminder_is_an_invitation_that_mail_programs_act_on(reminder):
    """As an alternative for Gmail and Outlook, as a file for the rest; the same calendar twice."""
    course, visits, mail = reminder

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    parts: list[Any] = list(mail.walk())
    assert dict(parts[4]["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    invitation = parts[4].get_payload(decode=True).replace(b"\r\n", b"\n")
    assert invitation == parts[5].get_payload(decode=True).replace(b"\r\n", b"\n")
    calendar = calendar_of(mail)
    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["UID"]) == ("REQUEST", f"visit-{visits[1].pk}@127.0.0.1")
    assert event["ATTENDEE"] == f"mailto:{course.client.email}"


def test_mail_speaks_the_client_s_language(clinic, clock, smtp):
    book(clinic, language="ru")
    send(NOON)

    mail = smtp.mails[-1]
    assert '<html lang="ru">' in html_of(mail)
    assert "1. Четверг, 14 мая 2026, 14:05–14:50" in text_of(mail)


def test_clinic_that_has_nothing_but_a_name_writes_a_whole_mail(clinic, clock, smtp):
    clinic.address = clinic.phone = clinic.email = clinic.map_url = ""
    clinic.save()
    book(clinic)
    send(NOON)

    mail = smtp.mails[-1]
    assert "Where" not in text_of(mail)
    assert (mail["Reply-To"], mail["List-Unsubscribe"]) == (None, None)
    event = calendar_of(mail).walk("VEVENT")[0]
    assert (event["ORGANIZER"], event.get("LOCATION")) == ("mailto:noreply@127.0.0.1", None)


def every_kind(course, visit):
    """The source of a mail of each kind about the course, calendars in the clear."""
    visits = visits_of(course)
    told = from_json(to_json(visits))
    for kind in MessageKind:
        moved = () if kind == MessageKind.CANCELLED else ((told[1], visits[1]),)
        facts = Facts(visits, Changes(moved=moved, cancelled=told[:1]), proposals=3)
        message = Message(
            clinic=course.clinic, client=course.client, course=course, appointment=visit, kind=kind
        )
        mail = parse_mail(compose(message, facts, now=NOON).message().as_bytes())
        for part in mail.walk():
            yield str(part.items())
            if not part.is_multipart():
                yield part.get_payload(decode=True).decode()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nothing_about_health_is_anywhere_in_a_mail(clinic, clock, smtp, language, caplog):
    """No word of the whole catalogue, in either language, in what goes over the wire."""
    course, visits = book(clinic, language=language)
    course.indications.add(Indication.objects.get(code="acne"))
    answers = Answer.objects.filter(screening__client=course.client)
    send(NOON)
    for visit in visits:
        clock.move_to(visit.starts_at - timedelta(days=1))
        send(timezone.now())

    entries = [*ProcedureType.objects.all(), *Zone.objects.all(), *Indication.objects.all()]
    entries += [*Contraindication.objects.all(), *Carrier.objects.all()]
    secrets = {text.lower() for entry in entries for text in (entry.name_en, entry.name_ru)}
    secrets |= {entry.code for entry in entries}
    secrets |= {answer.comment.lower() for answer in answers if answer.comment}
    # “ice” is in “notice”: what counts is whole words.
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("sched")]
    everything = [text_of(mail) + html_of(mail) + str(mail.items()) for mail in smtp.mails]
    everything += [calendar_of(mail).to_ical().decode() for mail in smtp.mails]
    everything += list(every_kind(course, visits[0]))
    said = " ".join(" ".join([*everything, *ours]).lower().split())

    assert len(smtp.mails) == 4
    assert len(secrets) > 70
    assert {secret for secret in secrets if _is_said(secret, said)} == set()


def _is_said(words: str, text: str) -> bool:
    found = text.find(words)
    while found >= 0:
        before, after = text[found - 1 : found], text[found + len(words) : found + len(words) + 1]
        if not before.isalpha() and not after.isalpha():
            return True
        found = text.find(words, found + 1)
    return False
