"""Reminders for those who agree to e-mail after their visits were booked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.models import Appointment, Message
from scheduling.services.outbox import announce_course
from scheduling.services.reminding import complete_reminders
from tests.scheduling.outbox_clinic import NOON, make_course, rows, send, worker

pytestmark = pytest.mark.django_db


def complete() -> None:
    complete_reminders(by=worker(), now=timezone.now())


def agree(course, *, consent: bool = True) -> None:
    course.client.email_consent = consent
    course.client.save()


@pytest.fixture
def silent(clinic, clock):
    """A course of a client who had not agreed when it was booked."""
    course, visits = make_course(clinic)
    agree(course, consent=False)
    announce_course(course, visits, now=NOON)
    return course, visits


def test_client_who_agrees_later_is_reminded_of_the_visits_to_come(silent):
    course, visits = silent
    complete()
    assert rows(course) == []

    agree(course)
    complete()

    reminders = course.messages.order_by("id").values_list("kind", "appointment", "due_at")
    assert list(reminders) == [
        ("reminder", visit.pk, visit.starts_at - timedelta(days=1)) for visit in visits
    ]


def test_client_who_agrees_again_is_reminded_again(booked, clock, smtp):
    course, visits = booked
    agree(course, consent=False)
    clock.move_to(visits[0].starts_at - timedelta(hours=20))
    send(timezone.now())
    assert rows(course)[1] == ("reminder", 1, "withdrawn", "no_consent")

    agree(course)
    complete()
    assert rows(course)[1] == ("reminder", 1, "due", "")


def test_visit_that_is_cancelled_or_past_is_left_alone(silent, clock):
    course, visits = silent
    agree(course)
    Appointment.objects.filter(pk=visits[1].pk).update(status="cancelled")
    clock.move_to(visits[0].starts_at)

    complete()

    assert list(course.messages.values_list("appointment", flat=True)) == [visits[2].pk]


def test_nothing_is_written_where_nothing_is_missing(booked, smtp, django_assert_num_queries):
    by = worker()
    send(NOON)
    before = list(Message.objects.order_by("id").values())

    with django_assert_num_queries(3):
        complete_reminders(by=by, now=NOON)

    assert list(Message.objects.order_by("id").values()) == before
