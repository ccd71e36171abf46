"""A worker killed at any moment leaves nothing half done, and the next one does the rest once."""

import os
import signal
import subprocess
import sys
import time as clock
from datetime import time

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from scheduling.models import Course
from scheduling.services.mending import mend_due
from scheduling.services.watch import enrol_courses
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, book
from tests.scheduling.outbox_clinic import worker
from tests.web import present_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def monday_morning():
    """Before the clinic is made: its screening is of that morning."""
    with time_machine.travel(MORNING, tick=False):
        yield


WORKER = """
import django, time_machine
django.setup()
from django.utils import timezone
from cryoclinic.models import User
from scheduling.services.mending import mend_due
from tests.scheduling.mending_clinic import MORNING
with time_machine.travel(MORNING, tick=False):
    print("at work", flush=True)
    mend_due(by=User.objects.worker(), now=timezone.now())
"""


def kill_a_worker(after: float) -> None:
    """Start one in a process of its own and end it that many seconds into its work."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "cryoclinic.settings",
            "DATABASE_URL": present_database(),
            "PYTHONPATH": str(settings.BASE_DIR),
        },
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"at work\n"
        clock.sleep(after)
        process.send_signal(signal.SIGKILL)


def broken_courses(practice: Practice, count: int) -> list[Course]:
    """Half of them have lost their last session, half have a gap that is too long."""
    return [
        book(
            practice,
            [2, 4 + n % 2 * 3],
            at=time(9 + n // 3, n % 3 * 20),
            sessions_planned=2 if n % 2 else 3,
        )[0]
        for n in range(count)
    ]


def prove(practice: Practice, *, kills: int, courses: int) -> None:
    broken = broken_courses(practice, courses)
    enrol_courses(by=worker(), now=timezone.now())
    for n in range(kills):
        kill_a_worker(after=0.02 + 0.03 * (n % 10))
    mend_due(by=worker(), now=timezone.now())

    outcome = [(course.appointments.live().count(), course.proposals.count()) for course in broken]
    assert [sum(pair) for pair in outcome] == [3] * courses
    assert outcome[1::2] == [(2, 1)] * (courses // 2)


def test_a_killed_worker_leaves_nothing_half_done(practice: Practice):
    prove(practice, kills=3, courses=12)


@pytest.mark.prove
def test_fifty_killed_workers_leave_nothing_half_done(practice: Practice):
    prove(practice, kills=50, courses=24)
