"""What the desk does to a message by hand."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clients.models import Client
from cryoclinic.changes import event_model_of
from scheduling.errors import NothingToSend, WrongState
from scheduling.models import Appointment, Message
from scheduling.services.appointments import cancel_appointment, restore_appointment
from scheduling.services.outbox import announce_course, schedule_reminders
from scheduling.services.resending import resend_message, withdraw_message
from tests.scheduling.outbox_clinic import NOON, make_course, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booked(clinic):
    course, visits = make_course(clinic)
    announce_course(course, visits, now=NOON)
    return course, visits


@pytest.fixture
def plan(booked):
    return booked[0].messages.get(kind="course_booked")


def reminder_of(visit: Appointment) -> Message:
    return Message.objects.get(appointment=visit, lead_hours=24, version=visit.schedule_version)


def plans() -> list[tuple[int, str, str]]:
    rows = Message.objects.filter(kind="course_booked").order_by("id")
    return list(rows.values_list("repeat", "status", "problem"))


def test_what_was_sent_goes_out_again_as_a_mail_of_its_own(plan, reception, smtp):
    send(NOON)
    first = resend_message(by=reception, message=plan, now=NOON)
    send(NOON)
    second = resend_message(by=reception, message=first, now=NOON)

    assert plans() == [(0, "sent", ""), (1, "sent", ""), (2, "due", "")]
    assert (second.repeat, second.due_at, second.client) == (2, NOON, plan.client)
    assert len({mail["Message-ID"] for mail in smtp.mails}) == len(smtp.mails) == 2
    event = event_model_of(Message).objects.get(pgh_obj_id=second.pk)
    assert (event.pgh_label, event.pgh_context["user"]) == ("insert", reception.pk)


def test_what_failed_goes_out_itself(plan, reception, smtp):
    smtp.at_rcpt = lambda address: "550 no such user"
    send(NOON)
    Client.objects.filter(pk=plan.client_id).update(email="right@example.com")
    smtp.at_rcpt = lambda address: None
    resend_message(by=reception, message=plan, now=NOON)
    send(NOON)

    assert plans() == [(0, "sent", "")]
    assert smtp.recipients == ["right@example.com"]


def test_it_goes_out_at_once_whatever_the_hour(plan, reception, smtp, clock):
    withdraw_message(by=reception, message=plan)
    night = NOON + timedelta(hours=14)
    clock.move_to(night)
    again = resend_message(by=reception, message=plan, now=timezone.now())

    assert (again.pk, again.due_at, again.status) == (plan.pk, night, "due")


@pytest.mark.parametrize("status", ["due", "retrying", "sending"])
def test_what_waits_is_not_sent_twice(plan, reception, status):
    Message.objects.filter(pk=plan.pk).update(status=status)

    with pytest.raises(WrongState, match="waiting to be sent already"):
        resend_message(by=reception, message=plan, now=NOON)
    assert plans() == [(0, status, "")]


def test_button_pressed_twice_sends_once(plan, reception, smtp):
    send(NOON)
    resend_message(by=reception, message=plan, now=NOON)

    with pytest.raises(WrongState, match="waiting to be sent again already"):
        resend_message(by=reception, message=plan, now=NOON)
    assert plans() == [(0, "sent", ""), (1, "due", "")]


def test_reminder_of_a_visit_that_has_begun_is_refused(booked, reception, smtp, clock):
    _course, visits = booked
    message = reminder_of(visits[0])
    clock.move_to(visits[0].starts_at - timedelta(hours=20))
    send(timezone.now())
    clock.move_to(visits[0].starts_at)

    with pytest.raises(NothingToSend, match="The visit had already begun"):
        resend_message(by=reception, message=message, now=timezone.now())


def test_reminder_of_a_cancelled_visit_is_refused(booked, reception):
    _course, visits = booked
    cancel_appointment(by=reception, appointment=visits[0])

    with pytest.raises(NothingToSend, match="The visit was cancelled or missed"):
        resend_message(by=reception, message=reminder_of(visits[0]), now=NOON)


def test_client_who_takes_no_mail_gets_none_by_hand_either(plan, reception, smtp):
    send(NOON)
    Client.objects.filter(pk=plan.client_id).update(email_consent=False)

    with pytest.raises(NothingToSend, match="does not agree to e-mail"):
        resend_message(by=reception, message=plan, now=NOON)
    assert plans() == [(0, "sent", "")]


def test_withdrawn_message_does_not_go_out(plan, reception, smtp):
    withdraw_message(by=reception, message=plan)
    send(NOON)

    assert plans() == [(0, "withdrawn", "by_desk")]
    assert smtp.mails == []
    event = event_model_of(Message).objects.filter(pgh_obj_id=plan.pk).latest("pgh_id")
    assert (event.problem, event.pgh_context["user"]) == ("by_desk", reception.pk)


def test_what_the_desk_withdrew_is_not_brought_back_by_the_program(booked, reception):
    _course, visits = booked
    withdraw_message(by=reception, message=reminder_of(visits[0]))
    schedule_reminders(visits, now=NOON)

    assert reminder_of(visits[0]).status == "withdrawn"


def test_restored_visit_has_a_reminder_whatever_was_withdrawn_before(booked, reception):
    """It is another version of its schedule, and another message."""
    _course, visits = booked
    withdraw_message(by=reception, message=reminder_of(visits[0]))
    cancel_appointment(by=reception, appointment=visits[0])
    restored = restore_appointment(by=reception, appointment=visits[0])

    assert reminder_of(restored).status == "due"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("sending", "being sent at this moment"),
        ("sent", "“sent”, so there is nothing to withdraw"),
        ("withdrawn", "“withdrawn”, so there is nothing to withdraw"),
    ],
)
def test_what_is_gone_is_not_withdrawn(plan, reception, status, words):
    Message.objects.filter(pk=plan.pk).update(status=status, sent_at=NOON)

    with pytest.raises(WrongState, match=words):
        withdraw_message(by=reception, message=plan)
    assert plans() == [(0, status, "")]
