"""A clinic with everything a mail may name, and two of its mails as they arrive."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.scheduling.emails.samples import book
from tests.scheduling.outbox_clinic import NOON, send


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clinic(clinic):
    clinic.name = "Frost & Sons"
    clinic.address = "1 Frost Street, <2nd> floor"
    clinic.phone = "+74951234567"
    clinic.email = "desk@frost.example"
    clinic.map_url = "https://map.example/?a=1&b=2"
    clinic.save()
    return clinic


@pytest.fixture
def plan(clinic, clock, smtp):
    """``(course, visits, mail)`` of the plan."""
    course, visits = book(clinic)
    send(NOON)
    return course, visits, smtp.mails[-1]


@pytest.fixture
def reminder(clinic, clock, smtp):
    """``(course, visits, mail)`` of the second visit's reminder."""
    course, visits = book(clinic)
    clock.move_to(visits[1].starts_at - timedelta(days=1))
    send(timezone.now())
    return course, visits, smtp.mails[-1]
