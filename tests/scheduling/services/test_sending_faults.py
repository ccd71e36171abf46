"""Servers that refuse, workers that die: every message is accounted for."""

import multiprocessing
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from scheduling import emails, mail_facts
from scheduling.models import Appointment, Message
from scheduling.post import Post
from scheduling.selectors import claimed
from scheduling.services import sending
from scheduling.services.outbox import announce_course
from tests.scheduling.outbox_clinic import NOON, make_course, rows, send, worker

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("when", ["at_rcpt", "at_data"])
@pytest.mark.parametrize("reply", ["450 busy", "451 try later", "421 closing"])
def test_temporary_refusal_is_tried_again_later(plan, clock, smtp, when, reply):
    setattr(smtp, when, lambda address: reply)
    send(NOON)

    plan.refresh_from_db()
    assert (plan.status, plan.problem) == ("retrying", f"smtp {reply[:3]}")
    assert NOON + timedelta(minutes=1) <= plan.due_at <= NOON + timedelta(seconds=75)

    setattr(smtp, when, lambda address: None)
    clock.move_to(plan.due_at)
    send(timezone.now())

    plan.refresh_from_db()
    assert (plan.status, plan.problem, plan.attempts) == ("sent", "", 2)
    assert [mail["Message-ID"] for mail in smtp.mails] == [f"<{plan.message_id}@127.0.0.1>"]


@pytest.mark.parametrize("when", ["at_rcpt", "at_data"])
def test_final_refusal_fails_at_once_and_names_no_address(plan, smtp, when, caplog):
    setattr(smtp, when, lambda address: f"550 no such user <{address}>")

    send(NOON)

    plan.refresh_from_db()
    assert (plan.status, plan.problem, plan.attempts) == ("failed", "smtp 550", 1)
    ours = [record for record in caplog.records if record.name.startswith("scheduling")]
    assert [record.getMessage() for record in ours] == [f"message {plan.pk} failed: smtp 550"]


def test_refusal_of_one_does_not_keep_the_others_back(clinic, clock, smtp):
    courses = []
    for _ in range(3):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
        courses.append(course)
    unlucky = courses[1].client.email
    smtp.at_rcpt = lambda address: "550 no" if address == unlucky else None

    send(NOON)

    assert [rows(course)[0][2] for course in courses] == ["sent", "failed", "sent"]


def test_unreachable_server_is_tried_again_until_the_attempts_are_used_up(
    plan, clock, settings, smtp
):
    settings.EMAIL_PORT = 1  # nothing listens there
    pauses = []
    for _ in range(sending.MAX_ATTEMPTS):
        before = timezone.now()
        send(before)
        plan.refresh_from_db()
        pauses.append((plan.due_at - before) / timedelta(minutes=1))
        if plan.status == "retrying":
            clock.move_to(plan.due_at)

    assert (plan.status, plan.problem) == ("failed", "network")
    steps = [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120]
    assert all(step <= pause <= 1.25 * step for step, pause in zip(steps, pauses, strict=False))


def test_address_in_another_script_is_written_for_the_wire(plan, smtp):
    plan.client.email = "anna@почта.рф"
    plan.client.save()

    send(NOON)

    assert smtp.recipients == ["anna@xn--80a1acny.xn--p1ai"]


def test_address_that_no_mail_can_carry_fails_at_once(plan, smtp):
    plan.client.email = f"anna@{'п' * 70}.рф"
    plan.client.save()

    send(NOON)

    plan.refresh_from_db()
    assert (plan.status, plan.problem) == ("failed", "address")


def test_claim_of_a_worker_that_died_comes_back_when_its_lease_is_over(plan, clock, smtp):
    sending._claim(NOON, 50)
    assert send(NOON) == 0

    clock.move_to(NOON + sending.LEASE)
    assert send(timezone.now()) == 1

    plan.refresh_from_db()
    assert (plan.status, plan.attempts, len(smtp.mails)) == ("sent", 2, 1)


def test_message_whose_worker_always_dies_is_given_up(plan, clock, smtp):
    Message.objects.filter(pk=plan.pk).update(attempts=sending.MAX_ATTEMPTS)

    send(NOON)

    plan.refresh_from_db()
    assert (plan.status, smtp.mails) == ("failed", [])


def test_worker_that_was_overtaken_marks_nothing(plan, smtp, monkeypatch):
    """While the server took the mail its lease ran out, and another claimed the message."""
    deliver = Post.deliver

    def slow(post, mail):
        Message.objects.filter(pk=plan.pk).update(attempts=2)
        return deliver(post, mail)

    monkeypatch.setattr(Post, "deliver", slow)
    send(NOON)

    plan.refresh_from_db()
    assert (plan.status, plan.attempts, plan.sent_at) == ("sending", 2, None)


