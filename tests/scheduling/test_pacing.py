"""The limit of mails per minute, counted over all workers."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import time_machine
from django.db import connection, connections

from scheduling.models import Message
from scheduling.pacing import seconds_to_wait
from scheduling.services.outbox import announce_course
from tests.scheduling.outbox_clinic import NOON, make_course, send

WORKERS = 4


def wait(*, longest: float) -> float:
    seconds = seconds_to_wait(longest=longest)
    assert seconds is not None
    return seconds


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.mark.django_db
def test_without_a_limit_nobody_waits(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert seconds_to_wait(longest=60) == 0


@pytest.mark.django_db
def test_places_are_as_far_apart_as_the_limit_says(settings):
    settings.MAILS_PER_MINUTE = 2
    waits = [wait(longest=100) for _ in range(4)]

    assert waits[0] == 0
    assert [round(each / 30, 1) for each in waits[1:]] == [1.0, 2.0, 3.0]


@pytest.mark.django_db
def test_place_that_is_too_far_off_is_not_taken(settings):
    settings.MAILS_PER_MINUTE = 2
    seconds_to_wait(longest=100)

    assert seconds_to_wait(longest=20) is None
    assert round(wait(longest=100) / 30, 1) == 1.0


@pytest.mark.django_db(transaction=True)
def test_no_two_workers_take_the_same_place(settings):
    """Four threads, each with a connection of its own, take places of one mail a minute."""
    settings.MAILS_PER_MINUTE = 1
    together = threading.Barrier(WORKERS)

    def take() -> list[float]:
        together.wait()
        taken = [time.time() + wait(longest=10_000) for _ in range(5)]
        connections.close_all()
        return taken

    with ThreadPoolExecutor(WORKERS) as pool:
        workers = [pool.submit(take) for _ in range(WORKERS)]
        taken = sorted(moment for each in workers for moment in each.result())

    apart = [later - earlier for earlier, later in pairwise(taken)]
    assert [round(seconds / 60, 1) for seconds in apart] == [1.0] * 19


@pytest.mark.django_db
def test_mail_that_finds_no_place_in_its_round_is_given_back(clinic, clock, smtp, settings):
    settings.MAILS_PER_MINUTE = 0.5
    courses = [make_course(clinic) for _ in range(3)]
    for course, visits in courses:
        announce_course(course, visits, now=NOON)

    assert send(NOON) == 3

    plans = Message.objects.filter(kind="course_booked").order_by("id")
    assert list(plans.values_list("status", "attempts")) == [("sent", 1), ("due", 0), ("due", 0)]
    assert (len(smtp.mails), connection.in_atomic_block) == (1, True)
