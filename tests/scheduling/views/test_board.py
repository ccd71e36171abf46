"""The day board: what it shows, to whom, and in how many queries."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cryoclinic.models import User
from scheduling.models import Appointment, CourseAlert
from tests import factories
from tests.fixtures import Practice

Browse = Callable[[User | None], Browser]
TODAY = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def monday_morning() -> object:
    with time_machine.travel("2026-05-04 07:12:00Z", tick=False):  # 10:12 in Moscow
        yield


def visit(practice: Practice, at: time, **fields: Any) -> Appointment:
    course = factories.CourseFactory(clinic=practice.clinic, protocol=practice.protocol)
    return factories.make_appointment(
        course, day=TODAY, at=at, specialist=practice.specialist, room=practice.room, **fields
    )


def test_a_late_visit_is_emphasised_and_offers_both_actions(
    browse: Browse, reception: User, practice: Practice
) -> None:
    late = visit(practice, time(10))
    coming = visit(practice, time(11))
    board = browse(reception).get(reverse("scheduling:board")).context["board"]
    assert [(seen.time, seen.client, seen.session, seen.late) for seen in board.visits] == [
        ("10:00", late.client.name, "1/10", "12 min late"),
        ("11:00", coming.client.name, "1/10", ""),
    ]
    assert [[each.path for each in seen.actions] for seen in board.visits] == [
        ["check-in/", "missed/"],
        ["check-in/"],
    ]
    assert board.counts["late"] == 1
    assert board.counts["all"] == 2


def test_without_the_permission_there_are_no_buttons(
    browse: Browse, reception: User, practice: Practice
) -> None:
    visit(practice, time(11))
    reception.groups.clear()
    reception.user_permissions.add(Permission.objects.get(codename="view_board"))
    answer = browse(reception).get(reverse("scheduling:board"))
    assert answer.context["board"].visits[0].actions == ()
    assert "Book a course" not in answer.content.decode()


def test_the_same_visits_by_room(browse: Browse, reception: User, practice: Practice) -> None:
    visit(practice, time(11))
    answer = browse(reception).get(reverse("scheduling:board"), {"by": "rooms"})
    assert [lane.name for lane in answer.context["board"].lanes] == [practice.room.name]


def test_cancelled_visits_leave_the_grid_and_can_be_restored(
    browse: Browse, reception: User, practice: Practice
) -> None:
    gone = visit(practice, time(11), status="cancelled")
    board = browse(reception).get(reverse("scheduling:board")).context["board"]
    assert board.visits == ()
    assert [(each.client, each.actions[0].path) for each in board.cancelled] == [
        (gone.client.name, "restore/")
    ]


def test_an_empty_day_offers_to_book_and_a_closed_one_says_why(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    assert "No visits on this day yet" in browser.get(reverse("scheduling:board")).content.decode()
    factories.UnavailabilityFactory(
        clinic=practice.clinic,
        period=(
            practice.clinic.midnight(TODAY),
            practice.clinic.midnight(TODAY + timedelta(days=1)),
        ),
        reason="Day off",
    )
    html = browser.get(reverse("scheduling:board")).content.decode()
    assert "The clinic is closed on this day" in html
    assert "Day off" in html


def test_neighbouring_days_and_odd_dates(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    board = browser.get(reverse("scheduling:board"), {"date": "2026-12-31"}).context["board"]
    assert (board.previous, board.following) == ("2026-12-30", "2027-01-01")
    for odd in ("", "2026-13-45", "yesterday", "0001-01-01", "9999-12-31", "2026-05-04T10:00"):
        assert browser.get(reverse("scheduling:board"), {"date": odd}).status_code == 200


def test_open_alerts_are_listed_by_course(
    browse: Browse, reception: User, practice: Practice
) -> None:
    course = visit(practice, time(11)).course
    for kind, details in (
        ("sessions_missing", {"live": 1, "planned": 10}),
        ("gap_too_long", {"last": "2026-05-04", "next": "2026-05-09", "days": 5, "max": 3}),
    ):
        CourseAlert.objects.create(
            course=course, kind=kind, details=details, raised_at="2026-05-04T00:00Z"
        )
    (watched,) = browse(reception).get(reverse("scheduling:board")).context["courses_to_watch"]
    assert watched.client == course.client.name
    assert [problem.why for problem in watched.problems] == [
        "9 of 10 sessions are not booked.",
        "From 4 May to 9 May it is 5 days; the gap is to be at most 3.",
    ]


def test_other_clinics_are_not_seen(browse: Browse, practice: Practice) -> None:
    visit(practice, time(11))
    elsewhere = factories.UserFactory(role="receptionist")
    assert browse(elsewhere).get(reverse("scheduling:board")).context["board"].visits == ()


def test_only_for_those_who_may(browse: Browse, practice: Practice) -> None:
    nobody = factories.UserFactory(clinic=practice.clinic)
    homeless = factories.UserFactory(clinic=None, role="receptionist")
    path = reverse("scheduling:board")
    assert browse(None).get(path).status_code == 302
    assert browse(nobody).get(path).status_code == 403
    assert browse(homeless).get(path).status_code == 403
    assert browse(homeless).post(path).status_code == 405


def test_a_full_day_takes_as_many_queries_as_a_quiet_one(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser, path = browse(reception), reverse("scheduling:board")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(path).status_code == 200
        return len(captured)

    visit(practice, time(9))
    queries()
    quiet = queries()
    for number in range(1, 30):
        visit(practice, time(9 + number // 3, number % 3 * 20))
    assert len(browser.get(path).context["board"].visits) == 30
    assert queries() == quiet
