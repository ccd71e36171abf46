"""Calendars that programs subscribe to, without signing in."""

from datetime import UTC, timedelta

import icalendar
import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from cryoclinic.changes import event_model_of
from scheduling.models import Appointment, CalendarFeed
from scheduling.selectors.feeds import course_feed_url, specialist_feed_url
from scheduling.services.appointments import cancel_appointment, restore_appointment
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course, worker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booked(clinic):
    return make_course(clinic)


@pytest.fixture
def own(booked):
    """The specialist of the course's visits."""
    return booked[1][0].specialist


def path_of(url: str) -> str:
    assert url.startswith(f"{settings.SITE_URL}/feeds/")
    return url.removeprefix(settings.SITE_URL)


def events(url: str) -> list[tuple[str, str, str, int]]:
    """``(SUMMARY, "14 14:05-14:50", STATUS, SEQUENCE)`` of each, as a calendar program reads it."""
    answer = Browser().get(path_of(url))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    read = icalendar.Calendar.from_ical(answer.content)
    return [
        (
            str(event["SUMMARY"]),
            f"{event.decoded('DTSTART'):%d %H:%M}-{event.decoded('DTEND'):%H:%M}",
            str(event["STATUS"]),
            event.decoded("SEQUENCE"),
        )
        for event in read.walk("VEVENT")
    ]


def test_client_s_calendar_has_the_course_as_it_is(booked, clinic):
    course, visits = booked
    url = course_feed_url(course)
    name = clinic.name

    assert events(url) == [
        (f"{name}: session 1 of 3", "14 14:05-14:50", "CONFIRMED", 0),
        (f"{name}: session 2 of 3", "16 14:05-14:50", "CONFIRMED", 0),
        (f"{name}: session 3 of 3", "19 14:05-14:50", "CONFIRMED", 0),
    ]
    cancel_appointment(by=worker(), appointment=visits[1])
    assert events(url) == [
        (f"{name}: session 1 of 3", "14 14:05-14:50", "CONFIRMED", 0),
        (name, "16 14:05-14:50", "CANCELLED", 1),
        (f"{name}: session 2 of 3", "19 14:05-14:50", "CONFIRMED", 0),
    ]
    restore_appointment(by=worker(), appointment=visits[1])
    assert events(url)[1] == (f"{name}: session 2 of 3", "16 14:05-14:50", "CONFIRMED", 2)


def test_specialist_s_calendar_says_when_and_nothing_else(booked, own, clinic):
    course, _visits = booked
    make_course(clinic)  # with a specialist of its own
    url = specialist_feed_url(own)
    text = Browser().get(path_of(url)).content.decode()

    assert events(url) == [
        ("Visit", "14 14:05-14:25", "CONFIRMED", 0),
        ("Visit", "16 14:05-14:25", "CONFIRMED", 0),
        ("Visit", "19 14:05-14:25", "CONFIRMED", 0),
    ]
    said = " ".join(text.replace("\r\n ", "").split())
    for secret in (course.client.name, course.procedure_type.name_en, course.zone.name_en):
        assert secret not in said
    assert "DESCRIPTION" not in said


def test_specialist_s_calendar_is_of_a_month_back_and_half_a_year_ahead(own, clock):
    url = specialist_feed_url(own)
    last = Appointment.objects.latest("day").day

    clock.move_to(NOON + timedelta(days=35))
    assert [when[:2] for _summary, when, _status, _sequence in events(url)] == ["19"]
    clock.move_to(NOON.replace(year=2025))
    assert (last - timezone.now().date()).days > 180
    assert events(url) == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_calendars_are_in_their_reader_s_language(booked, own, language):
    course, _visits = booked
    course.client.language = own.user.language = language
    course.client.save()
    own.user.save()
    session, visit = {"en": ("session 1 of 3", "Visit"), "ru": ("сеанс 1 из 3", "Визит")}[language]

    assert session in events(course_feed_url(course))[0][0]
    assert events(specialist_feed_url(own))[0][0] == visit


def test_calendar_names_itself_and_says_how_often_to_ask(booked, clinic):
    answer = Browser().get(path_of(course_feed_url(booked[0])))

    head = answer.content.decode().partition("BEGIN:VTIMEZONE")[0].splitlines()
    assert set(head) == {
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CryoClinic//Visits//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{clinic.name}",
        f"X-WR-CALNAME:{clinic.name}",
        "X-WR-TIMEZONE:Europe/Moscow",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    }
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"] == "noindex"


