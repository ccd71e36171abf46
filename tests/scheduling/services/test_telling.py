"""Which mails come of what happens, when they are due, and when they are withdrawn again."""

from datetime import date, datetime, time

import pytest
from django.utils import timezone

from scheduling.models import Appointment
from scheduling.planner import Slot
from scheduling.services.appointments import (
    cancel_appointment,
    move_appointment,
    restore_appointment,
)
from scheduling.services.courses import hold_course, resume_course, stop_course
from scheduling.services.outbox import announce_course
from scheduling.services.telling import (
    tell_change,
)
from tests.scheduling.outbox_clinic import GRACE, MINUTE, NOON, after, make_course, rows, send
from tests.smtp import text_of

pytestmark = pytest.mark.django_db


def move(by, visit: Appointment, at: time, *, day: date | None = None) -> None:
    slot = Slot(
        day=day or visit.day,
        cell=(at.hour * 60 + at.minute) // 5,
        specialist=visit.specialist_id,
        room=visit.room_id,
        device=None,
    )
    move_appointment(by=by, appointment=visit, slot=slot)


def changes(course) -> list[tuple[str, int, str, str]]:
    return [row for row in rows(course) if row[0] in ("moved", "cancelled")]


def told_changes(mail) -> list[str]:
    """``["was …, now …", "cancelled: …"]``: the items of the list of changes."""
    listed = text_of(mail).partition("\n- ")[2].partition("\n\n")[0]
    return [" ".join(item.split()) for item in listed.split("\n- ")]


def test_several_changes_within_the_grace_delay_make_one_mail(told, reception, clock, smtp):
    course, visits = told
    move(reception, visits[0], time(16))
    clock.move_to(NOON + MINUTE)
    move(reception, visits[0], time(17))
    move(reception, visits[1], time(9))
    cancel_appointment(by=reception, appointment=visits[2])

    after(clock, GRACE - MINUTE / 2)
    assert smtp.mails == []
    after(clock, MINUTE / 2)

    [mail] = smtp.mails
    assert mail["Subject"] == f"{course.clinic.name}: your visits have changed: 3 visits"
    assert told_changes(mail) == [
        "was Thursday, 14 May 2026 at 14:05, now Thursday, 14 May 2026 at 17:00",
        "was Saturday, 16 May 2026 at 14:05, now Saturday, 16 May 2026 at 09:00",
        "cancelled: Tuesday, 19 May 2026 at 14:05",
    ]
    assert (
        "All your visits now:\n"
        "1. Thursday, 14 May 2026, 17:00–17:45\n"
        "2. Saturday, 16 May 2026, 09:00–09:45\n\n"
    ) in text_of(mail)
    assert changes(course) == [("moved", 1, "sent", "")]


def test_moved_and_moved_back_is_not_told(told, reception, clock, smtp):
    course, visits = told
    move(reception, visits[0], time(16))
    move(reception, visits[0], time(14, 5))

    after(clock, GRACE)

    assert smtp.mails == []
    assert changes(course) == [("moved", 1, "withdrawn", "unchanged")]


def test_cancelled_and_restored_is_not_told(told, reception, clock, smtp):
    course, visits = told
    cancel_appointment(by=reception, appointment=visits[1])
    restore_appointment(by=reception, appointment=visits[1])

    after(clock, GRACE)

    assert smtp.mails == []
    assert changes(course) == [("cancelled", 1, "withdrawn", "unchanged")]


def test_each_mail_tells_what_is_new_since_the_last_one(told, reception, clock, smtp):
    course, visits = told
    move(reception, visits[0], time(16))
    after(clock, GRACE)
    move(reception, visits[0], time(17))
    after(clock, GRACE)
    cancel_appointment(by=reception, appointment=visits[0])
    after(clock, GRACE)

    assert [told_changes(mail) for mail in smtp.mails] == [
        ["was Thursday, 14 May 2026 at 14:05, now Thursday, 14 May 2026 at 16:00"],
        ["was Thursday, 14 May 2026 at 16:00, now Thursday, 14 May 2026 at 17:00"],
        ["cancelled: Thursday, 14 May 2026 at 17:00"],
    ]
    assert changes(course) == [
        ("moved", 1, "sent", ""),
        ("moved", 2, "sent", ""),
        ("cancelled", 3, "sent", ""),
    ]


def test_what_was_told_is_kept_as_ids_and_times_alone(told, reception, clock):
    course, visits = told
    move(reception, visits[0], time(16))
    after(clock, GRACE)

    kept = course.messages.get(kind="moved").told
    assert kept[0] == {
        "appointment": visits[0].pk,
        "starts_at": "2026-05-14T13:00:00+00:00",
        "ends_at": "2026-05-14T13:45:00+00:00",
        "version": 2,
    }
    assert [each["appointment"] for each in kept] == [visit.pk for visit in visits]


