"""An appointment is moved, cancelled and attended by the rules."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from scheduling import errors
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.services import appointments as services
from scheduling.services.courses import add_session, hold_course
from scheduling.spans import slot_of
from tests import factories
from tests.scheduling.services.test_booking import book, proposal_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(practice, reception) -> Course:
    """Ten sessions, two days apart, the first one today at ten or later."""
    return book(practice, reception, proposal_for(practice).plan.slots)


@pytest.fixture
def at(time_machine) -> Callable[..., None]:
    """``at(appointment, hours=1)``: it is that long after the appointment began."""

    def travel(appointment: Appointment, **later: float) -> None:
        time_machine.move_to(appointment.starts_at + timedelta(**later))

    return travel


def nth(course: Course, number: int) -> Appointment:
    return list(course.appointments.in_order())[number - 1]


def shifted(appointment: Appointment, *, days: int = 0, cells: int = 0) -> Slot:
    slot = slot_of(appointment)
    return Slot(
        day=slot.day + timedelta(days=days),
        cell=slot.cell + cells,
        specialist=slot.specialist,
        room=slot.room,
        device=slot.device,
    )


def test_moving_keeps_the_appointment_and_raises_its_version(course, reception):
    last = services.confirm_appointment(by=reception, appointment=nth(course, 10))
    slot = shifted(last, days=1, cells=3)
    moved = services.move_appointment(by=reception, appointment=last, slot=slot)

    stored = Appointment.objects.get(pk=last.pk)
    assert moved.pk == last.pk
    assert slot_of(stored) == slot
    assert (stored.day, stored.place, stored.schedule_version, stored.confirmed_at) == (
        slot.day,
        last.place,
        2,
        None,
    )
    assert course.appointments.count() == 10


def test_moving_to_where_it_is_changes_nothing(course, reception):
    last = nth(course, 10)
    services.move_appointment(by=reception, appointment=last, slot=slot_of(last))
    assert Appointment.objects.get(pk=last.pk).schedule_version == 1


def test_moving_within_its_own_time_is_possible(course, reception):
    """Its own old time does not stand in its way."""
    last = nth(course, 10)
    moved = services.move_appointment(by=reception, appointment=last, slot=shifted(last, cells=1))
    assert slot_of(moved) == shifted(last, cells=1)


@pytest.mark.parametrize("days", [-1, 1])
def test_moving_too_close_to_a_neighbour_names_it(course, reception, days):
    middle = nth(course, 5)
    with pytest.raises(errors.TooSoon) as refusal:
        services.move_appointment(by=reception, appointment=middle, slot=shifted(middle, days=days))
    neighbour = nth(course, 5 + days)
    assert (abs(refusal.value.gap), refusal.value.neighbour) == (1, neighbour.day)
    assert slot_of(Appointment.objects.get(pk=middle.pk)) == slot_of(middle)


def test_moving_onto_another_client_is_refused(practice, course, reception):
    other = factories.ClientFactory()
    screening = factories.ScreeningFactory(client=other, asked_by=reception)
    slots = [
        Slot(
            day=slot.day,
            cell=slot.cell + 12,
            specialist=slot.specialist,
            room=slot.room,
            device=None,
        )
        for slot in map(slot_of, course.appointments.in_order())
    ]
    book(practice, reception, slots, client=other, screening=screening)
    last = nth(course, 10)
    with pytest.raises(errors.SlotTaken):
        services.move_appointment(by=reception, appointment=last, slot=slots[-1])


def test_cancelling_frees_the_time_and_restoring_takes_it_back(course, reception):
    last = nth(course, 10)
    cancelled = services.cancel_appointment(by=reception, appointment=last, reason="ill")
    assert (cancelled.status, cancelled.status_reason) == ("cancelled", "ill")
    restored = services.restore_appointment(by=reception, appointment=cancelled)
    assert (restored.pk, restored.status, restored.status_reason, restored.schedule_version) == (
        last.pk,
        "booked",
        "",
        2,
    )


def test_restoring_over_a_new_booking_is_refused(practice, course, reception):
    last = services.cancel_appointment(by=reception, appointment=nth(course, 10))
    add_session(by=reception, course=course, slot=slot_of(last))
    with pytest.raises(errors.SlotTaken) as refused:
        services.restore_appointment(by=reception, appointment=last)
    told = "Leave it cancelled, and book the session again from its course."
    assert refused.value.next_step == told
    assert Appointment.objects.get(pk=last.pk).status == "cancelled"


def test_check_in_is_on_the_day_only(course, reception, at):
    with pytest.raises(errors.WrongState):
        services.check_in(by=reception, appointment=nth(course, 2))
    at(nth(course, 2), minutes=-10)
    assert services.check_in(by=reception, appointment=nth(course, 2)).status == "checked_in"
    assert services.undo_check_in(by=reception, appointment=nth(course, 2)).status == "booked"


def test_check_in_of_a_held_course_is_refused_with_the_reason(course, reception, at):
    hold_course(by=reception, course=course, reason="to be resolved")
    at(nth(course, 1), minutes=-10)
    with pytest.raises(errors.WrongState) as refusal:
        services.check_in(by=reception, appointment=nth(course, 1))
    assert refusal.value.message == "The course is on hold: to be resolved."


def test_check_in_after_the_screening_s_last_day_is_refused(practice, reception, at):
    start = practice.screening.valid_until - timedelta(days=3)
    late = book(practice, reception, proposal_for(practice, not_before=start).plan.slots)
    lapsed = next(a for a in late.appointments.in_order() if a.needs_rescreening)
    at(lapsed, minutes=-5)
    with pytest.raises(errors.NotCleared) as refusal:
        services.check_in(by=reception, appointment=lapsed)
    assert refusal.value.next_step == "Screen the client again, then check them in."


def test_a_visit_is_missed_only_after_it_began(course, reception, at):
    second = nth(course, 2)
    with pytest.raises(errors.WrongState):
        services.mark_missed(by=reception, appointment=second)
    at(second, minutes=20)
    assert services.mark_missed(by=reception, appointment=second).status == "missed"
    assert services.undo_missed(by=reception, appointment=second).status == "booked"


def test_completing_needs_the_questions_asked_again(course, reception, at):
    first = nth(course, 1)
    at(first, minutes=-5)
    services.check_in(by=reception, appointment=first)
    with pytest.raises(errors.NotCleared):
        services.complete_appointment(by=reception, appointment=first)


def test_the_last_completed_session_completes_the_course(course, reception, at):
    for appointment in course.appointments.in_order():
        at(appointment, minutes=-5)
        services.check_in(by=reception, appointment=appointment)
        Appointment.objects.filter(pk=appointment.pk).update(
            visit_check=factories.ScreeningFactory(
                client=course.client,
                asked_by=reception,
                follows=appointment.screening,
            )
        )
        assert Course.objects.get(pk=course.pk).status == "active"
        services.complete_appointment(by=reception, appointment=appointment)
    assert Course.objects.get(pk=course.pk).status == "completed"


@pytest.mark.parametrize(
    "verb", ["cancel_appointment", "check_in", "mark_missed", "confirm_appointment"]
)
def test_nothing_happens_to_a_cancelled_appointment(course, reception, verb):
    last = services.cancel_appointment(by=reception, appointment=nth(course, 10))
    with pytest.raises(errors.WrongState) as refusal:
        getattr(services, verb)(by=reception, appointment=last)
    assert refusal.value.message == "The appointment is “cancelled”, so this can't be done."
