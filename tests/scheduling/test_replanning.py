"""A running course planned anew: what stays, what moves, what is added."""

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scheduling.models import Course
from scheduling.planner import Relax, Slot
from scheduling.replanning import Replan, Taken, replan
from scheduling.spans import slot_of
from scheduling.standing import Change, Step
from scheduling.wishes import Wishes
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, TODAY, away, book, colleague, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def plan_of(course: Course, **asked: Any) -> Replan:
    return replan(Course.objects.get(pk=course.pk), now=timezone.now(), **asked)


def told(found: Replan) -> list[tuple[int, str]]:
    return [((line.session.slot.day - TODAY).days, line.change.value) for line in found.lines]


def test_a_course_that_is_right_stays(practice: Practice):
    course, _made = book(practice, [0, 2, 4, 7])

    found = plan_of(course)

    assert told(found) == [(0, "kept"), (2, "kept"), (4, "kept"), (7, "kept")]
    assert found.unchanged
    assert not found.only_adds_at_the_end


def test_a_lost_last_session_is_added_at_the_end(practice: Practice):
    course, _made = book(practice, [2, 4, 6], sessions_planned=4)

    found = plan_of(course)

    assert told(found) == [(2, "kept"), (4, "kept"), (6, "kept"), (8, "added")]
    assert found.only_adds_at_the_end
    assert [line.step.key for line in found.added] == [None]


def test_a_missed_session_is_given_after_the_others(practice, clock):
    course, _made = book(practice, [0, 2, 4], statuses=["missed"], sessions_planned=3)
    clock.move_to(MORNING + timedelta(hours=2))

    found = plan_of(course)

    assert told(found) == [(2, "kept"), (4, "kept"), (6, "added")]
    assert found.standing.stands == ()


def test_a_gap_over_the_maximum_is_closed_by_the_fewest_moves(practice: Practice):
    course, made = book(practice, [2, 7, 9, 11])

    found = plan_of(course)

    # The last one alone moves, into the gap.
    assert told(found) == [(2, "kept"), (4, "moved"), (7, "kept"), (9, "kept")]
    assert [line.before for line in found.moves] == [made[3]]


def test_a_confirmed_session_is_the_last_to_move(practice: Practice):
    course, made = book(practice, [2, 7])
    made[0].confirmed_at = timezone.now()
    made[0].save()

    found = plan_of(course)

    assert [line.before for line in found.moves] == [made[1]]


def test_sessions_done_or_past_stand_and_the_gap_is_counted_from_the_last(practice, clock):
    course, made = book(practice, [0, 2, 4])
    clock.move_to(MORNING + timedelta(days=2, hours=3))

    found = plan_of(course)

    assert found.standing.stands == (made[0], made[1])
    assert told(found) == [(4, "kept")]
    assert [line.session.gap for line in found.lines] == [2]


def test_what_an_unavailability_hits_goes_to_a_colleague_at_the_same_time(practice: Practice):
    course, made = book(practice, [2, 4])
    other = colleague(practice)
    away(practice, 0, 60, specialist=practice.specialist)

    found = plan_of(course)

    assert told(found) == [(2, "moved"), (4, "moved")]
    assert {(line.session.specialist, line.session.slot.cell) for line in found.lines} == {
        (other, 120)
    }
    assert [line.before for line in found.lines] == made


def test_a_wish_that_allows_no_plan_is_relaxed_and_named(practice: Practice):
    course, _made = book(
        practice, [2, 4], wishes=Wishes(only_specialist=practice.specialist.pk).to_json()
    )
    colleague(practice)
    away(practice, 0, 200, specialist=practice.specialist)

    found = plan_of(course)

    assert found.relaxation is not None
    assert found.relaxation.kind is Relax.SPECIALIST
    assert told(found) == [(2, "moved"), (4, "moved")]


def test_without_any_way_out_it_says_what_is_in_the_way(practice: Practice):
    course, _made = book(practice, [2, 4])
    away(practice, 0, 200)

    found = plan_of(course)

    assert (found.after, found.lines, found.unchanged) == (None, (), True)
    assert found.infeasible is not None
    assert found.infeasible.fits == 0


def test_what_was_booked_outside_the_wishes_stays(practice: Practice):
    wishes = Wishes(weekdays=frozenset({0}), earliest=time(12), latest=time(14))
    course, _made = book(practice, [2, 4], wishes=wishes.to_json())

    assert plan_of(course).unchanged


def test_changed_wishes_move_what_breaks_them(practice: Practice):
    course, _made = book(practice, [2, 4])

    found = plan_of(course, wishes=Wishes(earliest=time(15), latest=time(16)))

    assert [line.session.slot.cell for line in found.moves] == [180, 180]


def test_time_that_another_proposal_takes_is_not_offered(practice: Practice):
    course, _made = book(practice, [2, 4], sessions_planned=3)
    (added,) = plan_of(course).added

    found = plan_of(course, taken=[Taken(slot=added.session.slot, cells=4)])

    assert found.added[0].session.slot == Slot(
        day=day(7),
        cell=120,
        specialist=practice.specialist.pk,
        room=practice.room.pk,
        device=None,
    )


def test_a_day_that_was_called_off_is_not_offered_again(practice: Practice):
    course, _made = book(practice, [2, 4, 6], statuses=["booked", "booked", "cancelled"])

    assert told(plan_of(course)) == [(2, "kept"), (4, "kept"), (7, "added")]


def test_another_room_is_a_change_of_place_alone(practice: Practice):
    other = factories.RoomFactory(clinic=practice.clinic, procedure_types=[practice.procedure_type])
    course, _made = book(practice, [2])
    away(practice, 2, 2, room=practice.room)

    found = plan_of(course)

    assert [(line.change, line.session.room) for line in found.lines] == [(Change.ELSEWHERE, other)]
    assert not found.unchanged


def test_the_fingerprint_changes_with_what_the_plan_depends_on(practice: Practice):
    course, made = book(practice, [2, 4])
    first = plan_of(course).fingerprint
    assert plan_of(course).fingerprint == first

    made[0].confirmed_at = timezone.now()
    made[0].save()
    assert plan_of(course).fingerprint != first


def test_a_course_that_is_over_has_nothing_to_place(practice: Practice):
    course, _made = book(practice, [2, 4], sessions_planned=3)
    Course.objects.filter(pk=course.pk).update(status="stopped")

    assert plan_of(course).lines == ()


def test_tokens_of_steps_are_read_back(practice: Practice):
    _course, made = book(practice, [2])
    for step in (
        Step(slot=slot_of(made[0]), key=made[0].pk),
        Step(slot=slot_of(made[0]), key=None),
    ):
        assert Step.parse(step.token) == step
    with pytest.raises(ValueError, match=r"unpack|literal"):
        Step.parse("2026-05-06.120.1.1.-")


def test_the_number_of_queries_does_not_grow_with_the_sessions(practice: Practice):
    counts = []
    for offsets in ([2], [30, 32, 34, 36, 38, 40, 42, 44]):
        course, _made = book(practice, offsets, at=time(12))
        fresh = Course.objects.select_related("client", "clinic", "procedure_type", "zone").get(
            pk=course.pk
        )
        replan(fresh, now=timezone.now())  # the set-up is in memory from here on
        with CaptureQueriesContext(connection) as caught:
            replan(fresh, now=timezone.now())
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 8
