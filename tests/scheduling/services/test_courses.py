"""A course is held, resumed, stopped, completed with lost sessions, screened again."""

from datetime import timedelta

import pytest

from scheduling import errors
from scheduling.models import Course
from scheduling.planner import Slot
from scheduling.services import appointments, courses
from scheduling.spans import slot_of
from tests import factories
from tests.scheduling.services.test_booking import book, proposal_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(practice, reception) -> Course:
    return book(practice, reception, proposal_for(practice).plan.slots)


def later(slot: Slot, days: int) -> Slot:
    return Slot(
        day=slot.day + timedelta(days=days),
        cell=slot.cell,
        specialist=slot.specialist,
        room=slot.room,
        device=slot.device,
    )


def test_holding_and_resuming(course, reception):
    held = courses.hold_course(by=reception, course=course, reason="on a journey")
    assert (held.status, held.held_reason) == ("held", "on a journey")
    with pytest.raises(errors.WrongState):
        courses.hold_course(by=reception, course=course, reason="again")
    resumed = courses.resume_course(by=reception, course=course)
    assert (resumed.status, resumed.held_reason) == ("active", "")


def test_stopping_cancels_what_is_booked(course, reception):
    courses.stop_course(by=reception, course=course, reason="moved away")
    course.refresh_from_db()
    assert course.status == "stopped"
    assert set(course.appointments.values_list("status", "status_reason")) == {
        ("cancelled", "moved away")
    }
    with pytest.raises(errors.WrongState):
        courses.stop_course(by=reception, course=course, reason="again")


def test_a_lost_session_is_booked_again_in_its_place(course, reception):
    third = list(course.appointments.in_order())[2]
    appointments.cancel_appointment(by=reception, appointment=third)
    slot = later(slot_of(list(course.appointments.in_order())[-1]), 2)
    added = courses.add_session(by=reception, course=course, slot=slot)

    assert (added.place, added.status, slot_of(added)) == (3, "booked", slot)
    assert course.appointments.live().count() == 10


def test_no_session_is_added_to_a_full_course(course, reception):
    slot = later(slot_of(list(course.appointments.in_order())[-1]), 2)
    with pytest.raises(errors.CourseFull):
        courses.add_session(by=reception, course=course, slot=slot)
    assert course.appointments.count() == 10


def test_a_lost_session_keeps_the_gap_on_both_sides(course, reception):
    third = list(course.appointments.in_order())[2]
    appointments.cancel_appointment(by=reception, appointment=third)
    for days in (-1, 1):
        with pytest.raises(errors.TooSoon):
            courses.add_session(by=reception, course=course, slot=later(slot_of(third), days))


def test_a_newer_screening_covers_the_sessions_from_its_day_on(
    course, practice, reception, time_machine
):
    third = list(course.appointments.in_order())[2]
    time_machine.move_to(third.starts_at - timedelta(hours=1))
    newer = factories.ScreeningFactory(client=practice.person, asked_by=reception)
    courses.rescreen_course(by=reception, course=course, screening=newer)
    assert [a.screening for a in course.appointments.in_order()] == [practice.screening] * 2 + [
        newer
    ] * 8


def test_a_newer_screening_that_stops_a_session_holds_the_course(course, practice, reception):
    newer = factories.ScreeningFactory(client=practice.person, asked_by=reception)
    factories.AnswerFactory(
        screening=newer, present=True, stops_until=newer.asked_on + timedelta(days=9)
    )
    held = courses.rescreen_course(by=reception, course=course, screening=newer)
    assert (held.status, held.held_reason) == (
        "held",
        "the new screening does not clear every booked session",
    )
    assert set(course.appointments.values_list("screening", flat=True)) == {practice.screening.pk}


def test_another_client_s_screening_is_refused(course, reception):
    other = factories.ScreeningFactory(asked_by=reception)
    with pytest.raises(errors.WrongState):
        courses.rescreen_course(by=reception, course=course, screening=other)
