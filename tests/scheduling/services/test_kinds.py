"""Missed visits, advice, thanks, new screenings, the desk: when each mail is due, and when not."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from scheduling.models import Appointment, CourseProposal, Message
from scheduling.services.appointments import mark_missed, undo_missed
from scheduling.services.replanning import dismiss_proposal
from scheduling.services.telling import (
    ask_for_screenings,
    tell_completed,
    tell_desk,
    tell_finished,
)
from tests import factories
from tests.scheduling.outbox_clinic import DAYS, GRACE, MINUTE, NOON, after, rows, send
from tests.smtp import text_of

pytestmark = pytest.mark.django_db


def give(visit: Appointment) -> None:
    """The session took place: asked again, checked in, completed."""
    visit.visit_check = factories.ScreeningFactory(
        client=visit.client, follows=visit.screening, asked_by=visit.screening.asked_by
    )
    for status in ("checked_in", "completed"):
        visit.status = status
        visit.save()


@pytest.fixture
def missed(told, reception, clock):
    course, visits = told
    clock.move_to(visits[0].starts_at + timedelta(minutes=20))
    send(timezone.now())
    mark_missed(by=reception, appointment=visits[0])
    return course, visits


def test_missed_visit_brings_an_invitation_after_the_delay(missed, clock, smtp):
    course, _visits = missed
    smtp.clear()
    after(clock, GRACE)

    [mail] = smtp.mails
    assert mail["Subject"] == f"{course.clinic.name}: let's find you another time"
    assert "we were expecting you today at 14:05" in text_of(mail)


def test_missed_visit_that_was_attended_after_all_brings_none(missed, reception, clock, smtp):
    _course, visits = missed
    smtp.clear()
    undo_missed(by=reception, appointment=visits[0])
    after(clock, GRACE)

    assert smtp.mails == []
    row = Message.objects.get(kind="missed")
    assert (row.status, row.problem) == ("withdrawn", "settled")


def test_missed_visit_that_is_booked_again_brings_none(missed, clock, smtp):
    course, visits = missed
    smtp.clear()
    factories.make_appointment(
        course,
        day=date(2026, 5, 22),
        at=time(14, 5),
        specialist=visits[0].specialist,
        place=visits[0].place,
    )
    after(clock, GRACE)

    row = Message.objects.get(kind="missed")
    assert (row.status, row.problem, smtp.mails) == ("withdrawn", "settled", [])


@pytest.fixture
def given(told, clock, smtp):
    """The first session was given, and its advice is due."""
    course, visits = told
    clock.move_to(visits[0].starts_at + timedelta(hours=1))
    send(timezone.now())
    smtp.clear()
    give(visits[0])
    tell_completed(visits[0], now=timezone.now())
    return course, visits


def test_session_brings_advice_after_the_delay(given, clock, smtp):
    course, _visits = given
    after(clock, GRACE)

    [mail] = smtp.mails
    assert mail["Subject"] == f"{course.clinic.name}: after your visit"
    assert "- no saunas or steam baths\n" in text_of(mail)


def test_advice_is_withdrawn_where_the_client_does_not_want_it(given, clock, smtp):
    course, _visits = given
    course.client.optional_mail = False
    course.client.save()
    after(clock, GRACE)

    row = course.messages.get(kind="aftercare")
    assert (row.status, row.problem, smtp.mails) == ("withdrawn", "not_wanted", [])


def test_advice_that_comes_a_day_late_is_withdrawn(given, clock, smtp):
    course, _visits = given
    after(clock, timedelta(days=1, hours=1))

    row = course.messages.get(kind="aftercare")
    assert (row.status, row.problem) == ("withdrawn", "past")


def test_finished_course_is_thanked_for_a_day_later(given, clock, smtp):
    course, _visits = given
    tell_finished(course, now=timezone.now())
    row = course.messages.get(kind="course_finished")
    assert row.due_at == timezone.now() + timedelta(days=1)

    course.status = "completed"
    course.save()
    Message.objects.exclude(pk=row.pk).update(status="withdrawn")
    after(clock, timedelta(days=1))
    assert [mail["Subject"] for mail in smtp.mails] == [
        f"{course.clinic.name}: your course is complete"
    ]


def test_client_who_does_not_want_it_gets_neither_advice_nor_thanks(told):
    course, visits = told
    course.client.optional_mail = False
    course.client.save()
    visits[0].client = course.client
    tell_completed(visits[0], now=NOON)
    tell_finished(course, now=NOON)

    assert {row[0] for row in rows(course)} == {"course_booked", "reminder"}


@pytest.fixture
def outlived(told):
    """The screening of the second visit on ends the day before it."""
    course, visits = told
    screening = factories.ScreeningFactory(
        client=course.client,
        asked_by=visits[0].screening.asked_by,
        valid_until=DAYS[1] - timedelta(days=1),
    )
    Appointment.objects.filter(course=course).update(screening=screening)
    return course, screening


def test_visit_that_outlives_its_screening_brings_a_question_once(outlived, clock, smtp):
    course, screening = outlived
    for _ in range(3):
        ask_for_screenings([course.pk], notice_days=7, now=timezone.now())
        after(clock, MINUTE)

    [mail] = smtp.mails
    assert mail["Subject"] == f"{course.clinic.name}: a few questions before your next visit"
    assert rows(course)[-1] == ("rescreening_due", screening.pk, "sent", "")


def test_nobody_is_asked_who_has_been_screened_again(outlived, clock, smtp):
    course, screening = outlived
    ask_for_screenings([course.pk], notice_days=7, now=timezone.now())
    again = factories.ScreeningFactory(client=course.client, asked_by=screening.asked_by)
    Appointment.objects.filter(course=course).update(screening=again)
    after(clock, MINUTE)

    assert rows(course)[-1] == ("rescreening_due", screening.pk, "withdrawn", "settled")
    assert smtp.mails == []


def test_nobody_is_asked_long_before(outlived):
    course, _screening = outlived
    ask_for_screenings([course.pk], notice_days=3, now=NOON)
    assert course.messages.filter(kind="rescreening_due").count() == 0


@pytest.fixture
def proposed(told, clinic):
    course, _visits = told
    CourseProposal.objects.create(
        course=course, reason="session_lost", cells=9, fingerprint="x", created_at=NOON
    )
    return clinic


def desk_rows() -> list[tuple[str, str]]:
    found = Message.objects.filter(kind="proposals_waiting").order_by("id")
    return list(found.values_list("status", "problem"))


def test_desk_is_told_of_proposals_at_most_once_an_hour(proposed, clock, smtp):
    for _ in range(3):
        tell_desk(proposed, now=timezone.now())
    after(clock, GRACE)
    tell_desk(proposed, now=timezone.now())
    after(clock, timedelta(minutes=59))
    assert len(smtp.mails) == 1
    after(clock, MINUTE)

    assert [mail["To"] for mail in smtp.mails] == [proposed.email] * 2
    assert smtp.mails[0]["Subject"] == f"{proposed.name}: 1 proposal waits"
    assert desk_rows() == [("sent", "")] * 2


def test_desk_that_has_decided_is_told_nothing(proposed, reception, clock, smtp):
    tell_desk(proposed, now=timezone.now())
    proposed.email = "other@clinic.example"
    proposed.save()
    dismiss_proposal(by=reception, proposal=CourseProposal.objects.get())
    after(clock, GRACE)

    assert (desk_rows(), smtp.mails) == ([("withdrawn", "settled")], [])


def test_desk_without_an_address_is_told_nothing(proposed):
    proposed.email = ""
    tell_desk(proposed, now=NOON)
    assert desk_rows() == []
