"""What the e-mails say, and what they never say, read as a mail client would."""

from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from clients.models import Answer
from procedures.models import (
    Carrier,
    Contraindication,
    Indication,
    ProcedureType,
    Zone,
)
from scheduling.services.outbox import announce_course
from tests.scheduling.outbox_clinic import NOON, make_course, send
from tests.smtp import calendar_of, html_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clinic(clinic):
    clinic.name = "Frost & Sons"
    clinic.address = "1 Frost Street, <2nd> floor"
    clinic.phone = "+74951234567"
    clinic.email = "desk@frost.example"
    clinic.map_url = "https://map.example/?a=1&b=2"
    clinic.save()
    return clinic


def book(clinic, **client):
    """The course of ``make_course``, its client with these fields, the messages written."""
    course, visits = make_course(clinic)
    for name, value in ({"name": "Anna “A” O'Neil <x>"} | client).items():
        setattr(course.client, name, value)
    course.client.save()
    announce_course(course, visits, now=NOON)
    return course, visits


@pytest.fixture
def plan(clinic, clock, smtp):
    """``(course, visits, mail)`` of the plan."""
    course, visits = book(clinic)
    send(NOON)
    return course, visits, smtp.mails[-1]


@pytest.fixture
def reminder(clinic, clock, smtp):
    """``(course, visits, mail)`` of the second visit's reminder."""
    course, visits = book(clinic)
    clock.move_to(visits[1].starts_at - timedelta(days=1))
    send(timezone.now())
    return course, visits, smtp.mails[-1]


def test_plan_lists_every_visit_at_the_clinic_s_clock(plan):
    _course, _visits, mail = plan

    assert mail["Subject"] == "Frost & Sons: your 3 sessions, from 14 May"
    assert text_of(mail) == (
        "Your course of 3 sessions is booked\n"
        "\n"
        "Hello Anna “A” O'Neil <x>, here are all the visits. The times are the clinic's local "
        "time; open the attached calendar to add them to yours.\n"
        "\n"
        "1. Thursday, 14 May 2026, 14:05–14:50\n"
        "2. Saturday, 16 May 2026, 14:05–14:50\n"
        "3. Tuesday, 19 May 2026, 14:05–14:50\n"
        "\n"
        "Frost & Sons\n"
        "Where: 1 Frost Street, <2nd> floor\n"
        "Show on the map: https://map.example/?a=1&b=2\n"
        "To change or cancel a visit, call us: +7 495 123-45-67\n"
        "\n"
        "Until the whole course is over:\n"
        "- no saunas or steam baths\n"
        "- no tanning, neither in the sun nor in a solarium\n"
        "- no aggressive cosmetics\n"
        "- half an hour of rest with us after each session\n"
        "\n"
        "You get this e-mail because you agreed to e-mail from Frost & Sons. To stop it, reply or "
        "tell us at the desk.\n"
    )


def test_reminder_says_which_session_and_tomorrow_at_what_time(reminder):
    _course, _visits, mail = reminder

    assert mail["Subject"] == "Frost & Sons: tomorrow at 14:05, session 2 of 3"
    assert text_of(mail).partition("\nFrost & Sons\n")[0] == (
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

    said = " ".join(page.words)
    assert page.open == []
    for line in text_of(mail).splitlines():
        for piece in line.removeprefix("- ").split(": "):
            if not piece.startswith(("http", "1. ", "2. ", "3. ")):
                assert piece.removesuffix(":") in said
    assert sorted(set(page.links)) == ["https://map.example/?a=1&b=2", "tel:+74951234567"]


def test_plan_s_html_has_every_visit(plan):
    _course, _visits, mail = plan

    said = " ".join(_Words(html_of(mail)).words)
    assert "1 Thursday, 14 May 2026 14:05–14:50 2 Saturday, 16 May 2026 14:05–14:50 3" in said


def test_mail_has_text_first_then_html_then_one_calendar(plan):
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


def test_calendar_of_the_plan_has_every_visit(plan):
    course, visits, mail = plan
    calendar = calendar_of(mail)

    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    events = calendar.walk("VEVENT")
    assert [
        (event["UID"], event.decoded("SEQUENCE"), event.decoded("DTSTART"), event.decoded("DTEND"))
        for event in events
    ] == [
        (f"visit-{visit.pk}@127.0.0.1", 0, visit.visit.lower, visit.visit.upper) for visit in visits
    ]
    assert [str(event["SUMMARY"]) for event in events] == [
        f"Frost & Sons: session {number} of 3" for number in (1, 2, 3)
    ]
    assert {
        (
            event["DTSTART"].params["TZID"],
            str(event["LOCATION"]),
            str(event["ORGANIZER"]),
            str(event["STATUS"]),
            event.decoded("DTSTAMP"),
        )
        for event in events
    } == {
        (
            "Europe/Moscow",
            "1 Frost Street, <2nd> floor",
            "mailto:desk@frost.example",
            "CONFIRMED",
            NOON,
        )
    }
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Moscow"]
    assert course.sessions_planned == 3


def test_calendar_of_a_moved_visit_has_the_same_uid_and_a_higher_sequence(clinic, clock, smtp):
    course, visits = make_course(clinic)
    visits[0].schedule_version = 3
    visits[0].save()
    announce_course(course, visits, now=NOON)
    clock.move_to(visits[0].starts_at - timedelta(days=1))
    send(timezone.now())

    [event] = calendar_of(smtp.mails[-1]).walk("VEVENT")
    assert (event["UID"], event.decoded("SEQUENCE")) == (f"visit-{visits[0].pk}@127.0.0.1", 4)


def test_calendar_keeps_the_local_time_over_a_clock_change(clinic, clock, smtp):
    """The clocks in Berlin go back on 25 October 2026; the VTIMEZONE alone must say so."""
    clinic.time_zone = "Europe/Berlin"
    clinic.save()
    clock.move_to(NOON.replace(month=10, day=20))
    course, visits = make_course(clinic, [date(2026, 10, 24), date(2026, 10, 26)])
    announce_course(course, visits, now=timezone.now())
    send(timezone.now())

    calendar = calendar_of(smtp.mails[-1])
    vtimezone: Any = calendar.walk("VTIMEZONE")[0]
    starts: list[Any] = [event.decoded("DTSTART") for event in calendar.walk("VEVENT")]
    assert [f"{start:%H:%M}" for start in starts] == ["14:05", "14:05"]
    for start, visit in zip(starts, visits, strict=True):
        assert start.replace(tzinfo=vtimezone.to_tz()) == visit.starts_at
