"""A course whose plan is due at noon."""

import pytest
import time_machine

from scheduling.services.outbox import announce_course
from tests.scheduling.outbox_clinic import NOON, make_course, send


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booked(clinic, clock):
    course, visits = make_course(clinic)
    announce_course(course, visits, now=NOON)
    return course, visits


@pytest.fixture
def plan(booked):
    """The message with the plan, the only one that is due at noon."""
    course, _visits = booked
    return course.messages.get(kind="course_booked")


@pytest.fixture
def told(booked, smtp, clock):
    """The course whose plan went out at noon."""
    send(NOON)
    smtp.clear()
    return booked
