"""Reminders to come follow what a clinic changes of when it reminds, once and without the past."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cryoclinic.changes import event_model_of
from cryoclinic.models import Clinic
from scheduling.models import Course, Message, ReminderRewrite
from scheduling.services import courses
from scheduling.services.outbox import add, announce_course
from scheduling.services.resending import withdraw_message
from scheduling.services.rewriting import GRACE, rewrite_reminders
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course, send, worker

pytestmark = pytest.mark.django_db

# The visits of ``booked`` are on 14, 16 and 19 May at 14:05; it is noon on the 12th.
RETIMED = "withdrawn: retimed"


def reminders(course: Course) -> list[str]:
    """``"13 14:05, 24 h, due"`` for each reminder, in the order of their times."""
    found = course.messages.filter(kind="reminder").order_by("due_at", "lead_hours")
    return [
        f"{course.clinic.local(each.due_at):%d %H:%M}, {each.lead_hours} h, {each.status}"
        + (f": {each.problem}" if each.problem else "")
        for each in found
    ]


def change(clinic: Clinic, *leads: int, **fields: object) -> None:
    """As the back office does it: nothing is called besides."""
    if leads:
        fields["reminder_lead_hours"] = list(leads)
    Clinic.objects.filter(pk=clinic.pk).update(**fields)


def rewrite(clock, *, limit: int = 100) -> int:
    """What the worker does once it may begin; how many batches it takes."""
    at_work = partial(rewrite_reminders, by=worker(), limit=limit)
    at_work(now=timezone.now())
    clock.move_to(timezone.now() + GRACE)
    return sum(iter(lambda: at_work(now=timezone.now()), False))


def test_a_lead_time_that_is_added_holds_for_every_visit_to_come(booked, clinic, clock):
    course, _visits = booked
    change(clinic, 24, 2)
    rewrite(clock)

    assert reminders(course) == [
        "13 14:05, 24 h, due",
        "14 12:05, 2 h, due",
        "15 14:05, 24 h, due",
        "16 12:05, 2 h, due",
        "18 14:05, 24 h, due",
        "19 12:05, 2 h, due",
    ]
    event = event_model_of(Message).objects.filter(lead_hours=2).latest("pgh_id")
    assert event.pgh_context["user"] == worker().pk


def test_one_that_is_removed_is_withdrawn_and_comes_back_with_it(booked, clinic, clock):
    course, _visits = booked
    change(clinic, 24, 2)
    rewrite(clock)
    both = reminders(course)

    change(clinic, 2)
    rewrite(clock)
    assert reminders(course) == [line.replace("24 h, due", f"24 h, {RETIMED}") for line in both]

    change(clinic, 24, 2)
    rewrite(clock)
    assert reminders(course) == both


def test_one_that_is_changed_gives_way_to_another(booked, clinic, clock):
    course, _visits = booked
    change(clinic, 48)
    rewrite(clock)

    assert reminders(course) == [
        "12 14:05, 48 h, due",
        f"13 14:05, 24 h, {RETIMED}",
        "14 14:05, 48 h, due",
        f"15 14:05, 24 h, {RETIMED}",
        "17 14:05, 48 h, due",
        f"18 14:05, 24 h, {RETIMED}",
    ]


def test_with_no_lead_time_left_nobody_is_reminded(booked, clinic, clock):
    course, _visits = booked
    change(clinic, reminder_lead_hours=[])
    rewrite(clock)

    assert {line.split(", ")[2] for line in reminders(course)} == {RETIMED}


def test_quiet_hours_move_what_is_to_come(booked, clinic, clock):
    course, _visits = booked
    change(clinic, quiet_from=time(13))
    rewrite(clock)

    assert reminders(course) == [
        "13 13:00, 24 h, due",
        "15 13:00, 24 h, due",
        "18 13:00, 24 h, due",
    ]


def test_who_has_been_reminded_is_not_reminded_of_a_past_moment(booked, clinic, clock, smtp):
    course, visits = booked
    clock.move_to(visits[0].starts_at - timedelta(hours=20))
    send(timezone.now())
    change(clinic, 48)
    rewrite(clock)

    assert reminders(course)[:2] == ["13 14:05, 24 h, sent", "14 14:05, 48 h, due"]


def test_who_has_not_been_is_reminded_at_once_as_if_they_booked_late(booked, clinic, clock):
    course, visits = booked
    clock.move_to(visits[0].starts_at - timedelta(hours=30))
    change(clinic, 48)
    rewrite(clock)

    assert reminders(course)[:2] == ["13 08:06, 48 h, due", f"13 14:05, 24 h, {RETIMED}"]


@pytest.mark.parametrize("status", ["due", "retrying"])
def test_what_the_mail_server_keeps_waiting_keeps_its_turn(booked, clinic, clock, status):
    course, visits = booked
    clock.move_to(visits[0].starts_at - timedelta(hours=23))
    Message.objects.filter(appointment=visits[0]).update(status=status)
    change(clinic, 24, 2)
    rewrite(clock)

    assert reminders(course)[:2] == [f"13 14:05, 24 h, {status}", "14 12:05, 2 h, due"]


def test_what_the_desk_withdrew_stays_so(booked, clinic, clock, reception):
    course, visits = booked
    clock.move_to(visits[0].starts_at - timedelta(hours=30))
    withdraw_message(by=reception, message=Message.objects.get(appointment=visits[0]))
    change(clinic, 48, 24)
    rewrite(clock)

    assert reminders(course)[0] == "13 14:05, 24 h, withdrawn: by_desk"


def test_visits_of_before_and_clients_without_consent_are_left_alone(booked, clinic, clock):
    course, visits = booked
    silent, others = make_course(clinic)
    silent.client.email_consent = False
    silent.client.save()
    announce_course(silent, others, now=NOON)
    clock.move_to(visits[1].starts_at)
    before = reminders(course)
    change(clinic, 2)
    rewrite(clock)

    assert reminders(silent) == []
    assert reminders(course) == [
        *before[:2],
        f"18 14:05, 24 h, {RETIMED}",
        "19 12:05, 2 h, due",
    ]


def test_a_course_on_hold_gets_those_of_the_day_it_goes_on(booked, clinic, clock, reception):
    course, _visits = booked
    courses.hold_course(by=reception, course=course, reason="travels")
    held = reminders(course)
    change(clinic, 2)
    rewrite(clock)
    assert reminders(course) == held

    courses.resume_course(by=reception, course=course)
    assert [line for line in reminders(course) if "due" in line] == [
        "14 12:05, 2 h, due",
        "16 12:05, 2 h, due",
        "19 12:05, 2 h, due",
    ]


def test_only_what_changes_reminders_asks_for_it(booked, clinic, browse, manager):
    clinic.address = "2 Frost Street"
    clinic.save()
    assert not ReminderRewrite.objects.exists()

    page = reverse("admin:cryoclinic_clinic_change", args=[clinic.pk])
    form = browse(manager).get(page).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields} | {"reminder_lead_hours": "24,2"}
    answer = browse(manager).post(page, typed)

    assert answer.status_code == 302
    assert list(ReminderRewrite.objects.values_list("clinic", "asked", "done")) == [
        (clinic.pk, 1, 0)
    ]


def test_it_goes_on_in_batches_through_the_own_clinic_alone(booked, clinic, clock):
    others = [make_course(clinic)[0] for _ in range(2)]
    elsewhere, visits = make_course(factories.ClinicFactory())
    announce_course(elsewhere, visits, now=NOON)
    before = reminders(elsewhere)
    change(clinic, 2)

    # A batch for each course, and one that finds no more.
    assert rewrite(clock, limit=1) == 4
    assert [len(reminders(course)) for course in others] == [3, 3]
    assert reminders(elsewhere) == before
    rewritten = ReminderRewrite.objects.get()
    assert (rewritten.asked, rewritten.done, rewritten.after) == (1, 1, 0)


def test_a_second_time_changes_nothing(booked, clinic, clock):
    change(clinic, 24, 2)
    rewrite(clock)
    written = list(Message.objects.order_by("id").values())
    events = event_model_of(Message).objects.count()

    ReminderRewrite.objects.update(done=0)
    rewrite(clock)

    assert list(Message.objects.order_by("id").values()) == written
    assert event_model_of(Message).objects.count() == events


def test_whoever_books_with_the_clinic_as_it_was_is_waited_for(clinic, clock):
    course, visits = make_course(clinic)  # its clinic is read before the change
    change(clinic, 2)
    assert rewrite_reminders(by=worker(), now=timezone.now())
    assert not rewrite_reminders(by=worker(), now=timezone.now())
    announce_course(course, visits, now=NOON)

    clock.move_to(NOON + GRACE)
    while rewrite_reminders(by=worker(), now=timezone.now()):
        pass

    assert [line for line in reminders(course) if "due" in line] == [
        "14 12:05, 2 h, due",
        "16 12:05, 2 h, due",
        "19 12:05, 2 h, due",
    ]


def test_a_change_while_the_worker_is_at_it_is_not_taken_for_done(
    booked, clinic, clock, monkeypatch
):
    course, _visits = booked

    def changed_meanwhile(rows):
        monkeypatch.setattr("scheduling.services.rewriting.add", add)
        add(rows)
        change(clinic, 3)

    monkeypatch.setattr("scheduling.services.rewriting.add", changed_meanwhile)
    change(clinic, 2)
    rewrite(clock)
    rewrite(clock)

    assert [line for line in reminders(course) if "due" in line] == [
        "14 11:05, 3 h, due",
        "16 11:05, 3 h, due",
        "19 11:05, 3 h, due",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_nothing_twice(clinic, clock):
    for _ in range(3):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
    change(clinic, 48, 2)
    assert rewrite_reminders(by=worker(), now=NOON)
    ready, account = Barrier(2), worker()

    def work() -> None:
        try:
            ready.wait(timeout=30)
            while rewrite_reminders(by=account, now=NOON + GRACE, limit=1):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work) for _ in range(2)]:
            done.result()

    events = event_model_of(Message).objects.filter(kind="reminder", course__isnull=False)
    changes = events.order_by("pgh_obj_id").values_list("pgh_obj_id", "status")
    assert len(changes) == len(set(changes)) == 3 * (3 + 3 + 6)
    assert sorted({(m.lead_hours, m.status) for m in Message.objects.filter(kind="reminder")}) == [
        (2, "due"),
        (24, "withdrawn"),
        (48, "due"),
    ]


def test_a_batch_takes_the_same_queries_for_one_and_for_thirty_visits(clinic, clock):
    by = worker()

    def queries(*leads: int) -> int:
        change(clinic, *leads)
        rewrite_reminders(by=by, now=timezone.now())
        clock.move_to(timezone.now() + GRACE)
        with CaptureQueriesContext(connection) as captured:
            assert rewrite_reminders(by=by, now=timezone.now())
        return len(captured)

    announce_course(*make_course(clinic, [date(2026, 5, 14)]), now=NOON)
    for_one = queries(25, 3)
    for _ in range(10):
        announce_course(*make_course(clinic), now=NOON)
    assert queries(26, 4) == for_one <= 10
