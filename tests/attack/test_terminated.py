"""The database connection breaks in the middle of bookings: nothing is half booked."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from scheduling.models import Appointment, Course, Message
from tests.attack.bookings import booking, screened, slots

pytestmark = pytest.mark.django_db(transaction=True)


def break_connections() -> int:
    """Terminate the server's connections that are at work in our own database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            "   AND application_name = 'cryoclinic' AND state <> 'idle'"
        )
        return int(cursor.fetchone()[0])


def attack(practice, desk, times: int) -> int:
    """Book for one client after the other, breaking connections meanwhile; returns how often."""
    chance, broken = random.Random(1), 0
    for person in screened(practice, times):
        path, data = booking(practice, person, slots(practice))
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(desk.post, path, data)
            time.sleep(chance.uniform(0.0, 0.06))
            hit = break_connections()
            status, body = answer.result().status, answer.result().body
        broken += hit > 0
        booked = Course.objects.filter(client=person)
        if status == 503:
            assert "The database does not answer at this moment" in body
        else:
            assert status == 302
        for course in booked:
            assert course.appointments.count() == course.sessions_planned
            assert course.indications.count() == 1
            assert Message.objects.filter(course=course, kind="course_booked").count() == 1
        assert Appointment.objects.filter(client=person).count() in (0, 10)
        assert (status == 302) <= booked.exists()
        Appointment.objects.filter(client=person).update(status="cancelled")
    return broken


def test_a_broken_connection_leaves_nothing_half_booked(practice, desk):
    attack(practice, desk, 5)


@pytest.mark.prove
def test_fifty_broken_connections_leave_nothing_half_booked(practice, desk):
    broken = 0
    while broken < 50:
        broken += attack(practice, desk, 20)
    print(f"{broken} connections broken in the middle of a booking")
