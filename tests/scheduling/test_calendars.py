"""Calendar files, byte for byte and as icalendar's parser reads them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from cryoclinic.models import Clinic
from scheduling.calendars import Entry, Method, calendar_file

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
CLINIC = Clinic(
    name="Frost, Snow; Sons",
    address="1 Frost Street,\n2nd floor",
    phone="+493012345678",
    time_zone="Europe/Berlin",
)


def entry(day: date, *, number: int = 7, version: int = 1, is_cancelled: bool = False) -> Entry:
    return Entry(
        appointment=number,
        starts_at=datetime(day.year, day.month, day.day, 14, 5, tzinfo=BERLIN),
        ends_at=datetime(day.year, day.month, day.day, 14, 50, tzinfo=BERLIN),
        version=version,
        summary="Frost: session 2 of 10",
        changed_at=NOW,
        is_cancelled=is_cancelled,
    )


def lines(content: bytes) -> list[str]:
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    return content.decode().replace("\r\n ", "").splitlines()


def event_lines(content: bytes) -> list[str]:
    found = lines(content)
    return found[found.index("BEGIN:VEVENT") : found.index("END:VEVENT") + 1]


def test_request_is_about_one_visit_that_needs_no_answer():
    content = calendar_file(
        [entry(date(2026, 10, 24), version=3)],
        clinic=CLINIC,
        organizer="desk@frost.example",
        attendee="anna@example.com",
        method=Method.REQUEST,
    )

    assert lines(content)[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CryoClinic//Visits//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]
    assert event_lines(content) == [
        "BEGIN:VEVENT",
        "SUMMARY:Frost: session 2 of 10",
        "DTSTART;TZID=Europe/Berlin:20261024T140500",
        "DTEND;TZID=Europe/Berlin:20261024T145000",
        "DTSTAMP:20261020T090000Z",
        "UID:visit-7@127.0.0.1",
        "SEQUENCE:4",
        "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:anna@example.com",
        "LOCATION:1 Frost Street\\,\\n2nd floor",
        'ORGANIZER;CN="Frost, Snow; Sons":mailto:desk@frost.example',
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def test_cancel_takes_the_same_visit_out():
    content = calendar_file(
        [entry(date(2026, 10, 24), version=3, is_cancelled=True)],
        clinic=CLINIC,
        organizer="desk@frost.example",
        method=Method.CANCEL,
    )

    assert "METHOD:CANCEL" in lines(content)
    assert {"UID:visit-7@127.0.0.1", "SEQUENCE:5", "STATUS:CANCELLED", "TRANSP:TRANSPARENT"} <= set(
        event_lines(content)
    )


def test_sequence_rises_with_every_move_cancellation_and_restoring():
    """Booked, moved, cancelled, restored (a new version), cancelled again."""
    told = [(1, False), (2, False), (2, True), (3, False), (3, True)]
    day = date(2026, 10, 24)
    sequences = [entry(day, version=version, is_cancelled=gone).sequence for version, gone in told]

    assert sequences == [0, 2, 3, 4, 5]


@pytest.mark.parametrize("method", [Method.REQUEST, Method.CANCEL])
def test_request_and_cancel_are_about_one_visit_alone(method):
    two = [entry(date(2026, 10, 24)), entry(date(2026, 10, 26), number=8)]

    with pytest.raises(ValueError, match="is about one visit, not 2"):
        calendar_file(two, clinic=CLINIC, method=method)


def test_file_s_own_time_zone_is_all_that_is_needed_over_a_clock_change():
    """The clocks in Berlin go back on 25 October 2026; the VTIMEZONE alone must say so."""
    days = [date(2026, 10, 24), date(2026, 10, 26)]
    content = calendar_file([entry(day, number=day.day) for day in days], clinic=CLINIC)
    read = icalendar.Calendar.from_ical(content)

    vtimezones: list[Any] = read.walk("VTIMEZONE")
    [zone] = vtimezones
    assert zone["TZID"] == "Europe/Berlin"
    starts = [
        event.decoded("DTSTART").replace(tzinfo=zone.to_tz()) for event in read.walk("VEVENT")
    ]
    assert [start.astimezone(UTC).strftime("%d %H:%M") for start in starts] == [
        "24 12:05",
        "26 13:05",
    ]


@pytest.mark.parametrize("attendee", [f"{'anna' * 20}@example.com", f"anna@{'почта' * 12}.рф"])
def test_no_line_is_longer_than_calendars_may_have(attendee):
    content = calendar_file(
        [replace(entry(date(2026, 10, 24)), summary="Криотерапия: сеанс, " * 9)],
        clinic=CLINIC,
        attendee=attendee,
    )

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (str(event["ATTENDEE"]), str(event["SUMMARY"])) == (
        f"mailto:{attendee}",
        "Криотерапия: сеанс, " * 9,
    )


def test_same_moment_in_two_clinics_stands_on_the_clock_of_each():
    there = entry(date(2026, 10, 24))
    moved = there.starts_at.astimezone(ZoneInfo("Europe/Moscow"))

    first = event_lines(calendar_file([there], clinic=CLINIC))
    second = event_lines(calendar_file([replace(there, starts_at=moved)], clinic=CLINIC))
    assert (first[2], second[2]) == (
        "DTSTART;TZID=Europe/Berlin:20261024T140500",
        "DTSTART;TZID=Europe/Moscow:20261024T150500",
    )