def test_worker_that_was_too_slow_leaves_the_rest_to_the_others(clinic, clock, smtp, monkeypatch):
    """The first mail took longer than the lease, and others have claimed the rest since."""
    courses = []
    for _ in range(3):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
        courses.append(course)
    compose = emails.compose

    def slow(message, visits, *, now):
        monkeypatch.setattr(sending, "compose", compose)
        clock.move_to(NOON + sending.LEASE)
        assert send(timezone.now()) == 3
        return compose(message, visits, now=now)

    monkeypatch.setattr(sending, "compose", slow)
    send(NOON)

    assert [rows(course)[0][2] for course in courses] == ["sent"] * 3
    assert sorted(smtp.recipients) == sorted(course.client.email for course in courses)


def test_error_of_ours_gives_the_rest_of_the_batch_back(clinic, clock, smtp, monkeypatch):
    courses = []
    for _ in range(3):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
        courses.append(course)
    compose = emails.compose

    def broken_for_the_first(message, visits, *, now):
        if message.course_id == courses[0].pk:
            raise ZeroDivisionError
        return compose(message, visits, now=now)

    monkeypatch.setattr(sending, "compose", broken_for_the_first)
    with pytest.raises(ZeroDivisionError):
        send(NOON)
    send(NOON)

    assert [rows(course)[0][2] for course in courses] == ["sending", "sent", "sent"]
    assert [course.messages.first().attempts for course in courses[1:]] == [0, 0]
    assert Message.objects.filter(status="sent").values_list("attempts", flat=True)[0] == 1


def test_error_of_ours_among_mails_that_go_together_leaves_those_marked_that_went(
    clinic, clock, smtp, monkeypatch
):
    courses = []
    for _ in range(3):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
        courses.append(course)
    deliver = Post.deliver

    def broken_for_the_second(post, mail):
        if mail.to == [courses[1].client.email]:
            raise ZeroDivisionError
        return deliver(post, mail)

    monkeypatch.setattr(Post, "deliver", broken_for_the_second)
    with pytest.raises(ZeroDivisionError):
        send(NOON)

    plans = [course.messages.earliest("id") for course in courses]
    assert [(plan.status, plan.attempts) for plan in plans] == [
        ("sent", 1),
        ("sending", 1),
        ("due", 0),
    ]
    assert smtp.recipients == [courses[0].client.email]


@pytest.mark.parametrize(
    "case", [({"status": "cancelled"}, "cancelled"), ({"schedule_version": 2}, "moved")]
)
def test_visit_that_changes_while_it_is_read_is_not_reminded_of(
    booked, clock, smtp, monkeypatch, case
):
    """Between the message with its appointment and the course's visits, of which the mail is."""
    (change, reason), (_course, visits) = case, booked
    send(NOON)
    clock.move_to(visits[0].starts_at - timedelta(hours=24))

    def after_the_change(messages, *, now):
        Appointment.objects.filter(pk=visits[0].pk).update(**change)
        return mail_facts.facts_of_all(messages, now=now)

    monkeypatch.setattr(claimed, "facts_of_all", after_the_change)
    send(timezone.now())

    reminder = Message.objects.filter(appointment=visits[0]).earliest("due_at")
    assert (reminder.status, reminder.problem) == ("withdrawn", reason)
    assert len(smtp.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(clinic, smtp):
    with time_machine.travel(NOON, tick=True):
        for _ in range(20):
            course, visits = make_course(clinic)
            announce_course(course, visits, now=NOON)
        start = threading.Barrier(2)

        def work():
            start.wait()
            while send(timezone.now(), limit=3):
                pass
            connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    assert len(smtp.recipients) == len(set(smtp.recipients)) == 20
    assert Message.objects.filter(kind="course_booked", status="sent").count() == 20


@pytest.mark.django_db(transaction=True)
def test_message_of_a_worker_that_was_killed_goes_out_after_the_lease(clinic, smtp):
    """Killed for good, in a process of its own, while the server was taking the mail."""
    reached, released = threading.Event(), threading.Event()

    def stall(_address: str) -> str:
        reached.set()
        released.wait(30)
        return "451 too late"

    with time_machine.travel(NOON, tick=True):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
        worker()
        smtp.at_data = stall
        connections.close_all()
        process = multiprocessing.get_context("fork").Process(target=send, args=[timezone.now()])
        process.start()
        assert reached.wait(30)
        process.kill()
        process.join()
        released.set()
        smtp.at_data = lambda address: None

        assert send(timezone.now()) == 0
        assert rows(course)[0][2] == "sending"
    with time_machine.travel(NOON + 2 * sending.LEASE, tick=True):
        assert send(timezone.now()) == 1

    assert rows(course)[0][2] == "sent"
    assert smtp.recipients == [course.client.email]
