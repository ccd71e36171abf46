"""What the worker books by itself, what it proposes, and that each is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cryoclinic.models import User
from scheduling.errors import StalePlan
from scheduling.models import Appointment, Course, CourseAlert, CourseCheck, CourseProposal
from scheduling.services.appointments import cancel_appointment, mark_missed, move_appointment
from scheduling.services.courses import hold_course
from scheduling.services.mending import mend_due
from scheduling.services.replanning import apply_replan, dismiss_proposal
from scheduling.services.watch import enrol_courses, look_again
from scheduling.spans import slot_of
from scheduling.standing import Step
from scheduling.wishes import Wishes
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, away, book, colleague, day, days
from tests.scheduling.outbox_clinic import worker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def mend() -> int:
    enrol_courses(by=worker(), now=timezone.now())
    return mend_due(by=worker(), now=timezone.now())


def proposals(course: Course) -> list[tuple[str, str]]:
    return list(course.proposals.values_list("reason", "status"))


def accept(by: User, proposal: CourseProposal) -> None:
    apply_replan(
        by=by,
        course=proposal.course,
        steps=[Step.parse(token) for token in proposal.steps],
        fingerprint=proposal.fingerprint,
    )


def due(course: Course) -> datetime:
    return CourseCheck.objects.get(pk=course.pk).due_at


def midnight(practice: Practice, offset: int) -> datetime:
    return practice.clinic.midnight(day(offset))


def test_a_lost_session_is_booked_at_the_end_by_the_worker(practice: Practice):
    course, _made = book(practice, [2, 4, 6], sessions_planned=4)

    assert mend() == 1
    assert days(course) == [2, 4, 6, 8]
    event = apps.get_model("scheduling", "AppointmentEvent").objects.order_by("pgh_id").last()
    assert event.pgh_context["user"] == worker().pk
    assert (proposals(course), CourseAlert.objects.open().count()) == ([], 0)
    assert mend() == 0


def test_a_missed_session_is_given_after_the_others(practice, reception, clock):
    course, made = book(practice, [0, 2, 4])
    mend()
    clock.move_to(MORNING + timedelta(hours=1))
    mark_missed(by=reception, appointment=made[0])

    assert mend() == 1
    assert days(course) == [2, 4, 6]


def test_what_would_move_a_session_is_proposed_and_changes_nothing(practice, reception, clock):
    course, _made = book(practice, [0, 2, 6, 8])

    mend()

    assert days(course) == [0, 2, 6, 8]
    assert proposals(course) == [("gap_too_long", "open")]
    accept(reception, course.proposals.get())
    assert proposals(course) == [("gap_too_long", "accepted")]
    assert days(course) == [0, 2, 4, 6]
    assert mend() == 1
    assert proposals(course) == [("gap_too_long", "accepted")]


def test_an_absence_of_the_specialist_is_proposed_with_a_colleague(practice: Practice):
    wishes = Wishes(only_specialist=practice.specialist.pk)
    course, made = book(practice, [2, 4], wishes=wishes.to_json())
    other = colleague(practice)
    away(practice, 0, 200, specialist=practice.specialist)

    mend()

    proposal = course.proposals.get()
    assert (proposal.reason, proposal.relaxed) == ("unavailable", "specialist")
    steps = [Step.parse(token) for token in proposal.steps]
    assert [(step.key, step.slot.specialist) for step in steps] == [
        (each.pk, other.pk) for each in made
    ]


def test_proposals_of_several_courses_can_all_be_accepted(practice: Practice, reception):
    first, _made = book(practice, [2, 4])
    other = colleague(practice)
    second, _made = book(practice, [2, 4], at=time(10, 20))
    away(practice, 0, 200, specialist=practice.specialist)

    assert mend() == 2
    for proposal in CourseProposal.objects.open():
        accept(reception, proposal)

    booked = Appointment.objects.values_list("specialist", "schedule_version")
    assert set(booked) == {(other.pk, 2)}
    assert days(first) == days(second) == [2, 4]


def test_where_no_plan_is_possible_the_desk_is_told_so(practice: Practice):
    course, _made = book(practice, [2, 4])
    away(practice, 0, 200)

    mend()

    assert proposals(course) == [("unavailable", "open")]
    assert course.proposals.get().steps == []
    assert due(course) == midnight(practice, 1)


def test_a_proposal_overtaken_by_a_change_is_replaced(practice: Practice, reception):
    course, made = book(practice, [0, 2, 6, 8])
    mend()
    cancel_appointment(by=reception, appointment=made[3])

    with pytest.raises(StalePlan):
        accept(reception, course.proposals.get())
    mend()

    assert proposals(course) == [("gap_too_long", "stale"), ("session_lost", "open")]


def test_a_proposal_turned_down_is_not_made_again(practice: Practice, reception):
    course, _made = book(practice, [0, 2, 6, 8])
    mend()
    dismiss_proposal(by=reception, proposal=course.proposals.get())
    look_again([course.pk], at=timezone.now())

    assert mend() == 1
    assert proposals(course) == [("gap_too_long", "dismissed")]


def test_a_session_put_right_by_hand_closes_the_proposal(practice: Practice, reception):
    course, made = book(practice, [0, 2, 6])
    mend()
    slot = slot_of(made[2])
    third = type(slot)(
        day=day(4), cell=slot.cell, specialist=slot.specialist, room=slot.room, device=None
    )
    move_appointment(by=reception, appointment=made[2], slot=third)

    mend()

    assert proposals(course) == [("gap_too_long", "stale")]


def test_what_was_added_and_called_off_again_is_proposed_the_second_time(practice, reception):
    course, made = book(practice, [2, 4, 6])
    cancel_appointment(by=reception, appointment=made[2])
    mend()
    assert days(course) == [2, 4, 7]
    cancel_appointment(by=reception, appointment=course.appointments.latest("id"))

    mend()

    assert days(course) == [2, 4]
    assert proposals(course) == [("session_lost", "open")]


def test_a_held_course_is_left_alone(practice: Practice, reception):
    course, _made = book(practice, [0, 2, 6])
    mend()
    hold_course(by=reception, course=course, reason="waiting")

    assert mend() == 1
    assert proposals(course) == [("gap_too_long", "stale")]
    assert not CourseCheck.objects.filter(pk=course.pk).exists()


def test_a_course_is_looked_at_again_when_its_next_session_is_over(practice: Practice):
    course, _made = book(practice, [2, 4])

    mend()

    assert due(course) == midnight(practice, 3)


def test_a_look_that_finds_nothing_reads_one_index_and_writes_nothing(practice: Practice):
    book(practice, [2, 4])
    mend()

    with CaptureQueriesContext(connection) as caught:
        assert mend_due(by=worker(), now=timezone.now()) == 0
    statements = [query["sql"] for query in caught if "scheduling_" in query["sql"]]
    assert len(statements) == 1
    assert "scheduling_coursecheck" in statements[0]


@pytest.mark.django_db(transaction=True)
def test_two_workers_mend_or_propose_each_course_once(practice: Practice):
    lost = [
        book(practice, [2, 4], at=time(10 + n // 3, n % 3 * 20), sessions_planned=3)[0]
        for n in range(8)
    ]
    far = [book(practice, [2, 7], at=time(14 + n // 3, n % 3 * 20))[0] for n in range(8)]
    enrol_courses(by=worker(), now=timezone.now())
    start = threading.Barrier(4)

    def work(_number: int) -> int:
        try:
            start.wait()
            return mend_due(by=worker(), now=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) >= 16

    outcome = [(course.appointments.count(), course.proposals.count()) for course in (*lost, *far)]
    assert [sum(pair) for pair in outcome] == [3] * 16
    assert outcome[8:] == [(2, 1)] * 8
