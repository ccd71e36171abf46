"""What becomes a message, in the transaction that causes it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from scheduling.models import Message
from scheduling.planner import Slot
from scheduling.services.appointments import (
    cancel_appointment,
    move_appointment,
    restore_appointment,
)
from scheduling.services.courses import hold_course, resume_course, stop_course
from scheduling.services.outbox import announce_course, schedule_reminders, withdraw
from tests.scheduling.outbox_clinic import DAYS, NOON, make_course, rows, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(clinic):
    with time_machine.travel(NOON, tick=False):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
        yield course, visits


def test_announce_writes_the_plan_now_and_a_reminder_a_day_before_each_visit(booked):
    course, visits = booked

    assert list(
        course.messages.order_by("id").values_list("kind", "appointment", "version", "due_at")
    ) == [
        ("course_booked", None, 1, NOON),
        *(("reminder", visit.pk, 1, visit.starts_at - timedelta(days=1)) for visit in visits),
    ]


def test_announce_again_adds_nothing(booked):
    course, visits = booked

    announce_course(course, visits, now=NOON)

    assert len(rows(course)) == 4


@pytest.mark.parametrize("missing", [{"email_consent": False}, {"email": ""}])
def test_announce_writes_nothing_for_a_client_who_may_not_be_mailed(clinic, missing):
    with time_machine.travel(NOON, tick=False):
        course, visits = make_course(clinic)
    for name, value in missing.items():
        setattr(course.client, name, value)
    course.client.save()

    announce_course(course, visits, now=NOON)

    assert rows(course) == []


def test_announce_in_a_transaction_that_fails_leaves_nothing(clinic):
    with time_machine.travel(NOON, tick=False):
        course, visits = make_course(clinic)

    with transaction.atomic():
        announce_course(course, visits, now=NOON)
        transaction.set_rollback(True)

    assert rows(course) == []


def test_move_withdraws_the_reminder_and_adds_one_for_the_new_time(booked, reception):
    course, visits = booked
    visit = visits[2]
    slot = Slot(
        day=DAYS[2], cell=16 * 12, specialist=visit.specialist_id, room=visit.room_id, device=None
    )

    move_appointment(by=reception, appointment=visit, slot=slot)

    assert rows(course)[3:] == [
        ("reminder", 1, "withdrawn", "moved"),
        ("reminder", 2, "due", ""),
    ]
    new = Message.objects.get(appointment=visit, version=2)
    assert new.due_at == datetime(2026, 5, 18, 13, tzinfo=UTC)


def test_cancel_withdraws_and_restore_brings_a_reminder_back(booked, reception):
    course, visits = booked

    cancel_appointment(by=reception, appointment=visits[1])
    assert rows(course)[2] == ("reminder", 1, "withdrawn", "cancelled")

    restore_appointment(by=reception, appointment=visits[1])
    pending = Message.objects.filter(appointment=visits[1]).pending()
    assert pending.get().due_at == visits[1].starts_at - timedelta(days=1)


def test_withdrawn_reminder_of_the_same_time_comes_back(booked):
    course, visits = booked
    withdraw(visits[:1])

    schedule_reminders(visits[:1], now=NOON)

    assert rows(course)[1] == ("reminder", 1, "due", "")


def test_sent_reminder_never_comes_back(booked):
    course, visits = booked
    Message.objects.filter(appointment=visits[0]).update(status="sent", sent_at=NOON)
    withdraw(visits[:1])

    schedule_reminders(visits[:1], now=NOON)

    assert rows(course)[1] == ("reminder", 1, "sent", "")


def test_stop_withdraws_everything_that_is_still_to_go(booked, reception, smtp):
    course, _visits = booked

    stop_course(by=reception, course=course, reason="moved away")
    send(NOON)

    assert rows(course) == [
        ("course_booked", 1, "withdrawn", "stopped"),
        *[("reminder", 1, "withdrawn", "cancelled")] * 3,
    ]
    assert smtp.mails == []


def test_resumed_course_is_reminded_of_again(booked, reception, smtp):
    course, visits = booked
    hold_course(by=reception, course=course, reason="asked to wait")
    with time_machine.travel(visits[0].starts_at - timedelta(hours=20), tick=False):
        send(visits[0].starts_at - timedelta(hours=20))
        assert rows(course)[:2] == [
            ("course_booked", 1, "withdrawn", "held"),
            ("reminder", 1, "withdrawn", "held"),
        ]

        resume_course(by=reception, course=course)

        assert rows(course)[1] == ("reminder", 1, "due", "")


def test_announce_costs_a_fixed_number_of_queries(clinic, django_assert_num_queries):
    with time_machine.travel(NOON, tick=False):
        course, visits = make_course(clinic)

    with django_assert_num_queries(1):
        announce_course(course, visits, now=NOON)
