"""The client's page: what it shows and what each button does, over HTTP and without cookies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cryoclinic.models import Clinic, User
from scheduling.models import Appointment, Course, CourseCheck
from scheduling.services.appointments import cancel_appointment, move_appointment
from scheduling.services.courses import hold_course
from scheduling.services.mending import mend_due
from scheduling.spans import slot_of
from tests.scheduling.client_link import LinkHolder, link_holder, state_of
from tests.scheduling.outbox_clinic import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def holder(clinic: Clinic, clock: time_machine.Traveller) -> LinkHolder:
    return link_holder(clinic)


def actors(visit: Any) -> list[int]:
    """Who wrote the visit's events, after the first."""
    events = visit.events.order_by("pgh_id")[1:]
    return [event.pgh_context["user"] for event in events if event.pgh_context]


def done(name: str, holder: LinkHolder) -> tuple[int, str]:
    return 302, f"{holder.page}?done={name}"


def answered(answer) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "")


def test_the_page_shows_the_course_in_the_client_s_language_on_the_clinic_s_clock(holder):
    holder.course.client.language = "ru"
    holder.course.client.save()
    answer = holder.get()
    text = " ".join(answer.text.split())
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == "ru"
    assert "Четверг, 14 мая 2026" in text
    assert text.count("14:05–14:50") == 4  # the next visit, and each of the three in the list
    assert "1 Frost Street" in text
    assert 'href="tel:+74950000000"' in text


def test_the_page_names_neither_the_treatment_nor_the_client(holder):
    text = holder.get().text
    course = holder.course
    named = [course.procedure_type.name_en, course.zone.name_en, course.client.name]
    assert [name for name in named if name in text] == []


def test_the_page_takes_the_same_queries_with_1_visit_and_with_12(
    clinic, clock, django_assert_num_queries
):
    days = tuple(date(2026, 5, 14) + timedelta(days=2 * number) for number in range(12))
    for holder in (link_holder(clinic, days[:1]), link_holder(clinic, days, at=time(9))):
        with django_assert_num_queries(3):
            assert holder.get().status_code == 200


def test_confirming_twice_is_confirmed_once_and_by_the_client(holder):
    visit = holder.visits[0]
    answers = [answered(holder.post(visit, "confirm")) for _again in range(2)]
    visit.refresh_from_db()
    assert answers == [done("confirmed", holder)] * 2
    assert visit.confirmed_at == timezone.now()
    assert actors(visit) == [User.objects.client_by_link().pk]


def test_a_visit_is_confirmed_after_the_cut_off_too(holder, clock):
    visit = holder.visits[0]
    clock.move_to(visit.starts_at - timedelta(minutes=5))
    assert answered(holder.post(visit, "confirm")) == done("confirmed", holder)


def test_cancelling_twice_is_one_cancellation_and_can_be_undone_for_half_an_hour(holder, clock):
    visit = holder.visits[0]
    answers = [answered(holder.cancel(visit)) for _again in range(2)]
    visit.refresh_from_db()
    assert answers == [done("cancelled", holder)] * 2
    assert (visit.status, visit.undo_until) == ("cancelled", NOON + timedelta(minutes=30))
    assert "Undo the cancellation" in holder.get().text

    clock.move_to(NOON + timedelta(minutes=29))
    assert [answered(holder.post(visit, "undo")) for _again in range(2)] == [
        done("restored", holder)
    ] * 2
    visit.refresh_from_db()
    assert (visit.status, visit.undo_until, visit.schedule_version) == ("booked", None, 2)
    assert actors(visit) == [User.objects.client_by_link().pk] * 2


def test_after_the_time_to_undo_only_the_clinic_can(holder, clock):
    visit = holder.visits[0]
    holder.cancel(visit)
    clock.move_to(NOON + timedelta(minutes=30))
    answer = holder.post(visit, "undo")
    assert answer.status_code == 409
    assert "This visit has been changed in the meantime." in answer.text
    assert state_of(visit) == "cancelled"
    assert "Undo the cancellation" not in holder.get().text


def test_what_the_desk_cancelled_the_client_can_not_undo(holder, reception):
    visit = holder.visits[0]
    cancel_appointment(by=reception, appointment=visit)
    assert holder.post(visit, "undo").status_code == 409
    assert state_of(visit) == "cancelled"


def test_undone_too_late_because_the_time_was_given_away(holder, reception, clinic):
    visit = holder.visits[0]
    holder.cancel(visit)
    other = link_holder(clinic, (date(2026, 5, 14),), at=time(9)).visits[0]
    Appointment.objects.filter(pk=other.pk).update(
        specialist=visit.specialist, treatment=visit.treatment, visit=visit.visit
    )
    answer = holder.post(visit, "undo")
    assert answer.status_code == 409
    assert "This time has just been taken." in answer.text
    assert state_of(visit) == "cancelled"


