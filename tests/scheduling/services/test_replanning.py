"""Booking a plan made anew: in one transaction, by the same rules, only while it is fresh."""

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from cryoclinic.models import User
from scheduling.errors import SlotTaken, StalePlan, TooSoon, WrongState
from scheduling.models import Appointment, Course, Message
from scheduling.replanning import Replan, replan
from scheduling.services.outbox import schedule_reminders
from scheduling.services.replanning import apply_replan
from scheduling.spans import slot_of
from scheduling.standing import Step
from scheduling.wishes import Wishes
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, away, book, colleague, day, days, slots

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def plan_of(course: Course, **asked: Any) -> Replan:
    return replan(Course.objects.get(pk=course.pk), now=timezone.now(), **asked)


def accept(by: User, course: Course, found: Replan, **also: Any) -> Course:
    return apply_replan(
        by=by, course=course, steps=found.steps, fingerprint=found.fingerprint, **also
    )


def test_what_moves_stays_the_same_appointment_and_is_told_anew(practice: Practice, reception):
    course, made = book(practice, [2, 4])
    made[0].confirmed_at = timezone.now()
    made[0].save()
    schedule_reminders(made, now=timezone.now())
    colleague(practice)
    away(practice, 0, 60, specialist=practice.specialist)
    found = plan_of(course)

    accept(reception, course, found)

    after = list(course.appointments.in_order())
    assert [each.pk for each in after] == [each.pk for each in made]
    assert [slot_of(each) for each in after] == [step.slot for step in found.steps]
    assert [(each.schedule_version, each.confirmed_at) for each in after] == [(2, None), (2, None)]
    reminders = Message.objects.filter(kind="reminder")
    assert (
        list(reminders.order_by("appointment", "version").values_list("version", "status"))
        == [(1, "withdrawn"), (2, "due")] * 2
    )


def test_what_is_missing_is_added_in_a_free_place(practice: Practice, reception):
    course, _made = book(practice, [2, 4, 6], statuses=["cancelled"])

    accept(reception, course, plan_of(course))

    live = course.appointments.live().in_order()
    assert [(each.place, each.schedule_version) for each in live] == [(2, 1), (3, 1), (1, 1)]
    assert days(course) == [4, 6, 8]


def test_mending_twice_changes_nothing_the_second_time(practice: Practice, reception):
    course, _made = book(practice, [2, 7, 9, 14], sessions_planned=6)
    accept(reception, course, plan_of(course))

    assert plan_of(course).unchanged


def test_two_sessions_may_change_places(practice: Practice, reception):
    course, made = book(practice, [2, 4])
    first, second = (slot_of(each) for each in made)
    steps = [Step(slot=first, key=made[1].pk), Step(slot=second, key=made[0].pk)]

    apply_replan(by=reception, course=course, steps=steps, fingerprint=plan_of(course).fingerprint)

    assert [slot_of(Appointment.objects.get(pk=each.pk)) for each in made] == [second, first]


def test_another_room_alone_is_not_told(practice: Practice, reception):
    other = factories.RoomFactory(clinic=practice.clinic, procedure_types=[practice.procedure_type])
    course, made = book(practice, [2])
    made[0].confirmed_at = timezone.now()
    made[0].save()
    away(practice, 2, 2, room=practice.room)

    accept(reception, course, plan_of(course))

    moved = Appointment.objects.get(pk=made[0].pk)
    assert (moved.room, moved.schedule_version, moved.confirmed_at) == (other, 1, timezone.now())


def test_a_plan_of_a_course_that_changed_since_is_refused(practice: Practice, reception):
    course, made = book(practice, [2, 4], sessions_planned=3)
    found = plan_of(course)
    Appointment.objects.filter(pk=made[1].pk).update(status="cancelled")

    with pytest.raises(StalePlan, match="has changed"):
        accept(reception, course, found)
    assert days(course) == [2]


def test_a_slot_taken_since_is_refused_in_words_and_nothing_is_changed(practice, reception):
    course, _made = book(practice, [2, 4], sessions_planned=4)
    found = plan_of(course)
    book(practice, [(found.added[1].session.slot.day - day(0)).days])

    with pytest.raises(SlotTaken, match="is not free"):
        accept(reception, course, found)
    assert days(course) == [2, 4]


def test_a_plan_that_leaves_a_session_out_or_doubles_one_is_refused(practice, reception):
    course, made = book(practice, [2, 4])
    found = plan_of(course)
    twice = [found.steps[0], Step(slot=found.steps[1].slot, key=made[0].pk)]
    for steps in (found.steps[:1], twice):
        with pytest.raises(StalePlan, match="every session"):
            apply_replan(by=reception, course=course, steps=steps, fingerprint=found.fingerprint)


def test_a_plan_by_hand_keeps_the_minimum_gap(practice: Practice, reception, clock):
    course, made = book(practice, [0, 2])
    clock.move_to(MORNING + timedelta(hours=3))
    near = book(practice, [1], at=time(15))[1][0]
    found = plan_of(course)

    with pytest.raises(
        TooSoon, match=r"^1 day after session 1 \(4 May\); sessions are at least 2 days apart\."
    ):
        apply_replan(
            by=reception,
            course=course,
            steps=[Step(slot=slot_of(near), key=made[1].pk)],
            fingerprint=found.fingerprint,
        )


def test_a_held_course_is_not_mended(practice: Practice, reception):
    course, _made = book(practice, [2, 4], sessions_planned=3)
    Course.objects.filter(pk=course.pk).update(status="held", held_reason="waiting")

    with pytest.raises(WrongState):
        accept(reception, course, plan_of(course))
    assert days(course) == [2, 4]


def test_changed_wishes_are_kept_with_the_course(practice: Practice, reception):
    course, _made = book(practice, [2, 4])
    wishes = Wishes(earliest=time(15), latest=time(16))

    accept(reception, course, plan_of(course, wishes=wishes), wishes=wishes)

    assert Course.objects.get(pk=course.pk).wishes == {"earliest": "15:00", "latest": "16:00"}
    assert [slot.cell for slot in slots(course)] == [180, 180]


def test_mending_is_recorded_under_the_user(practice: Practice, reception):
    course, _made = book(practice, [2], sessions_planned=2)

    accept(reception, course, plan_of(course))

    event = apps.get_model("scheduling", "AppointmentEvent").objects.order_by("pgh_id").last()
    assert event.pgh_context["user"] == reception.pk
