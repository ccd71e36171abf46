"""What the client's page says of each visit, and what it offers to do with it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clients.models import Screening
from cryoclinic.models import Clinic
from scheduling.models import Appointment, Course
from scheduling.selectors.client_page import ClientPage, client_page
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def course(clinic: Clinic, clock: time_machine.Traveller) -> Course:
    return make_course(clinic)[0]


def page_of(course: Course) -> ClientPage:
    fresh = Course.objects.select_related("clinic", "client").get(pk=course.pk)
    return client_page(fresh, now=timezone.now())


def visits(course: Course) -> list[Appointment]:
    return list(course.appointments.in_order())


def states(course: Course) -> list[tuple[str, str]]:
    return [(line.number, line.state) for line in page_of(course).visits]


def test_to_begin_with_everything_is_to_come(course):
    page = page_of(course)
    assert [(line.number, line.state) for line in page.visits] == [
        ("1", "to_come"),
        ("2", "to_come"),
        ("3", "to_come"),
    ]
    assert (page.done, page.planned, page.missing) == (0, 3, 0)
    assert page.coming == page.visits[0]
    assert page.coming.change_until == "Wed 13 May, 14:05"


def test_a_visit_is_now_while_it_lasts_and_past_until_the_desk_has_said(course, clock):
    first = visits(course)[0]
    clock.move_to(first.starts_at)
    assert page_of(course).coming.state == "now"
    clock.move_to(first.visit.upper)
    assert states(course)[0] == ("1", "past")
    assert page_of(course).coming.number == "2"


def test_what_is_done_is_counted(course, clock):
    first = visits(course)[0]
    clock.move_to(first.starts_at)
    check = Screening.objects.create(
        client=course.client,
        follows=first.screening,
        asked_by=factories.UserFactory(clinic=course.clinic),
        asked_at=timezone.now(),
        asked_on=first.day,
        valid_until=first.day,
    )
    for status in ("checked_in", "completed"):
        Appointment.objects.filter(pk=first.pk).update(status=status, visit_check=check)
    page = page_of(course)
    assert (page.done, page.visits[0].state, page.coming.number) == (1, "done", "2")


def test_what_was_called_off_is_not_shown_and_is_missing(course):
    second = visits(course)[1]
    Appointment.objects.filter(pk=second.pk).update(status="cancelled")
    assert states(course) == [("1", "to_come"), ("2", "to_come")]
    assert page_of(course).missing == 1


def test_what_can_be_taken_back_is_shown_and_not_missing_yet(course):
    second = visits(course)[1]
    Appointment.objects.filter(pk=second.pk).update(
        status="cancelled", undo_until=NOON + timedelta(minutes=30)
    )
    page = page_of(course)
    assert states(course) == [("1", "to_come"), ("", "cancelled"), ("2", "to_come")]
    assert [line.undo_until for line in page.undoable] == ["12:30"]
    assert page.missing == 0


def test_a_missed_visit_is_said_and_does_not_count(course, clock):
    first = visits(course)[0]
    clock.move_to(first.visit.upper)
    Appointment.objects.filter(pk=first.pk).update(status="missed")
    assert states(course) == [("", "missed"), ("1", "to_come"), ("2", "to_come")]


@pytest.mark.parametrize(
    ("before", "may_change", "may_confirm"),
    [
        (timedelta(hours=24, seconds=1), True, True),
        (timedelta(hours=24), False, True),
        (timedelta(seconds=1), False, True),
        (timedelta(0), False, False),
    ],
)
def test_what_may_be_done_ends_with_the_cut_off_and_the_visit(
    course, clock, before, may_change, may_confirm
):
    clock.move_to(visits(course)[0].starts_at - before)
    line = page_of(course).visits[0]
    assert (line.may_change, line.may_confirm) == (may_change, may_confirm)


@pytest.mark.parametrize("status", ["held", "completed", "stopped"])
def test_in_a_course_that_does_not_run_nothing_may_be_done(course, status):
    Course.objects.filter(pk=course.pk).update(status=status, held_reason="x")
    page = page_of(course)
    assert [(line.may_change, line.may_confirm, line.question) for line in page.visits] == [
        (False, False, "closed")
    ] * 3
    assert page.missing == 0
