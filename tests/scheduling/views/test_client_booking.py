"""A session that was lost, booked by the client on their own page: over HTTP, and the service."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cryoclinic.models import Clinic, User
from scheduling.client_rules import AllBooked, ChangedMeanwhile, NotByClient, TimeGone
from scheduling.models import Appointment, Course, CourseCheck, Message
from scheduling.planner import Slot
from scheduling.proposals import parse_slot
from scheduling.selectors.client_times import times_for_lost
from scheduling.services.client_page import book_visit
from scheduling.services.course_link import withdraw_links
from scheduling.services.courses import hold_course
from scheduling.services.sending import send_due
from scheduling.spans import slot_of
from tests import factories
from tests.scheduling.client_link import LinkHolder, link_holder
from tests.scheduling.outbox_clinic import NOON, worker

pytestmark = pytest.mark.django_db

FREE = time(10)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def holder(clinic: Clinic, clock: time_machine.Traveller) -> LinkHolder:
    """Visits on 14, 16 and 19 May; the last was missed, and it is the evening of its day."""
    holder = link_holder(clinic)
    Appointment.objects.filter(pk=holder.visits[2].pk).update(status="missed")
    clock.move_to(holder.visits[2].starts_at + timedelta(hours=3))
    return holder


def slot(holder: LinkHolder, day: date, at: time = FREE) -> Slot:
    like = slot_of(Appointment.objects.select_related("clinic").get(pk=holder.visits[0].pk))
    return replace(like, day=day, cell=(at.hour * 60 + at.minute) // 5)


def live(holder: LinkHolder) -> list[str]:
    booked = holder.course.appointments.live().in_order()
    return [f"{holder.course.clinic.local(each.starts_at):%d %H:%M}" for each in booked]


def as_client(holder: LinkHolder, slot: Slot, course: Course | None = None) -> Appointment:
    return book_visit(by=User.objects.client_by_link(), course=course or holder.course, slot=slot)


def test_the_page_says_that_a_session_is_not_booked_and_leads_to_the_times(holder):
    page = holder.get().text
    assert "1 session is not booked. Choose a time here, or call us." in page
    assert f'href="{holder.booking}"' in page

    times = holder.get(holder.booking)
    assert times.status_code == 200
    assert times.headers["Cache-Control"] == "no-store"
    # It is five past five: a day's notice leaves the evening of tomorrow.
    [tomorrow, after, *_rest] = times.context["days"]
    assert (tomorrow.name, tomorrow.times[0].clock) == ("Wednesday, 20 May 2026", "17:05")
    assert (after.name, after.times[0].clock) == ("Thursday, 21 May 2026", "09:00")
    assert holder.browser.cookies == {}


def test_without_any_visit_the_page_leads_to_the_times_too(holder):
    holder.course.appointments.filter(status="booked").update(status="cancelled")
    page = holder.get().text
    assert "No visit is booked at the moment" in page
    assert page.count("3 sessions are not booked. Choose the times here, or call us.") == 1
    assert page.count(f'href="{holder.booking}"') == 1
    assert holder.get(holder.booking).context["days"]


def test_a_time_is_booked_by_the_client_and_told_to_them(holder, smtp, clock):
    send_due(by=worker(), now=timezone.now())
    answer = holder.book(slot(holder, date(2026, 5, 21)))

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{holder.page}?done=booked")
    assert live(holder) == ["14 14:05", "16 14:05", "21 10:00"]
    booked: Any = holder.course.appointments.latest("pk")
    [event] = booked.events.all()
    assert event.pgh_context["user"] == User.objects.client_by_link().pk
    assert "Your session is booked." in holder.get(answer.headers["Location"]).text
    kinds = Message.objects.filter(course=holder.course).values_list("kind", "appointment")
    assert set(kinds) == {("moved", None), ("reminder", booked.pk)}
    assert CourseCheck.objects.get(course=holder.course).due_at == timezone.now()

    clock.move_to(timezone.now() + timedelta(hours=15))
    smtp.clear()
    send_due(by=worker(), now=timezone.now())
    [mail] = smtp.mails
    assert "21 May" in str(mail)


def test_sent_twice_it_is_one_session_and_the_same_answer(holder):
    chosen = slot(holder, date(2026, 5, 21))
    answers = [holder.book(chosen) for _again in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [f"{holder.page}?done=booked"] * 2
    assert live(holder) == ["14 14:05", "16 14:05", "21 10:00"]


def test_another_time_sent_from_an_old_page_is_not_a_second_session(holder):
    holder.book(slot(holder, date(2026, 5, 21)))
    answer = holder.book(slot(holder, date(2026, 5, 23)))

    assert answer.status_code == 409
    assert "There is nothing to book" in answer.text
    assert live(holder) == ["14 14:05", "16 14:05", "21 10:00"]
    with pytest.raises(AllBooked):
        as_client(holder, slot(holder, date(2026, 5, 23)))


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2026, 5, 20), time(10)),  # nearer than the clinic's notice
        (date(2026, 5, 17), time(10)),  # past
        (date(2026, 5, 21), time(20)),  # the clinic is closed
        (date(2026, 9, 1), time(10)),  # farther than anything that is offered
    ],
)
def test_a_time_that_is_not_offered_is_not_taken(holder, day, at):
    answer = holder.book(slot(holder, day, at))

    assert answer.status_code == 409
    assert "This time has just been taken." in answer.text
    assert 'name="slot"' in answer.text
    assert live(holder) == ["14 14:05", "16 14:05"]


@pytest.mark.parametrize("sent", ["", "nonsense", "2026-05-21.999.1.1.-"])
def test_what_is_no_time_at_all_is_answered_with_those_that_are(holder, sent):
    answer = holder.browser.post(holder.booking, {"slot": sent})
    assert (answer.status_code, live(holder)) == (409, ["14 14:05", "16 14:05"])
    assert 'name="slot"' in answer.text


def test_a_time_taken_since_is_refused_with_what_is_free(holder, clinic):
    chosen = slot(holder, date(2026, 5, 21))
    assert chosen in times_for_lost(holder.course, now=timezone.now()).slots
    other = link_holder(clinic, (date(2026, 5, 21),), at=FREE).visits[0]
    Appointment.objects.filter(pk=other.pk).update(specialist=chosen.specialist)

    answer = holder.book(chosen)

    assert answer.status_code == 409
    offered = {parse_slot(each.token) for day in answer.context["days"] for each in day.times}
    assert offered
    assert chosen not in offered
    with pytest.raises(TimeGone):
        as_client(holder, chosen)
    assert live(holder) == ["14 14:05", "16 14:05"]


def test_the_service_asks_the_notice_itself(holder):
    with pytest.raises(TimeGone):
        as_client(holder, slot(holder, date(2026, 5, 20)))


def test_only_where_the_course_is_under_way(holder, reception):
    chosen = slot(holder, date(2026, 5, 21))
    hold_course(by=reception, course=holder.course, reason="the doctor's letter is awaited")
    for address in (holder.page, holder.booking):
        page = holder.get(address).text
        assert "Your course is paused at the moment." in page
        assert 'name="slot"' not in page
        assert "letter" not in page
    assert holder.book(chosen).status_code == 409
    with pytest.raises(NotByClient):
        as_client(holder, chosen)

    Course.objects.filter(pk=holder.course.pk).update(status="stopped", held_reason="")
    assert holder.book(chosen).status_code == 409
    assert "This course has ended" in holder.get(holder.booking).text
    assert live(holder) == ["14 14:05", "16 14:05"]


def test_a_cancellation_that_can_be_taken_back_is_no_session_to_book(clinic, clock):
    holder = link_holder(clinic)
    holder.cancel(holder.visits[2])
    assert holder.booking not in holder.get().text
    assert holder.book(slot(holder, date(2026, 5, 18))).status_code == 409

    clock.move_to(NOON + timedelta(minutes=30))
    assert holder.booking in holder.get().text
    # The very time that was given up can be had again.
    again = slot(holder, date(2026, 5, 19), time(14, 5))
    assert again in times_for_lost(holder.course, now=timezone.now()).slots
    assert holder.book(again).status_code == 302
    assert live(holder) == ["14 14:05", "16 14:05", "19 14:05"]


def test_where_nothing_is_free_it_is_the_telephone(holder, clinic):
    factories.UnavailabilityFactory(
        clinic=clinic,
        period=(clinic.midnight(date(2026, 5, 20)), clinic.midnight(date(2026, 9, 20))),
    )
    page = holder.get(holder.booking).text
    assert "No time is free that keeps the gaps your course needs." in page
    assert 'href="tel:+74950000000"' in page


def test_a_link_withdrawn_while_the_button_is_pressed_books_nothing(holder, reception):
    as_read = Course.objects.select_related("clinic", "client").get(pk=holder.course.pk)
    withdraw_links(by=reception, course=holder.course)

    with pytest.raises(ChangedMeanwhile):
        as_client(holder, slot(holder, date(2026, 5, 21)), course=as_read)
    assert holder.book(slot(holder, date(2026, 5, 21))).status_code == 410
    assert live(holder) == ["14 14:05", "16 14:05"]


def test_looking_takes_the_same_queries_for_two_visits_and_for_ten(clinic, clock):
    def queries(holder: LinkHolder) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert holder.get(holder.booking).status_code == 200
        return len(captured)

    many = tuple(date(2026, 5, 14) + timedelta(days=2 * number) for number in range(10))
    few = link_holder(clinic, many[:2], sessions_planned=12)
    types = {"procedure_type": few.course.procedure_type, "zone": few.course.zone}
    ten = link_holder(clinic, many, at=time(9), sessions_planned=12, **types)
    queries(few)  # what the process remembers of the clinic is read once
    assert queries(ten) == queries(few) <= 20


def test_the_page_speaks_russian(holder):
    holder.course.client.language = "ru"
    holder.course.client.save()
    assert "1 сеанс не назначен. Выберите время здесь или позвоните нам." in holder.get().text
    assert "Четверг, 21 мая 2026" in holder.get(holder.booking).text
