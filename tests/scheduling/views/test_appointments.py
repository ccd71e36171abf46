"""One appointment's page and actions: happy, refused in words, and closed to outsiders."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from cryoclinic.models import User
from scheduling.clock import wall_time
from scheduling.models import Appointment, Course
from scheduling.proposals import slot_token
from scheduling.spans import slot_of
from tests import factories
from tests.fixtures import Practice

Browse = Callable[[User | None], Browser]
TODAY = date(2026, 5, 4)
ACTIONS = (
    "check_in",
    "undo_check_in",
    "mark_missed",
    "undo_missed",
    "cancel_appointment",
    "restore_appointment",
    "rescreen",
    "move_appointment",
)


@pytest.fixture(autouse=True)
def monday_morning() -> object:
    with time_machine.travel("2026-05-04 07:12:00Z", tick=False):  # 10:12 in Moscow
        yield


@pytest.fixture
def visit(practice: Practice) -> Appointment:
    """Today at ten, with a neighbour three days later."""
    course = factories.CourseFactory(
        clinic=practice.clinic, client=practice.person, protocol=practice.protocol
    )
    places: dict[str, Any] = {"specialist": practice.specialist, "room": practice.room}
    first = factories.make_appointment(
        course, day=TODAY, at=time(10), screening=practice.screening, **places
    )
    factories.make_appointment(course, day=TODAY + timedelta(days=3), at=time(10), **places)
    return first


def url(name: str, visit: Appointment) -> str:
    return reverse(f"scheduling:{name}", args=[visit.pk])


def status_of(visit: Appointment) -> str:
    return Appointment.objects.get(pk=visit.pk).status


def test_the_page_offers_what_can_be_done(
    browse: Browse, reception: User, visit: Appointment
) -> None:
    page = browse(reception).get(url("appointment", visit)).context["page"]
    assert page.may == {"check_in", "mark_missed", "move", "cancel"}
    assert (page.when, page.hours, page.number) == ("Monday, 4 May 2026", "10:00–10:45", 1)


@pytest.mark.parametrize(
    "steps",
    [
        [("check_in", "checked_in"), ("undo_check_in", "booked")],
        [("mark_missed", "missed"), ("undo_missed", "booked")],
        [("cancel_appointment", "cancelled")],
    ],
)
def test_actions_are_done_and_lead_back(
    browse: Browse, reception: User, visit: Appointment, steps: list[tuple[str, str]]
) -> None:
    browser = browse(reception)
    for action, after in steps:
        answer = browser.post(url(action, visit), {"next": "/board/?date=2026-05-04"})
        assert (answer.status_code, answer.headers.get("Location")) == (
            302,
            "/board/?date=2026-05-04",
        )
        assert status_of(visit) == after


def test_a_cancelled_visit_to_come_is_restored(
    browse: Browse, reception: User, visit: Appointment
) -> None:
    later = visit.course.appointments.latest("day")
    browser = browse(reception)
    for action, after in (("cancel_appointment", "cancelled"), ("restore_appointment", "booked")):
        assert browser.post(url(action, later)).status_code == 302
        assert status_of(later) == after


def test_next_never_leads_off_the_site(browse: Browse, reception: User, visit: Appointment) -> None:
    answer = browse(reception).post(url("check_in", visit), {"next": "https://evil.example/"})
    assert answer.headers["Location"] == url("appointment", visit)


def test_a_refusal_shows_the_appointment_with_the_rule(
    browse: Browse, reception: User, visit: Appointment
) -> None:
    answer = browse(reception).post(url("undo_missed", visit))
    assert answer.status_code == 409
    assert "The appointment is “booked”, so this can&#x27;t be done." in answer.content.decode()


def test_a_reason_that_is_too_long_answers_422(
    browse: Browse, reception: User, visit: Appointment
) -> None:
    answer = browse(reception).post(url("cancel_appointment", visit), {"reason": "x" * 201})
    assert answer.status_code == 422
    assert status_of(visit) == "booked"


def test_the_move_page_offers_only_what_keeps_the_gap_and_moves(
    browse: Browse, reception: User, visit: Appointment
) -> None:
    browser = browse(reception)
    offered = browser.get(url("move_appointment", visit)).context["offered"]
    days = offered.days
    assert offered.more == 0
    assert [day.day for day in days] == ["Mon 4 May", "Tue 5 May"]
    token = days[1].lanes[0].times[0].token
    answer = browser.post(url("move_appointment", visit), {"slot": token})
    assert answer.status_code == 302
    moved = Appointment.objects.select_related("clinic").get(pk=visit.pk)
    assert slot_token(slot_of(moved)) == token


def test_of_many_days_the_move_page_offers_the_nearest_and_all_when_asked(
    browse: Browse, reception: User, visit: Appointment
) -> None:
    last = visit.course.appointments.latest("day")
    page, browser = url("move_appointment", last), browse(reception)
    answer, every = browser.get(page), browser.get(f"{page}?all=1")
    near, all_days = answer.context["offered"], every.context["offered"]
    assert [day.day for day in near.days] == [
        "Wed 6 May",
        "Thu 7 May",
        "Fri 8 May",
        "Sat 9 May",
        "Sun 10 May",
        "Mon 11 May",
        "Tue 12 May",
    ]
    assert near.days == all_days.days[: len(near.days)]
    assert (near.more, all_days.more) == (len(all_days.days) - len(near.days), 0)
    assert f"{near.more} more days" in answer.content.decode()
    assert "more day" not in every.content.decode()


def test_a_move_too_close_to_the_neighbour_is_refused_in_words(
    browse: Browse, reception: User, visit: Appointment
) -> None:
    slot = slot_of(visit)
    token = slot_token(slot).replace("2026-05-04", "2026-05-06")
    answer = browse(reception).post(url("move_appointment", visit), {"slot": token})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert (
        "1 day before session 2 (7 May); "
        "sessions are at least 2 days apart. This is a safety rule." in html
    )
    [nearby] = answer.context["nearby"]
    assert (nearby.day, nearby.time) == ("Tue 5 May", f"{wall_time(slot.cell):%H:%M}")
    assert "offered" not in answer.context
    assert slot_of(Appointment.objects.select_related("clinic").get(pk=visit.pk)) == slot


SAFETY = "sessions are at least 2 days apart. This is a safety rule."


@pytest.mark.parametrize(
    ("day", "at", "told", "can_be_had"),
    [
        (5, "11:00", None, True),
        (6, "11:00", f"1 day before session 2 (7 May); {SAFETY}", False),
        (5, "19:00", "Anna is not free on Tue 5 May for the rest of the day.", False),
        (5, "12:30", "Every room that fits is taken until 13:00 on Tue 5 May.", False),
        (5, "14:00", "The client wishes to be treated until 13:30.", True),
    ],
)
def test_a_time_that_is_not_offered_can_be_asked_about(
    browse, reception, practice, visit, *, day, at, told, can_be_had
):
    Course.objects.filter(pk=visit.course_id).update(wishes={"latest": "13:30"})
    User.objects.filter(pk=practice.specialist.user_id).update(first_name="Anna", last_name="")
    noon = datetime.combine(date(2026, 5, 5), time(12), tzinfo=practice.clinic.zone)
    factories.UnavailabilityFactory(
        clinic=practice.clinic, room=practice.room, period=(noon, noon + timedelta(hours=1))
    )
    asked = {"day": f"2026-05-0{day}", "at": at, "specialist": practice.specialist.pk}

    answer = browse(reception).get(url("move_appointment", visit), asked)

    found = answer.context["asked"]
    assert (found.refused and str(found.refused.message)) == told
    assert bool(found.token) == can_be_had
    if can_be_had:
        browse(reception).post(url("move_appointment", visit), {"slot": found.token})
        moved = Appointment.objects.get(pk=visit.pk)
        assert f"{practice.clinic.local(moved.starts_at):%d %H:%M}" == f"0{day} {at}"


def test_a_time_out_of_reach_is_not_looked_up(
    browse: Browse, reception: User, practice: Practice, visit: Appointment
) -> None:
    asked: dict[str, Any] = {
        "day": "2027-05-05",
        "at": "11:00",
        "specialist": practice.specialist.pk,
    }
    answer = browse(reception).get(url("move_appointment", visit), asked)
    assert "asked" not in answer.context
    assert "Choose a day from today on, within the next four months." in answer.content.decode()


@pytest.mark.parametrize("slot", ["", "x", "2026-05-05.9999.1.1.-", "9999-12-31.100.1.1.-"])
def test_a_slot_that_was_not_offered_answers_422(
    browse: Browse, reception: User, visit: Appointment, slot: str
) -> None:
    answer = browse(reception).post(url("move_appointment", visit), {"slot": slot})
    assert answer.status_code == 422
    assert "Choose one of the times offered." in answer.content.decode()


def test_a_lapsed_screening_leads_to_a_new_one_and_then_the_course_uses_it(
    browse: Browse, reception: User, practice: Practice, visit: Appointment
) -> None:
    with time_machine.travel("2026-06-20 07:00:00Z", tick=False):
        browser = browse(reception)
        course = factories.CourseFactory(clinic=practice.clinic, client=practice.person)
        late = factories.make_appointment(
            course, day=date(2026, 6, 20), at=time(11), screening=practice.screening
        )
        refused = browser.post(url("check_in", late))
        assert refused.status_code == 409
        assert reverse("clients:screen", args=[practice.person.pk]) in refused.content.decode()
        assert browser.post(url("rescreen", late)).status_code == 409
        newer = factories.ScreeningFactory(client=practice.person, asked_by=reception)
        assert browser.post(url("rescreen", late)).status_code == 302
        assert Appointment.objects.get(pk=late.pk).screening == newer
        assert browser.post(url("check_in", late)).status_code == 302


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_closed_to_outsiders_and_other_clinics(
    browse: Browse, visit: Appointment, action: str
) -> None:
    nobody = factories.UserFactory(clinic=visit.clinic)
    elsewhere = factories.UserFactory(role="receptionist")
    path = url(action, visit)
    statuses = [browse(user).post(path).status_code for user in (None, nobody, elsewhere)]
    assert statuses == [302, 403, 404]
    assert status_of(visit) == "booked"


def test_the_page_is_closed_to_outsiders_and_other_clinics(
    browse: Browse, visit: Appointment
) -> None:
    nobody = factories.UserFactory(clinic=visit.clinic)
    elsewhere = factories.UserFactory(role="receptionist")
    path = url("appointment", visit)
    statuses = [browse(user).get(path).status_code for user in (None, nobody, elsewhere)]
    assert statuses == [302, 403, 404]


@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "move_appointment"])
def test_get_changes_nothing(
    browse: Browse, reception: User, visit: Appointment, action: str
) -> None:
    assert browse(reception).get(url(action, visit)).status_code == 405