def test_who_has_it_already_is_told_so_until_something_changes(booked):
    course, visits = booked
    path = path_of(course_feed_url(course))
    first = Browser().get(path)
    again = Browser().get(path, headers={"If-None-Match": first["ETag"]})
    since = Browser().get(path, headers={"If-Modified-Since": first["Last-Modified"]})

    assert [(each.status_code, each.content) for each in (again, since)] == [(304, b""), (304, b"")]
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "private, no-cache")
    cancel_appointment(by=worker(), appointment=visits[1])
    changed = Browser().get(path, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_head_answers_as_get_does_without_the_file(booked):
    path = path_of(course_feed_url(booked[0]))
    get, head = Browser().get(path), Browser().head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == get["ETag"]
    assert Browser().post(path).status_code == 405


@pytest.mark.parametrize("visits", [1, 12])
def test_calendars_ask_a_fixed_number_of_queries(clinic, visits, django_assert_num_queries):
    days = [(NOON + timedelta(days=2 * number)).date() for number in range(1, visits + 1)]
    course, booked = make_course(clinic, days)
    for url in (course_feed_url(course), specialist_feed_url(booked[0].specialist)):
        with django_assert_num_queries(4):
            Browser().get(path_of(url))


def test_signature_of_one_calendar_opens_no_other(booked):
    course, _visits = booked
    number, dot, rest = path_of(course_feed_url(course)).removeprefix("/feeds/").partition(".")

    assert Browser().get(f"/feeds/{number}{dot}{rest}").status_code == 200
    assert Browser().get(f"/feeds/{int(number) + 1}{dot}{rest}").status_code == 404
    assert Browser().get("/feeds/nonsense.ics").status_code == 404


def test_desk_gives_the_course_a_new_address(browse, reception, booked):
    course, _visits = booked
    before = course_feed_url(course)
    shown = browse(reception).get(f"/courses/{course.pk}/").content.decode()
    answer = browse(reception).post(f"/courses/{course.pk}/calendar/renew/")
    course.refresh_from_db()

    assert before in shown
    assert (answer.status_code, answer.url) == (302, f"/courses/{course.pk}/")
    assert Browser().get(path_of(before)).status_code == 410
    assert len(events(course_feed_url(course))) == 3
    event = event_model_of(CalendarFeed).objects.latest("pgh_id")
    assert (event.version, event.pgh_context["user"]) == (1, reception.pk)


def test_specialist_gives_the_own_calendar_a_new_address(browse, own):
    before = specialist_feed_url(own)
    shown = browse(own.user).get("/my-day/").content.decode()
    answer = browse(own.user).post("/my-day/calendar/renew/")
    own.refresh_from_db()

    assert before in shown
    assert (answer.status_code, answer.url) == (302, "/my-day/")
    assert Browser().get(path_of(before)).status_code == 410
    assert len(events(specialist_feed_url(own))) == 3


def test_who_has_left_has_no_calendar(own):
    url = specialist_feed_url(own)
    own.user.is_active = False
    own.user.save()

    assert Browser().get(path_of(url)).status_code == 410


def test_outsiders_renew_nothing(browse, cosmetologist, reception, booked):
    course, _visits = booked
    elsewhere = factories.UserFactory(role="receptionist")
    renew, own = f"/courses/{course.pk}/calendar/renew/", "/my-day/calendar/renew/"

    assert browse(elsewhere).post(renew).status_code == 404
    assert browse(cosmetologist).post(renew).status_code == 403
    assert browse(cosmetologist).post(own).status_code == 404  # not a specialist
    assert browse(reception).post(own).status_code == 403
    assert browse(None).post(renew).status_code == 302
    assert not CalendarFeed.objects.exists()


def test_entries_are_stamped_with_their_last_change(booked):
    """Not with the time of asking, or every answer would be another one."""
    answer = Browser().get(path_of(course_feed_url(booked[0])))
    read = icalendar.Calendar.from_ical(answer.content)

    recorded = {
        event.pgh_created_at.astimezone(UTC).replace(microsecond=0)
        for event in event_model_of(Appointment).objects.all()
    }
    assert {event.decoded("DTSTAMP") for event in read.walk("VEVENT")} == recorded