def test_moving_twice_is_one_move_and_the_same_answer(holder):
    visit = holder.visits[2]
    answers = [answered(holder.move(visit, date(2026, 5, 18), time(10))) for _again in range(2)]
    stale = holder.move(visit, date(2026, 5, 18), time(10), version=1)
    visit.refresh_from_db()
    assert answers == [done("moved", holder)] * 2
    assert answered(stale) == done("moved", holder)
    assert (visit.day, visit.schedule_version) == (date(2026, 5, 18), 2)
    assert actors(visit)[-1] == User.objects.client_by_link().pk


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2026, 5, 17), time(10)),  # a day after the session before it
        (date(2026, 5, 19), time(20)),  # the clinic is closed
        (date(2026, 5, 13), time(10)),  # nearer than the clinic's notice, and before the others
        (date(2026, 9, 1), time(10)),  # farther than anything that is offered
    ],
)
def test_a_time_that_is_not_offered_is_not_taken(holder, day, at):
    visit = holder.visits[2]
    answer = holder.move(visit, day, at)
    assert answer.status_code == 409
    assert "This time has just been taken." in answer.text
    assert 'name="slot"' in answer.text
    visit.refresh_from_db()
    assert (visit.day, visit.schedule_version) == (date(2026, 5, 19), 1)


def test_a_page_from_before_the_desk_moved_it_changes_nothing(holder, reception):
    visit = holder.visits[2]
    slot = slot_of(visit)
    later = replace(slot, cell=slot.cell + 6)
    move_appointment(by=reception, appointment=visit, slot=later)
    answers = [
        holder.move(visit, date(2026, 5, 18), time(10), version=1),
        holder.cancel(visit, version=1),
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert ["has been changed in the meantime" in answer.text for answer in answers] == [True] * 2
    visit.refresh_from_db()
    assert (visit.status, slot_of(visit)) == ("booked", later)


def test_after_the_cut_off_it_is_the_telephone(holder, clock):
    visit = holder.visits[0]
    clock.move_to(visit.starts_at - timedelta(hours=24))
    answers = [holder.cancel(visit), holder.move(visit, date(2026, 5, 14), time(16))]
    assert [answer.status_code for answer in answers] == [409, 409]
    for answer in answers:
        assert "This visit could be changed here until Wed 13 May, 14:05." in answer.text
        assert "Call us: +7 495 000-00-00." in answer.text
    assert state_of(visit) == "booked"
    page = holder.get().text
    assert "It could be changed here until Wed 13 May, 14:05." in " ".join(page.split())


def test_a_second_before_the_cut_off_it_is_still_the_client_s(holder, clock):
    visit = holder.visits[0]
    clock.move_to(visit.starts_at - timedelta(hours=24, seconds=1))
    assert answered(holder.cancel(visit)) == done("cancelled", holder)


def test_the_clinic_sets_the_cut_off(holder, clinic, clock):
    Clinic.objects.filter(pk=clinic.pk).update(client_cutoff_hours=2)
    visit = holder.visits[0]
    clock.move_to(visit.starts_at - timedelta(hours=3))
    assert answered(holder.cancel(visit)) == done("cancelled", holder)


def test_a_held_course_says_so_and_not_why(holder, reception):
    hold_course(by=reception, course=holder.course, reason="the doctor's letter is awaited")
    page = holder.get().text
    assert "Your course is paused at the moment." in page
    assert "letter" not in page
    for what in ("confirm", "cancel"):
        answer = holder.post(holder.visits[0], what, version=1)
        assert answer.status_code == 409
        assert "letter" not in answer.text
    assert state_of(holder.visits[0]) == "booked"


@pytest.mark.parametrize("status", ["completed", "stopped"])
def test_a_course_that_is_over_can_be_looked_at(holder, status):
    Course.objects.filter(pk=holder.course.pk).update(status=status)
    assert holder.get().status_code == 200
    assert holder.cancel(holder.visits[0]).status_code == 409


def test_a_visit_of_somebody_else_is_as_missing_as_one_that_never_was(holder, clinic):
    other = link_holder(clinic, (date(2026, 5, 14),), at=time(9))
    theirs = other.visits[0]
    before = Appointment.objects.values().get(pk=theirs.pk)
    posted = [holder.post(theirs, what, version=1) for what in ("confirm", "cancel", "undo")]
    posted += [holder.post(theirs, "move", version=1, slot="2026-05-14.130.1.1.-")]
    posted += [holder.post(theirs, "changes", changed="no")]
    seen = [holder.get(holder.address(theirs, what)) for what in ("cancel", "move", "changes")]
    assert [answer.status_code for answer in posted + seen] == [404] * 8
    assert Appointment.objects.values().get(pk=theirs.pk) == before
    assert theirs.pre_visit_answers.count() == 0


def test_while_it_can_be_undone_the_worker_books_nothing_in_its_place(holder, clock):
    visit = holder.visits[2]
    holder.cancel(visit)
    undo_until = NOON + timedelta(minutes=30)
    mend_due(by=User.objects.worker(), now=timezone.now())
    assert holder.course.appointments.count() == 3
    assert CourseCheck.objects.get(course=holder.course).due_at == undo_until
    clock.move_to(undo_until)
    mend_due(by=User.objects.worker(), now=timezone.now())
    live = holder.course.appointments.live().order_by("day").values_list("day", flat=True)
    assert (len(live), holder.course.appointments.count()) == (3, 4)


def test_the_mail_of_a_moved_visit_is_written_for_the_client_s_move_too(holder):
    holder.move(holder.visits[2], date(2026, 5, 18), time(10))
    kinds = holder.course.messages.order_by("kind").values_list("kind", flat=True)
    assert "moved" in set(kinds)
