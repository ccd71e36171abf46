"""What is free, read from the database."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from scheduling.availability import Question, read_availability
from scheduling.models import Appointment, Unavailability
from scheduling.planner import cells
from tests import factories
from tests.factories import make_appointment

pytestmark = pytest.mark.django_db

MONDAY = date(2031, 3, 3)
NOW = datetime(2031, 3, 1, 12, tzinfo=timezone.get_default_timezone())
OPEN = cells(108, 216)


def ask(practice, first_day=MONDAY, days=2, now=NOW, **changes):
    facts = {
        "clinic": practice.clinic,
        "client_id": practice.person.pk,
        "procedure_type": practice.procedure_type,
        "first_day": first_day,
        "days": days,
    }
    return read_availability(Question(**(facts | changes)), now=now)


def away(practice, first, last, **what):
    zone = practice.clinic.zone
    Unavailability.objects.create(
        clinic=practice.clinic,
        period=(
            datetime.combine(MONDAY, first, tzinfo=zone),
            datetime.combine(MONDAY, last, tzinfo=zone),
        ),
        **what,
    )


def test_an_empty_day_is_free_in_working_hours(practice):
    free = ask(practice)
    assert free.specialists == {practice.specialist.pk: (OPEN, OPEN)}
    assert free.rooms == {practice.room.pk: (OPEN, OPEN)}
    assert free.devices is None
    assert free.client == (OPEN, OPEN)


def test_an_appointment_takes_the_treatment_of_the_rooms_and_the_visit_of_the_client(practice):
    course = factories.CourseFactory(
        clinic=practice.clinic,
        client=practice.person,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
    )
    booked = make_appointment(
        course, day=MONDAY, at=time(10), specialist=practice.specialist, room=practice.room
    )
    free = ask(practice)
    treatment = OPEN & ~cells(120, 124)
    assert free.specialists == {practice.specialist.pk: (treatment, OPEN)}
    assert free.rooms == {practice.room.pk: (treatment, OPEN)}
    assert free.client == (OPEN & ~cells(120, 129), OPEN)

    assert ask(practice, ignoring=[booked.pk]).client == (OPEN, OPEN)
    Appointment.objects.update(status="cancelled")
    assert ask(practice).client == (OPEN, OPEN)


def test_working_hours_are_those_of_the_specialist_within_the_clinic_s(practice):
    hours = practice.specialist.working_hours
    hours.filter(weekday=0).update(starts=time(7), ends=time(12, 2))
    hours.filter(weekday=1).update(valid_until=MONDAY)
    free = ask(practice, days=9)
    assert free.specialists[practice.specialist.pk] == (
        cells(108, 144),
        0,
        OPEN,
        OPEN,
        OPEN,
        OPEN,
        OPEN,
        cells(108, 144),
        0,
    )
    assert free.rooms[practice.room.pk] == (OPEN,) * 9


def test_unavailability_closes_what_it_names(practice):
    away(practice, time(9), time(10), specialist=practice.specialist)
    away(practice, time(11), time(12), room=practice.room)
    assert ask(practice, days=1).specialists[practice.specialist.pk] == (cells(120, 216),)
    assert ask(practice, days=1).rooms[practice.room.pk] == (OPEN & ~cells(132, 144),)

    away(practice, time(13), time(23))
    free = ask(practice, days=1)
    assert free.client == (cells(108, 156),)
    assert free.specialists[practice.specialist.pk] == (cells(120, 156),)


def test_the_past_is_not_free(practice):
    now = datetime.combine(MONDAY, time(12, 1), tzinfo=practice.clinic.zone)
    assert ask(practice, now=now).client == (cells(145, 216), OPEN)


def test_only_those_with_the_skill_in_the_clinic_take_part(practice):
    types = [practice.procedure_type]
    factories.SpecialistFactory(clinic=practice.clinic)
    factories.SpecialistFactory(skills=types)
    factories.SpecialistFactory(clinic=practice.clinic, skills=types, is_active=False)
    factories.RoomFactory(clinic=practice.clinic)
    free = ask(practice)
    assert list(free.specialists) == [practice.specialist.pk]
    assert list(free.rooms) == [practice.room.pk]


def test_devices_are_asked_where_the_type_needs_one(practice):
    practice.procedure_type.needs_device = True
    practice.procedure_type.save()
    device = factories.DeviceFactory(
        clinic=practice.clinic, procedure_types=[practice.procedure_type]
    )
    assert ask(practice).devices == {device.pk: (OPEN, OPEN)}


def test_hours_across_a_change_of_the_clock(practice):
    """Open around the clock on the day on which 2:00 to 3:00 does not exist in Berlin."""
    practice.clinic.time_zone = "Europe/Berlin"
    practice.clinic.save()
    practice.clinic.workinghours_set.update(starts=time(0), ends=time(23, 59))
    free = ask(practice, first_day=date(2031, 3, 30), days=2)
    whole = cells(0, 288)
    assert free.client == (whole & ~cells(24, 36), whole)


def test_an_appointment_after_the_change_lies_at_its_wall_time(practice):
    practice.clinic.time_zone = "Europe/Berlin"
    practice.clinic.save()
    course = factories.CourseFactory(
        clinic=practice.clinic,
        client=practice.person,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
    )
    day = date(2031, 3, 31)
    make_appointment(course, day=day, at=time(10), specialist=practice.specialist)
    free = ask(practice, first_day=day - timedelta(days=2), days=3)
    assert free.specialists[practice.specialist.pk] == (OPEN, OPEN, OPEN & ~cells(120, 124))


def test_two_queries_whatever_is_booked(practice, django_assert_num_queries):
    course = factories.CourseFactory(
        clinic=practice.clinic,
        client=practice.person,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
    )
    for number in range(10):
        make_appointment(course, day=MONDAY + timedelta(days=2 * number))
    ask(practice, days=45)
    with django_assert_num_queries(2):
        ask(practice, days=45)
