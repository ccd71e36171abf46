"""The calendar of a plan, and what it says on its own."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from scheduling.services.outbox import announce_course
from tests.scheduling.outbox_clinic import NOON, make_course, send
from tests.smtp import calendar_of

pytestmark = pytest.mark.django_db


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
