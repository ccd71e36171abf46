"""A course is booked whole, by the rules, or not at all."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scheduling import errors
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.proposals import Proposal, propose
from scheduling.services.booking import book_course
from scheduling.wishes import Wishes
from tests import factories

pytestmark = pytest.mark.django_db


def proposal_for(practice, sessions: int = 10, **wishes: Any) -> Proposal:
    """From tomorrow on unless told otherwise: what is left of today depends on the hour."""
    wishes = {"not_before": practice.clinic.today() + timedelta(days=1)} | wishes
    return propose(
        clinic=practice.clinic,
        client=practice.person,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
        sessions=sessions,
        wishes=Wishes(**wishes),
        screening=practice.screening,
    )


def book(practice, by, slots, **changes: object) -> Course:
    facts = {
        "client": practice.person,
        "clinic": practice.clinic,
        "procedure_type": practice.procedure_type,
        "zone": practice.zone,
        "indications": [practice.indication],
        "wishes": Wishes(),
        "slots": slots,
        "screening": practice.screening,
    }
    return book_course(by=by, **(facts | changes))


def test_propose_places_all_sessions_within_the_gaps(practice):
    proposal = proposal_for(practice)

    assert proposal.infeasible is None
    assert [session.number for session in proposal.sessions] == list(range(1, 11))
    assert [session.gap for session in proposal.sessions] == [None] + [2] * 9
    assert {session.specialist for session in proposal.sessions} == {practice.specialist}
    lapsing = [session.number for session in proposal.sessions if session.rescreen_before]
    assert lapsing == []


def test_propose_marks_the_first_session_after_the_screening(practice):
    proposal = proposal_for(practice, not_before=practice.screening.valid_until - timedelta(days=3))

    valid_until = practice.screening.valid_until
    expected = next(s.number for s in proposal.sessions if s.slot.day > valid_until)
    assert [s.number for s in proposal.sessions if s.rescreen_before] == [expected]


def test_booking_keeps_the_catalogue_as_it_was(practice, reception):
    slots = proposal_for(practice).plan.slots
    course = book(practice, reception, slots)

    practice.procedure_type.min_gap_days = 1
    practice.procedure_type.save()
    course.refresh_from_db()
    assert (
        course.sessions_planned,
        course.min_gap_days,
        course.max_gap_days,
        course.price,
        course.currency,
        course.status,
    ) == (10, 2, 3, Decimal("1000.00"), "RUB", "active")
    assert list(course.indications.all()) == [practice.indication]
    appointments = list(course.appointments.in_order())
    assert [a.day for a in appointments] == [slot.day for slot in slots]
    assert [a.place for a in appointments] == list(range(1, 11))
    first = appointments[0]
    assert first.treatment.upper - first.treatment.lower == timedelta(minutes=20)
    assert first.visit.upper - first.visit.lower == timedelta(minutes=45)
    assert {a.status for a in appointments} == {"booked"}


def test_booking_with_the_same_key_books_once(practice, reception):
    key = uuid.uuid4()
    slots = proposal_for(practice).plan.slots
    first = book(practice, reception, slots, booking_key=key)
    again = book(practice, reception, slots, booking_key=key)

    assert again == first
    assert Appointment.objects.count() == 10


def test_booking_a_taken_slot_names_who_is_taken_and_writes_nothing(practice, reception):
    slots = proposal_for(practice).plan.slots
    book(practice, reception, slots)
    other = factories.ClientFactory()
    screening = factories.ScreeningFactory(client=other, asked_by=reception)

    with pytest.raises(errors.SlotTaken) as refusal:
        book(practice, reception, slots, client=other, screening=screening)

    assert str(refusal.value.message).startswith(f"{practice.specialist} is not free on ")
    assert Course.objects.count() == 1
    assert Appointment.objects.count() == 10


def test_booking_too_close_is_refused_with_the_rule(practice, reception):
    slots = list(proposal_for(practice).plan.slots)
    slots[1] = Slot(
        day=slots[0].day + timedelta(days=1),
        cell=slots[0].cell,
        specialist=slots[0].specialist,
        room=slots[0].room,
        device=None,
    )
    with pytest.raises(errors.TooSoon) as refusal:
        book(practice, reception, slots)

    assert refusal.value.gap == 1
    assert "at least 2 days apart" in str(refusal.value.message)
    assert Course.objects.count() == 0


def test_booking_a_second_course_of_the_same_zone_is_refused(practice, reception):
    book(practice, reception, proposal_for(practice).plan.slots)
    later = proposal_for(practice, not_before=practice.clinic.today() + timedelta(days=60))

    with pytest.raises(errors.CourseAlreadyOpen):
        book(practice, reception, later.plan.slots)


def test_booking_on_a_day_that_is_not_cleared_is_refused(practice, reception):
    factories.AnswerFactory(
        screening=practice.screening,
        present=True,
        stops_until=practice.clinic.today() + timedelta(days=5),
    )
    cleared = proposal_for(practice)
    assert cleared.sessions[0].slot.day == practice.clinic.today() + timedelta(days=5)

    early = [
        Slot(
            day=slot.day - timedelta(days=2),
            cell=slot.cell,
            specialist=slot.specialist,
            room=slot.room,
            device=None,
        )
        for slot in cleared.plan.slots
    ]
    with pytest.raises(errors.NotCleared):
        book(practice, reception, early)
    assert Course.objects.count() == 0


def test_booking_needs_as_many_sessions_as_the_type_says(practice, reception):
    slots = proposal_for(practice).plan.slots
    with pytest.raises(errors.StalePlan) as refusal:
        book(practice, reception, slots[:3])
    assert "has 10 to 12 sessions, not 3" in str(refusal.value.message)


def test_booking_needs_an_indication(practice, reception):
    with pytest.raises(errors.StalePlan):
        book(practice, reception, proposal_for(practice).plan.slots, indications=[])


def test_booking_outside_working_hours_is_refused(practice, reception):
    slots = [
        Slot(day=slot.day, cell=20 * 12, specialist=slot.specialist, room=slot.room, device=None)
        for slot in proposal_for(practice).plan.slots
    ]
    with pytest.raises(errors.SlotTaken):
        book(practice, reception, slots)


def test_booking_in_the_past_is_refused(practice, reception):
    slots = [
        Slot(
            day=date(2020, 1, 1) + timedelta(days=2 * n),
            cell=120,
            specialist=practice.specialist.pk,
            room=practice.room.pk,
            device=None,
        )
        for n in range(10)
    ]
    with pytest.raises(errors.NotCleared):
        book(practice, reception, slots)


def test_booking_days_that_lie_too_far_apart_is_refused(practice, reception):
    slots = list(proposal_for(practice).plan.slots)
    slots[-1] = Slot(
        day=slots[0].day + timedelta(days=400),
        cell=120,
        specialist=practice.specialist.pk,
        room=practice.room.pk,
        device=None,
    )
    with pytest.raises(errors.OutOfHours):
        book(practice, reception, slots)
