"""Many book the same time at the same moment, over HTTP against gunicorn: exactly one has it."""

import uuid
from collections import Counter

import pytest
from django.db import connection, transaction
from django.urls import reverse

from clients.models import Client
from scheduling.models import Appointment, Course, Specialist
from tests.attack.bookings import booking, screened, slots
from tests.web import Answer, at_once

pytestmark = [pytest.mark.django_db(transaction=True)]

RIVALS = 64


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[1])


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def test_one_of_many_rivals_gets_the_slot(practice, desk):
    before = deadlocks()
    chosen = slots(practice)
    answers = at_once(
        [(desk, *booking(practice, person, chosen)) for person in screened(practice, RIVALS)]
    )
    assert statuses(answers) == {302: 1, 409: RIVALS - 1}
    assert Course.objects.count() == 1
    assert Appointment.objects.count() == 10
    assert deadlocks() == before
    for answer in answers:
        if answer.status == 409:
            assert f"{practice.specialist} is not free on " in answer.body
            assert "9 more sessions of this plan are taken as well." in answer.body
            assert "Nearest free times" in answer.body
            assert answer.body.count('name="slot"') == 10


def test_courses_that_collide_in_mixed_order_never_deadlock(practice, desk):
    """Half of them list the days the other way round; half collide on every third day alone."""
    before = deadlocks()
    answers = at_once(
        [
            (
                desk,
                *booking(
                    practice,
                    person,
                    slots(practice, gap=2 + number % 2, backwards=number % 4 > 1),
                ),
            )
            for number, person in enumerate(screened(practice, RIVALS))
        ]
    )
    assert statuses(answers) == {302: 1, 409: RIVALS - 1}
    assert Appointment.objects.count() == 10
    assert deadlocks() == before


def test_who_comes_after_the_booking_waits_for_no_lock(practice, desk):
    """The rows are locked by somebody else all the while; the loser is told all the same."""
    winner, loser = screened(practice, 2)
    chosen = slots(practice)
    assert desk.post(*booking(practice, winner, chosen)).status == 302
    with transaction.atomic():
        Specialist.objects.select_for_update().get(pk=practice.specialist.pk)
        Client.objects.select_for_update().get(pk=loser.pk)
        answer = desk.post(*booking(practice, loser, chosen))
    assert answer.status == 409
    assert f"{practice.specialist} is not free on " in answer.body


def test_a_form_sent_many_times_books_once_and_shows_the_same_course(practice, desk):
    path, data = booking(practice, practice.person, slots(practice), uuid.uuid4())
    answers = at_once([(desk, path, data)] * 8)
    course = Course.objects.get()
    assert [(answer.status, answer.location) for answer in answers] == [
        (302, reverse("scheduling:course", args=[course.pk]))
    ] * 8
    assert Appointment.objects.count() == 10


def test_one_client_is_not_booked_twice_by_two_desks(practice, desk):
    """Different keys, the same client: the second desk is told, whichever it is."""
    answers = at_once(
        [
            (desk, *booking(practice, practice.person, slots(practice, cell=cell)))
            for cell in (120, 140)
        ]
    )
    assert statuses(answers) == {302: 1, 409: 1}
    assert Course.objects.count() == 1
