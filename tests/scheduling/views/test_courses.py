"""A course's page, its hold and its end, its money, and the session it has lost."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cryoclinic.models import User
from scheduling.models import Course
from scheduling.services.courses import record_payment
from tests import factories
from tests.fixtures import Practice

Browse = Callable[[User | None], Browser]
TODAY = date(2026, 5, 4)
ACTIONS = ("hold_course", "resume_course", "stop_course", "pay", "add_session")


@pytest.fixture(autouse=True)
def monday_morning() -> object:
    with time_machine.travel("2026-05-04 06:30:00Z", tick=False):
        yield


@pytest.fixture
def course(practice: Practice) -> Course:
    """Sessions on 4, 6 and 10 May; the one on 8 May was missed, seven more never booked."""
    course = factories.CourseFactory(
        clinic=practice.clinic, client=practice.person, protocol=practice.protocol
    )
    for place, (days, status) in enumerate(
        [(0, "booked"), (2, "booked"), (4, "missed"), (6, "booked")], start=1
    ):
        factories.make_appointment(
            course,
            day=TODAY + timedelta(days=days),
            specialist=practice.specialist,
            room=practice.room,
            screening=practice.screening,
            place=place,
            status=status,
        )
    return course


def url(name: str, course: Course) -> str:
    return reverse(f"scheduling:{name}", args=[course.pk])


def test_the_page_tells_sessions_gaps_and_what_is_missing(
    browse: Browse, reception: User, course: Course
) -> None:
    page = browse(reception).get(url("course", course)).context["page"]
    told = [(line.number, line.day, line.gap, line.over, line.status) for line in page.sessions]
    assert told == [
        ("1", "Mon 4 May", "first", "", "booked"),
        ("2", "Wed 6 May", "2 days", "", "booked"),
        ("–", "Fri 8 May", "", "", "missed"),
        ("3", "Sun 10 May", "4 days", "1 day longer than it should be", "booked"),
    ]
    assert page.missing == 7
    assert page.span == "3 sessions, 4 May – 10 May"


def test_money_is_derived_from_payments(browse: Browse, reception: User, course: Course) -> None:
    browser = browse(reception)
    answer = browser.post(url("pay", course), {"amount": "2500.50", "comment": "cash"})
    assert answer.headers["Location"] == url("course", course)
    record_payment(by=reception, course=course, amount=Decimal("-500.50"))
    money = browser.get(url("course", course)).context["page"].money
    told = [text.replace("\u00a0", " ") for text in (money.total, money.paid, money.balance)]
    assert told == ["10,000 ₽", "2,000 ₽", "8,000 ₽"]


@pytest.mark.parametrize("amount", ["0", "", "a lot", "1.234", "99999999999"])
def test_an_amount_that_is_none_answers_422(
    browse: Browse, reception: User, course: Course, amount: str
) -> None:
    answer = browse(reception).post(url("pay", course), {"amount": amount, "comment": "cash"})
    assert answer.status_code == 422
    assert 'value="cash"' in answer.content.decode()
    assert not course.payments.exists()


def test_hold_resume_and_stop(browse: Browse, reception: User, course: Course) -> None:
    browser = browse(reception)
    for action, data, status in (
        ("hold_course", {"reason": "travels"}, "held"),
        ("resume_course", {}, "active"),
        ("stop_course", {"reason": "moved away"}, "stopped"),
    ):
        assert browser.post(url(action, course), data).status_code == 302
        course.refresh_from_db()
        assert course.status == status
    assert not course.appointments.upcoming().exists()


def test_hold_needs_a_reason_and_a_second_hold_is_refused(
    browse: Browse, reception: User, course: Course
) -> None:
    browser = browse(reception)
    assert browser.post(url("hold_course", course), {"reason": " "}).status_code == 422
    assert browser.post(url("hold_course", course), {"reason": "travels"}).status_code == 302
    answer = browser.post(url("hold_course", course), {"reason": "travels"})
    assert answer.status_code == 409
    assert "Only an active course can be put on hold." in answer.content.decode()


def test_a_lost_session_is_offered_where_the_gaps_allow_and_booked(
    browse: Browse, reception: User, course: Course
) -> None:
    browser = browse(reception)
    days = browser.get(url("add_session", course)).context["offered"].days
    assert [day.day for day in days][:3] == ["Fri 8 May", "Tue 12 May", "Wed 13 May"]
    token = days[0].lanes[0].times[0].token
    assert browser.post(url("add_session", course), {"slot": token}).status_code == 302
    assert course.appointments.live().filter(day=date(2026, 5, 8)).count() == 1
    again = browser.post(url("add_session", course), {"slot": token})
    assert again.status_code == 409
    assert "offered" not in again.context
    offered = [(time.day, time.time) for time in again.context["nearby"]]
    assert offered == [("Tue 12 May", days[0].lanes[0].times[0].time)]


def test_a_course_that_lacks_nothing_says_so(
    browse: Browse, reception: User, course: Course
) -> None:
    Course.objects.filter(pk=course.pk).update(status="stopped")
    answer = browse(reception).get(url("add_session", course))
    assert "No session is missing" in answer.content.decode()
    assert "offered" not in answer.context


def test_a_held_course_gets_no_session(browse: Browse, reception: User, course: Course) -> None:
    Course.objects.filter(pk=course.pk).update(status="held", held_reason="travels")
    browser = browse(reception)
    days = browser.get(url("add_session", course)).context["offered"].days
    token = days[0].lanes[0].times[0].token
    answer = browser.post(url("add_session", course), {"slot": token})
    assert answer.status_code == 409
    assert "The course is on hold: travels." in answer.content.decode()


def test_the_history_is_for_managers_and_names_who_did_what(
    browse: Browse, reception: User, manager: User, course: Course
) -> None:
    browse(reception).post(url("hold_course", course), {"reason": "travels"})
    assert browse(reception).get(url("course", course)).context["history"] is None
    history = browse(manager).get(url("course", course)).context["history"]
    by_the_desk = [item.what for item in history if item.who == reception.display_name]
    assert by_the_desk == ["Course: on hold (travels)"]
    assert len(history) == 6


def test_the_fragment_lists_the_clients_courses_here_only(
    browse: Browse, reception: User, course: Course
) -> None:
    factories.CourseFactory(client=course.client)
    path = reverse("scheduling:client_courses", args=[course.client_id])
    page = browse(reception).get(path)
    fragment = browse(reception).get(path, headers={"HX-Request": "true"})
    assert ("<html" in page.content.decode(), "<html" in fragment.content.decode()) == (True, False)
    (line,) = fragment.context["courses"]
    assert (line.url, line.progress, line.next_visit) == (
        url("course", course),
        "0 of 10 done",
        "Mon 4 May, 10:00",
    )


def test_the_page_takes_as_many_queries_for_one_session_as_for_four(
    browse: Browse, manager: User, practice: Practice, course: Course
) -> None:
    short = factories.CourseFactory(clinic=practice.clinic)
    factories.make_appointment(short, day=TODAY, at=time(12), specialist=practice.specialist)
    browser, counts = browse(manager), []
    browser.get(url("course", short))
    for each in (short, course):
        with CaptureQueriesContext(connection) as captured:
            browser.get(url("course", each))
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_closed_to_outsiders_and_other_clinics(
    browse: Browse, course: Course, action: str
) -> None:
    nobody = factories.UserFactory(clinic=course.clinic)
    elsewhere = factories.UserFactory(role="receptionist")
    data = {"reason": "because", "amount": "1"}
    statuses = [
        browse(user).post(url(action, course), data).status_code
        for user in (None, nobody, elsewhere)
    ]
    assert statuses == [302, 403, 404]


def test_pages_are_closed_to_outsiders_and_other_clinics(browse: Browse, course: Course) -> None:
    nobody = factories.UserFactory(clinic=course.clinic)
    elsewhere = factories.UserFactory(role="receptionist")
    for name in ("course", "add_session"):
        path = url(name, course)
        statuses = [browse(user).get(path).status_code for user in (None, nobody, elsewhere)]
        assert statuses == [302, 403, 404]
