"""The worker's side of the outbox, against a real SMTP server."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cryoclinic.models import User
from scheduling.models import Appointment, Course, Message
from scheduling.post import Post
from scheduling.selectors.claimed import Claimed, read_claimed, unchanged_of
from scheduling.services import sending
from scheduling.services.outbox import announce_course
from scheduling.services.sending import send_due
from tests.scheduling.outbox_clinic import NOON, make_course, rows, send, worker

pytestmark = pytest.mark.django_db


def test_send_due_sends_what_is_due_and_nothing_else(booked, smtp):
    course, _visits = booked

    assert send(NOON) == 1

    assert smtp.recipients == [course.client.email]
    assert rows(course) == [
        ("course_booked", 1, "sent", ""),
        *[("reminder", 1, "due", "")] * 3,
    ]


def test_send_due_keeps_what_was_sent(plan, smtp):
    send(NOON)

    plan.refresh_from_db()
    assert plan.sent_at == NOON
    assert plan.sent_to == plan.client.email
    assert plan.attempts == 1
    assert plan.leased_until is None
    assert plan.source.splitlines() == smtp.sources[0].decode().splitlines()


def test_send_due_a_second_time_sends_nothing(booked, smtp):
    send(NOON)

    assert send(NOON) == 0
    assert len(smtp.mails) == 1


def test_send_due_reminds_the_day_before(booked, clock, smtp):
    course, visits = booked
    for visit in visits:
        clock.move_to(visit.starts_at - timedelta(days=1))
        send(timezone.now())

    assert [mail["Subject"] for mail in smtp.mails] == [
        f"{course.clinic.name}: your 3 sessions, from 14 May",
        *[
            f"{course.clinic.name}: tomorrow at 14:05, session {number} of 3"
            for number in (1, 2, 3)
        ],
    ]


def test_send_due_uses_one_connection_for_a_batch(clinic, clock, smtp):
    for _ in range(4):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)

    assert send(NOON) == 4
    assert (len(smtp.mails), smtp.connections) == (4, 1)


def test_send_due_stops_at_the_limit(clinic, clock, smtp):
    for _ in range(3):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)

    assert [send(NOON, limit=2), send(NOON, limit=2), send(NOON, limit=2)] == [2, 1, 0]
    assert len(set(smtp.recipients)) == len(smtp.recipients) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "missed"}, "cancelled"),
        ({"status": "checked_in"}, "past"),
        ({"schedule_version": 2}, "moved"),
    ],
)
def test_reminder_is_withdrawn_where_the_visit_changed(booked, clock, smtp, change, reason):
    course, visits = booked
    send(NOON)
    Appointment.objects.filter(pk=visits[0].pk).update(**change)
    clock.move_to(visits[0].starts_at - timedelta(hours=20))

    send(timezone.now())

    assert rows(course)[1] == ("reminder", 1, "withdrawn", reason)
    assert len(smtp.mails) == 1


def test_reminder_is_withdrawn_where_the_visit_is_past(booked, clock, smtp):
    course, visits = booked
    clock.move_to(visits[0].starts_at)

    send(timezone.now())

    assert rows(course)[1] == ("reminder", 1, "withdrawn", "past")
    assert [str(mail["Subject"]).partition(": ")[2] for mail in smtp.mails] == [
        "your 3 sessions, from 16 May"
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"status": "stopped"}, "stopped"), ({"status": "held", "held_reason": "asked"}, "held")],
)
def test_plan_is_withdrawn_where_the_course_does_not_run(plan, smtp, changes, reason):
    Course.objects.filter(pk=plan.course_id).update(**changes)

    send(NOON)

    plan.refresh_from_db()
    assert (plan.status, plan.problem, smtp.mails) == ("withdrawn", reason, [])


def test_message_is_withdrawn_where_the_consent_is_gone(plan, smtp):
    plan.client.email_consent = False
    plan.client.save()

    send(NOON)

    plan.refresh_from_db()
    assert (plan.status, plan.problem, smtp.mails) == ("withdrawn", "no_consent", [])


def test_sending_is_recorded_as_the_worker_s_doing(plan, smtp):
    send(NOON)

    event = plan.events.order_by("-pgh_id").first()
    assert (event.status, event.pgh_context) == ("sent", {"user": User.objects.worker().pk})


def test_reminder_that_a_later_one_has_overtaken_is_withdrawn(clinic, clock, smtp):
    """After an outage both are due: the client gets one."""
    clinic.reminder_lead_hours = [24, 2]
    clinic.save()
    course, visits = make_course(clinic)
    announce_course(course, visits, now=NOON)
    send(NOON)
    clock.move_to(visits[0].starts_at - timedelta(hours=1))

    send(timezone.now())

    reminders = course.messages.filter(appointment=visits[0]).order_by("-lead_hours")
    assert list(reminders.values_list("lead_hours", "status", "problem")) == [
        (24, "withdrawn", "overtaken"),
        (2, "sent", ""),
    ]
    assert len(smtp.mails) == 2


@pytest.mark.parametrize("kind", ["course_booked", "reminder"])
def test_batch_is_read_in_a_fixed_number_of_queries(
    clinic, clock, smtp, django_assert_num_queries, kind
):
    """Beyond those, each handful of mails costs two: the last look and the marks."""
    for _ in range(6):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
    send(NOON, limit=1)
    if kind == "reminder":
        Message.objects.filter(kind="course_booked").update(status="withdrawn")
        clock.move_to(visits[0].starts_at - timedelta(days=1))
    by = worker()

    with django_assert_num_queries(9 + 2):
        send_due(by=by, now=timezone.now(), limit=1)
    with django_assert_num_queries(9 + 2):
        send_due(by=by, now=timezone.now(), limit=4)


@pytest.fixture
def three(clinic, clock) -> list[Course]:
    """Courses whose plans are due."""
    courses = []
    for _ in range(3):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
        courses.append(course)
    return courses


@pytest.fixture
def known(three, clock, smtp, monkeypatch) -> "Known":
    """What the database knew of the three plans whenever another was handed over.

    The server takes as long as ``known.takes`` says: nothing, to begin with.
    """
    known, deliver = Known(), Post.deliver

    def noting(post, mail):
        known.append([rows(course)[0][2] for course in three])
        clock.move_to(timezone.now() + known.takes)
        return deliver(post, mail)

    monkeypatch.setattr(Post, "deliver", noting)
    return known


class Known(list[list[str]]):
    takes = timedelta(0)


ONE_BY_ONE = [["sending"] * 3, ["sent", *["sending"] * 2], ["sent", "sent", "sending"]]


def test_mails_that_a_near_server_takes_at_once_are_marked_together(three, known):
    send(NOON)

    assert known == [["sending"] * 3] * 3
    assert [rows(course)[0][2] for course in three] == ["sent"] * 3


def test_mails_that_a_far_server_takes_are_marked_one_by_one(known):
    known.takes = sending.TOGETHER
    send(NOON)

    assert known == ONE_BY_ONE


def test_time_that_a_changed_mail_takes_has_the_others_looked_at_again(
    three, clock, smtp, monkeypatch
):
    """The first is read anew, and withdrawn; by then the look at the others is too old."""
    looks: list[int] = []

    def noting(claimed: Sequence[Claimed], lease: datetime) -> set[int]:
        looks.append(len(claimed))
        if len(looks) > 1:
            return unchanged_of(claimed, lease)
        # Its row's version is that of the others here: all is one transaction.
        Course.objects.filter(pk=three[0].pk).update(status="cancelled")
        return unchanged_of(claimed, lease) - {claimed[0].message.pk}

    def slow(ids: Sequence[int], lease: datetime, *, now: datetime) -> list[Claimed]:
        if len(ids) == 1:
            clock.move_to(timezone.now() + sending.TOGETHER)
        return read_claimed(ids, lease, now=now)

    monkeypatch.setattr(sending, "unchanged_of", noting)
    monkeypatch.setattr(sending, "read_claimed", slow)
    send(NOON)

    assert looks == [3, 2]
    assert [rows(course)[0][2] for course in three] == ["withdrawn", "sent", "sent"]


def test_mails_that_are_rationed_are_marked_one_by_one(known, settings):
    settings.MAILS_PER_MINUTE = 600_000
    send(NOON)

    assert known == ONE_BY_ONE


def test_no_more_than_a_handful_are_marked_together(known, monkeypatch):
    monkeypatch.setattr(sending, "HANDFUL", 2)
    send(NOON)

    assert known == [["sending"] * 3] * 2 + [["sent", "sent", "sending"]]


def test_times_of_mails_marked_together_are_those_at_which_they_went(three, known):
    known.takes = sending.TOGETHER / 4
    send(NOON)

    sent_at = [course.messages.earliest("id").sent_at for course in three]
    assert sent_at == [NOON + known.takes * number for number in (1, 2, 3)]
