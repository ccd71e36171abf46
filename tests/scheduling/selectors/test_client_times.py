"""The times a client is offered: those of the planner, far enough ahead, few enough to choose."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from cryoclinic.models import Clinic
from scheduling.models import Appointment
from scheduling.proposals import parse_slot
from scheduling.selectors.client_times import MOST_TIMES, Times, times_for
from scheduling.selectors.offers import free_for
from scheduling.spans import slot_of
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def visit(clinic: Clinic) -> Appointment:
    """The last of three, on Tuesday 19 May at 14:05, two to three days after the second."""
    return loaded(make_course(clinic)[1][2])


def loaded(visit: Appointment) -> Appointment:
    return Appointment.objects.select_related("clinic", "course__clinic", "screening").get(
        pk=visit.pk
    )


def offered(visit: Appointment) -> Times:
    return times_for(visit, now=timezone.now())


def days_of(times: Times) -> list[date]:
    return [parse_slot(day.times[0].token).day for day in times.days]


def test_only_days_that_keep_the_longest_gap_are_offered(visit):
    assert days_of(offered(visit)) == [date(2026, 5, 18), date(2026, 5, 19)]


def test_days_over_the_longest_gap_come_only_where_no_other_is_free(visit, clinic):
    for day in (date(2026, 5, 18), date(2026, 5, 19)):
        factories.UnavailabilityFactory(
            clinic=clinic,
            period=(clinic.midnight(day), clinic.midnight(day + timedelta(days=1))),
        )
    days = days_of(offered(visit))
    assert days[0] == date(2026, 5, 20)
    assert len(days) > 3


def test_a_day_shows_nine_starts_on_the_half_hour_from_first_to_last(visit):
    monday = offered(visit).days[0]
    clocks = [each.clock for each in monday.times]
    assert monday.name == "Monday, 18 May 2026"
    assert len(clocks) == MOST_TIMES
    assert (clocks[0], clocks[-1]) == ("09:00", "17:00")
    assert {clock[3:] for clock in clocks} <= {"00", "30"}


def test_the_visit_s_own_time_is_not_offered(visit):
    tuesday = offered(visit).days[1]
    own = slot_of(visit)
    assert [each for each in tuesday.times if parse_slot(each.token).cell == own.cell] == []
    assert own not in offered(visit).slots


def test_every_time_shown_is_one_that_the_planner_offers(visit):
    free = {offer.slot for offer in free_for(visit)}
    times = offered(visit)
    shown = {parse_slot(each.token) for day in times.days for each in day.times}
    assert shown <= times.slots <= free


def test_the_specialist_of_before_is_kept_where_they_are_free(visit, clinic):
    factories.SpecialistFactory(clinic=clinic, skills=[visit.course.procedure_type])
    shown = [parse_slot(each.token) for day in offered(visit).days for each in day.times]
    assert {slot.specialist for slot in shown} == {visit.specialist_id}


def test_nothing_nearer_than_the_clinic_s_notice_is_offered(clinic):
    course, [visit] = make_course(clinic, [date(2026, 5, 14)], at=time(17), sessions_planned=10)
    clinic.client_cutoff_hours = 48
    clinic.save()
    slots = offered(loaded(visit)).slots
    nearest = min((slot.day, slot.cell) for slot in slots)
    assert nearest == (date(2026, 5, 14), 12 * 12)  # noon, 48 hours from now
    assert course.sessions_planned == 10


def test_where_nothing_is_free_nothing_is_offered(visit, clinic):
    factories.UnavailabilityFactory(
        clinic=clinic,
        period=(clinic.midnight(date(2026, 5, 13)), clinic.midnight(date(2026, 9, 13))),
    )
    assert offered(visit) == Times(frozenset(), ())
