"""Rules 1 to 3: no double booking, never too close, never too many; at the database itself.

What the services answer to the same attempts is in tests/scheduling/services.
"""

from datetime import date, time, timedelta

import pytest
from django.db import connection

from scheduling.models import Appointment, Course
from tests import factories
from tests.factories import make_appointment

pytestmark = pytest.mark.django_db

DAY = date(2031, 3, 3)


@pytest.fixture
def course(clinic) -> Course:
    return factories.CourseFactory(clinic=clinic)


def another_course(course: Course, **facts: object) -> Course:
    """A course of the same procedure on the same zone for another client of the clinic."""
    return factories.CourseFactory(
        clinic=course.clinic, procedure_type=course.procedure_type, zone=course.zone, **facts
    )


@pytest.mark.parametrize("resource", ["specialist", "room", "device"])
@pytest.mark.parametrize(
    ("at", "free"),
    [
        (time(9, 45), False),
        (time(10, 0), False),
        (time(10, 15), False),
        (time(9, 40), True),
        (time(10, 20), True),
    ],
)
def test_one_thing_is_never_in_two_places(course, broken, resource, at, free):
    device = factories.DeviceFactory(clinic=course.clinic)
    first = make_appointment(course, day=DAY, at=time(10), device=device)
    taken = {resource: getattr(first, resource)}
    other = another_course(course)

    if free:
        make_appointment(other, day=DAY, at=at, **taken)
        return
    with broken() as names:
        make_appointment(other, day=DAY, at=at, **taken)
    assert names == [f"appointment_{resource}_free"]


@pytest.mark.parametrize(("at", "free"), [(time(10, 40), False), (time(10, 45), True)])
def test_a_client_is_never_in_two_places_rest_included(course, broken, at, free):
    make_appointment(course, day=DAY, at=time(10))
    other = factories.CourseFactory(clinic=course.clinic, client=course.client)

    if free:
        make_appointment(other, day=DAY, at=at)
        return
    with broken() as names:
        make_appointment(other, day=DAY, at=at)
    assert names == ["appointment_client_free"]


def test_a_cancelled_appointment_takes_nothing(course):
    first = make_appointment(course, day=DAY)
    Appointment.objects.filter(pk=first.pk).update(status="cancelled")
    make_appointment(another_course(course), day=DAY, specialist=first.specialist, room=first.room)


def test_bringing_a_cancelled_appointment_back_over_another_is_refused(course, broken):
    first = make_appointment(course, day=DAY)
    Appointment.objects.filter(pk=first.pk).update(status="cancelled")
    make_appointment(another_course(course), day=DAY, specialist=first.specialist, room=first.room)
    with broken() as names:
        Appointment.objects.filter(pk=first.pk).update(status="booked")
    assert names in (["appointment_specialist_free"], ["appointment_room_free"])


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_two_sessions_are_never_closer_than_the_minimum_gap(course, broken, days):
    make_appointment(course, day=DAY)
    with broken() as names:
        make_appointment(course, day=DAY + timedelta(days=days), at=time(15))
    assert names == ["appointment_min_gap"]


@pytest.mark.parametrize("days", [-2, 2, 3])
def test_two_sessions_at_the_minimum_gap_are_booked(course, days):
    make_appointment(course, day=DAY)
    make_appointment(course, day=DAY + timedelta(days=days))
    assert course.appointments.count() == 2


def test_the_gap_counts_days_of_the_clinic_not_hours(course, broken):
    """23:30 and 0:30 the day after the next are 25 hours apart on the clock, and two days."""
    make_appointment(course, day=DAY, at=time(23, 10))
    make_appointment(course, day=DAY + timedelta(days=2), at=time(0, 10))
    with broken() as names:
        make_appointment(course, day=DAY + timedelta(days=3), at=time(23, 10))
    assert names == ["appointment_min_gap"]


def test_a_wider_gap_of_the_course_is_checked_against_what_is_booked(course, broken):
    """The appointments' copy of the gap follows the course, and the rule is asked anew."""
    make_appointment(course, day=DAY)
    make_appointment(course, day=DAY + timedelta(days=2))
    Course.objects.filter(pk=course.pk).update(max_gap_days=5)
    with broken() as names:
        Course.objects.filter(pk=course.pk).update(min_gap_days=3)
    assert names == ["appointment_min_gap"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("min_gap_days", 1), ("sessions_planned", 12), ("time_zone", "Asia/Tokyo")],
)
def test_an_appointment_can_t_carry_another_rule_than_its_course(course, broken, field, value):
    appointment = make_appointment(course, day=DAY)
    with broken() as names:
        Appointment.objects.filter(pk=appointment.pk).update(**{field: value})
    assert names in (["appointment_course_copy"], ["appointment_clinic_copy"])


def test_the_day_is_reckoned_by_the_database_in_the_clinic_s_zone(course):
    appointment = make_appointment(course, day=DAY, at=time(0, 30))
    assert appointment.treatment.lower.date() == DAY - timedelta(days=1)
    assert appointment.day == DAY
    with connection.cursor() as cursor, pytest.raises(Exception, match="generated column"):
        cursor.execute("UPDATE scheduling_appointment SET day = %s", [DAY + timedelta(days=9)])


@pytest.fixture
def full_course(course) -> Course:
    for number in range(10):
        make_appointment(course, day=DAY + timedelta(days=2 * number))
    return course


def test_a_course_never_has_more_sessions_than_planned(full_course, broken):
    for place in (11, 0):
        with broken() as names:
            make_appointment(full_course, day=DAY + timedelta(days=60), place=place)
        assert names == ["appointment_place_planned"]
    with broken() as names:
        make_appointment(full_course, day=DAY + timedelta(days=60), place=10)
    assert names == ["appointment_place"]


def test_planning_fewer_sessions_than_are_booked_is_refused(full_course, broken):
    with broken() as names:
        Course.objects.filter(pk=full_course.pk).update(sessions_planned=9)
    assert names == ["appointment_place_planned"]


def test_a_missed_session_gives_up_its_place(full_course):
    last = full_course.appointments.in_order().last()
    Appointment.objects.filter(pk=last.pk).update(status="missed")
    make_appointment(full_course, day=DAY + timedelta(days=60), place=last.place)
    assert full_course.appointments.live().count() == 10


def test_a_second_open_course_on_the_same_zone_is_refused(course, broken):
    """Two courses side by side would make the minimum gap worthless."""
    with broken() as names:
        another_course(course, client=course.client)
    assert names == ["course_one_open_per_zone"]


def test_an_appointment_is_never_deleted(course, broken):
    """Rule 6: moving keeps identity, so there is no way to re-create one either."""
    appointment = make_appointment(course, day=DAY)
    with broken() as names, connection.cursor() as cursor:
        cursor.execute("DELETE FROM scheduling_appointment WHERE id = %s", [appointment.pk])
    assert "Cannot delete rows" in names[0]
