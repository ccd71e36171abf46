"""What the worker puts before the desk, and takes away again."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from cryoclinic.models import User
from scheduling.models import Appointment, Course, CourseAlert
from scheduling.services.spacing import enforce_spacing
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course, worker

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def days(*offsets: int) -> list[date]:
    return [TODAY + timedelta(days=offset) for offset in offsets]


def enforce() -> int:
    return enforce_spacing(by=worker(), now=timezone.now())


def open_alerts(course: Course) -> list[tuple[str, dict[str, object]]]:
    alerts = CourseAlert.objects.open().filter(course=course).order_by("kind")
    return list(alerts.values_list("kind", "details"))


@pytest.mark.parametrize(
    "offsets",
    [
        (0, 2, 5, 7),
        (-3, 0, 3),
        (-20, -17, 1),  # what lies behind is not put right any more
        (1, 3, 5, 12),  # not the next gap yet
    ],
)
def test_course_whose_next_gap_is_right_raises_nothing(clinic, offsets):
    course, _visits = make_course(clinic, days(*offsets), max_gap_days=20)
    Course.objects.filter(pk=course.pk).update(max_gap_days=3)
    if offsets[0] == -20:
        Course.objects.filter(pk=course.pk).update(max_gap_days=18)

    assert (enforce(), open_alerts(course)) == (0, [])


@pytest.mark.parametrize(
    ("offsets", "last", "following"),
    [((0, 4), 0, 4), ((-2, 2, 4), -2, 2), ((2, 8), 2, 8)],
)
def test_next_gap_over_the_maximum_is_raised(clinic, offsets, last, following):
    course, _visits = make_course(clinic, days(*offsets))

    assert enforce() == 1
    assert open_alerts(course) == [
        (
            "gap_too_long",
            {
                "last": days(last)[0].isoformat(),
                "next": days(following)[0].isoformat(),
                "days": following - last,
                "max": 3,
            },
        )
    ]


def test_next_session_that_is_not_booked_is_raised_after_the_maximum(clinic, clock):
    course, _visits = make_course(clinic, days(-2, 0), sessions_planned=4)
    missing = ("sessions_missing", {"live": 2, "planned": 4})
    gap = ("gap_too_long", {"last": TODAY.isoformat(), "next": None, "max": 3})

    enforce()
    assert open_alerts(course) == [missing]
    clock.move_to(NOON + timedelta(days=3))
    enforce()
    assert open_alerts(course) == [missing]
    clock.move_to(NOON + timedelta(days=4))
    enforce()
    assert open_alerts(course) == [gap, missing]


def test_day_is_the_clinic_s(clinic, clock):
    """21:30 in London is already the next day in Moscow."""
    course, _visits = make_course(clinic, days(0), sessions_planned=2)
    clock.move_to(NOON.replace(hour=20, minute=30) + timedelta(days=3))
    enforce()
    assert [kind for kind, _details in open_alerts(course)] == ["sessions_missing"]

    clock.move_to(NOON.replace(hour=21, minute=30) + timedelta(days=3))
    enforce()
    assert [kind for kind, _details in open_alerts(course)] == ["gap_too_long", "sessions_missing"]


def test_cancelled_session_is_missed_in_gap_and_count(clinic):
    course, visits = make_course(clinic, days(0, 2, 5))
    Appointment.objects.filter(pk=visits[1].pk).update(status="cancelled")

    enforce()

    assert [kind for kind, _details in open_alerts(course)] == ["gap_too_long", "sessions_missing"]


def test_rescreening_is_called_for_a_week_before_the_session(clinic, clock):
    course, visits = make_course(clinic, days(20, 22))
    assert visits[1].screening.valid_until == TODAY + timedelta(days=42)
    screening = factories.ScreeningFactory(
        client=course.client,
        asked_by=visits[0].screening.asked_by,
        valid_until=TODAY + timedelta(days=21),
    )
    Appointment.objects.filter(course=course).update(screening=screening)

    clock.move_to(NOON + timedelta(days=14))
    enforce()
    assert open_alerts(course) == []
    clock.move_to(NOON + timedelta(days=15))
    enforce()
    assert open_alerts(course) == [
        (
            "rescreening_due",
            {"session": days(22)[0].isoformat(), "valid_until": days(21)[0].isoformat()},
        )
    ]


def test_second_run_changes_nothing(clinic):
    course, _visits = make_course(clinic, days(0, 4), sessions_planned=3)
    enforce()
    raised = list(CourseAlert.objects.values())

    assert enforce() == 0
    assert list(CourseAlert.objects.values()) == raised
    assert course.alerts.count() == 2


def test_alert_is_brought_up_to_date_and_resolved(clinic, clock):
    course, visits = make_course(clinic, days(0, 2, 5), sessions_planned=5)
    enforce()
    Appointment.objects.filter(pk=visits[2].pk).update(status="cancelled")
    clock.move_to(NOON + timedelta(minutes=5))
    assert enforce() == 1
    assert open_alerts(course) == [("sessions_missing", {"live": 2, "planned": 5})]

    for offset in (5, 7, 9):
        factories.make_appointment(
            course, day=days(offset)[0], specialist=visits[0].specialist, place=offset // 2 + 1
        )
    assert enforce() == 1
    assert open_alerts(course) == []
    assert CourseAlert.objects.get().resolved_at == timezone.now()


@pytest.mark.parametrize("status", ["held", "stopped", "completed"])
def test_course_that_does_not_run_has_no_alerts(clinic, status):
    course, _visits = make_course(clinic, days(0, 4))
    enforce()
    Course.objects.filter(pk=course.pk).update(status=status, held_reason="asked to wait")

    assert (enforce(), open_alerts(course)) == (1, [])


def test_alert_is_the_worker_s_doing(clinic):
    make_course(clinic, days(0, 4))
    enforce()

    alert: Any = CourseAlert.objects.get()
    assert alert.events.get().pgh_context == {"user": User.objects.worker().pk}


def test_enforce_asks_the_same_number_of_queries_for_any_number_of_courses(
    clinic, django_assert_num_queries
):
    by = worker()
    make_course(clinic, days(0, 4))
    with django_assert_num_queries(10):
        enforce_spacing(by=by, now=NOON)

    for _ in range(10):
        make_course(clinic, days(0, 4))
    with django_assert_num_queries(10):
        assert enforce_spacing(by=by, now=NOON) == 10


@pytest.mark.django_db(transaction=True)
def test_two_workers_raise_each_alert_once(clinic):
    for _ in range(10):
        make_course(clinic, days(0, 4))
    by = worker()
    start = threading.Barrier(3)
    raised = []

    def work() -> None:
        start.wait()
        raised.append(enforce_spacing(by=by, now=NOON))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sum(raised), CourseAlert.objects.count()) == (10, 10)