def test_change_before_the_plan_went_out_is_in_the_plan(booked, reception, clock, smtp):
    course, visits = booked
    move(reception, visits[0], time(16))

    after(clock, GRACE)

    assert changes(course) == []
    [plan] = smtp.mails
    assert "1. Thursday, 14 May 2026, 16:00–16:45" in text_of(plan)


def test_visit_that_comes_back_after_the_client_was_told_is_new(told, reception, clock, smtp):
    _course, visits = told
    cancel_appointment(by=reception, appointment=visits[1])
    after(clock, GRACE)
    restore_appointment(by=reception, appointment=visits[1])
    after(clock, GRACE)

    assert told_changes(smtp.mails[-1]) == ["new: Saturday, 16 May 2026 at 14:05"]


def test_stopped_course_is_told_once_with_all_its_visits(told, reception, clock, smtp):
    course, _visits = told
    stop_course(by=reception, course=course, reason="moved away")

    after(clock, GRACE)

    [mail] = smtp.mails
    assert mail["Subject"] == f"{course.clinic.name}: cancelled: 3 visits"
    assert told_changes(mail) == [
        "cancelled: Thursday, 14 May 2026 at 14:05",
        "cancelled: Saturday, 16 May 2026 at 14:05",
        "cancelled: Tuesday, 19 May 2026 at 14:05",
    ]


def test_changes_that_go_on_are_told_after_five_delays_at_the_latest(told, reception, clock, smtp):
    _course, visits = told
    hours = [9, 10, 11, 12, 13, 15, 16, 17]
    for hour in hours:
        move(reception, visits[2], time(hour))
        after(clock, 2 * MINUTE)
    assert len(smtp.mails) == 1
    assert timezone.now() == NOON + 16 * MINUTE


@pytest.mark.parametrize(
    ("moved_at", "expected"),
    [
        # 22:00 in Moscow, the visits are days away: in the morning.
        (datetime.fromisoformat("2026-05-12T19:00Z"), "2026-05-13 08:00"),
        # The evening before the visit at 14:05: the morning is early enough.
        (datetime.fromisoformat("2026-05-13T19:00Z"), "2026-05-14 08:00"),
    ],
)
def test_change_at_night_waits_for_the_morning(told, reception, clock, moved_at, expected):
    course, visits = told
    clock.move_to(moved_at)
    move(reception, visits[0], time(16))

    due_at = course.messages.get(kind="moved").due_at
    assert f"{course.clinic.local(due_at):%Y-%m-%d %H:%M}" == expected


def test_visit_of_this_morning_called_off_at_night_is_told_at_once(clinic, reception, clock, smtp):
    course, visits = make_course(clinic, at=time(9))
    announce_course(course, visits, now=NOON)
    send(NOON)
    clock.move_to(datetime.fromisoformat("2026-05-14T02:00Z"))
    cancel_appointment(by=reception, appointment=visits[0])

    after(clock, GRACE)

    assert told_changes(smtp.mails[-1]) == ["cancelled: Thursday, 14 May 2026 at 09:00"]


def test_clinic_sets_the_delay(told, reception, clock, smtp):
    course, visits = told
    course.clinic.change_grace_minutes = 10
    course.clinic.save()
    move(reception, visits[0], time(16))

    assert course.messages.get(kind="moved").due_at == NOON + 10 * MINUTE


def test_client_who_may_not_be_mailed_is_told_nothing(told, reception, clock, smtp):
    course, visits = told
    course.client.email_consent = False
    course.client.save()
    cancel_appointment(by=reception, appointment=visits[0])

    assert changes(course) == []


def test_change_costs_one_statement(told, reception, django_assert_num_queries):
    course, visits = told
    with django_assert_num_queries(1):
        tell_change(course, touched=[visits[0].starts_at], now=NOON)


def test_held_course_is_silent_but_for_changes_and_speaks_again(told, reception, clock, smtp):
    course, visits = told
    hold_course(by=reception, course=course, reason="asked to wait")
    assert {row[2:] for row in rows(course)[1:]} == {("withdrawn", "held")}

    cancel_appointment(by=reception, appointment=visits[2])
    after(clock, GRACE)
    assert [mail["Subject"] for mail in smtp.mails] == [
        f"{course.clinic.name}: cancelled: Tue 19 May, 14:05"
    ]

    resume_course(by=reception, course=course)
    reminders = course.messages.filter(kind="reminder").order_by("id")
    assert [message.status for message in reminders] == ["due", "due", "withdrawn"]


def test_plan_of_a_course_held_before_it_went_out_comes_back(booked, reception, clock, smtp):
    course, _visits = booked
    hold_course(by=reception, course=course, reason="asked to wait")
    after(clock, GRACE)
    assert smtp.mails == []

    resume_course(by=reception, course=course)
    after(clock, GRACE)
    assert [mail["Subject"] for mail in smtp.mails] == [
        f"{course.clinic.name}: your 3 sessions, from 14 May"
    ]
