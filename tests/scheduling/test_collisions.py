"""What is in the way of many slots at once, without a lock and by one statement."""

from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.test.utils import CaptureQueriesContext

from scheduling.collisions import require_free
from scheduling.errors import SlotTaken
from scheduling.models import Appointment
from scheduling.planner import Slot
from scheduling.questions import Treatment
from scheduling.spans import slot_of
from tests import factories
from tests.fixtures import Practice

TEN = 120


@pytest.fixture(autouse=True)
def monday() -> object:
    with time_machine.travel("2026-05-04 06:30:00Z", tick=False):
        yield


@pytest.fixture
def visit(practice: Practice) -> Appointment:
    """On 5 May at 10:00: until 10:20 for the specialist, until 10:50 for the client."""
    return factories.make_appointment(
        factories.CourseFactory(clinic=practice.clinic, protocol=practice.protocol),
        day=date(2026, 5, 5),
        at=time(10),
        specialist=practice.specialist,
        room=practice.room,
    )


def treatment(practice: Practice, **changes: Any) -> Treatment:
    facts = {
        "clinic": practice.clinic,
        "client": practice.person,
        "procedure_type": practice.procedure_type,
        "zone": practice.zone,
        "sessions": 2,
    }
    return Treatment.new(**{**facts, **changes})


def at(visit: Appointment, cell: int, **changes: Any) -> Slot:
    values = {"day": visit.day, "specialist": visit.specialist_id, "room": visit.room_id}
    return Slot(**{**values, "cell": cell, **changes})


def test_all_that_are_taken_are_named_the_first_one_in_words(
    practice: Practice, visit: Appointment
) -> None:
    elsewhere = at(visit, TEN, day=date(2026, 5, 7))
    slots = [elsewhere, at(visit, TEN + 3), at(visit, TEN - 3)]
    with pytest.raises(SlotTaken) as refused:
        require_free(treatment(practice), slots)
    assert refused.value.message == f"{practice.specialist} is not free on Tue 5 May until 10:20."
    assert (refused.value.slot, refused.value.taken) == (slots[1], tuple(slots[1:]))


def test_what_ends_as_the_other_begins_is_free(practice: Practice, visit: Appointment) -> None:
    require_free(treatment(practice), [at(visit, TEN + 4), at(visit, TEN - 4)])


def test_another_specialist_needs_another_room(practice: Practice, visit: Appointment) -> None:
    types = [practice.procedure_type]
    other = factories.SpecialistFactory(clinic=practice.clinic, skills=types)
    room = factories.RoomFactory(clinic=practice.clinic, procedure_types=types)
    with pytest.raises(SlotTaken, match=f"{practice.room} is taken until 10:20 on Tue 5 May."):
        require_free(treatment(practice), [at(visit, TEN, specialist=other.pk)])
    require_free(treatment(practice), [at(visit, TEN, specialist=other.pk, room=room.pk)])


def test_a_device_is_asked_for_where_one_is_needed(practice: Practice, visit: Appointment) -> None:
    types = [practice.procedure_type]
    device = factories.DeviceFactory(clinic=practice.clinic, procedure_types=types)
    Appointment.objects.filter(pk=visit.pk).update(device=device)
    other = factories.SpecialistFactory(clinic=practice.clinic, skills=types)
    room = factories.RoomFactory(clinic=practice.clinic, procedure_types=types)
    slot = at(visit, TEN, specialist=other.pk, room=room.pk)
    require_free(treatment(practice), [slot])
    with pytest.raises(SlotTaken, match=f"{device} is taken until 10:20 on Tue 5 May."):
        require_free(
            treatment(practice),
            [at(visit, TEN, specialist=other.pk, room=room.pk, device=device.pk)],
        )


def test_the_client_s_rest_is_in_the_way_too(practice: Practice, visit: Appointment) -> None:
    types = [practice.procedure_type]
    other = factories.SpecialistFactory(clinic=practice.clinic, skills=types)
    room = factories.RoomFactory(clinic=practice.clinic, procedure_types=types)
    resting = at(visit, TEN + 9, specialist=other.pk, room=room.pk)
    require_free(treatment(practice), [resting])
    with pytest.raises(SlotTaken, match="another visit on Tue 5 May from 10:00 until 10:45"):
        require_free(treatment(practice, client=visit.client), [at(visit, TEN + 8, room=room.pk)])


def test_a_cancelled_and_an_ignored_one_are_not_in_the_way(
    practice: Practice, visit: Appointment
) -> None:
    visit.clinic = practice.clinic
    require_free(treatment(practice), [slot_of(visit)], ignoring=[visit.pk])
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled")
    require_free(treatment(practice), [slot_of(visit)])


def test_many_slots_are_asked_for_in_one_statement(
    practice: Practice, django_assert_num_queries: Any
) -> None:
    asked = treatment(practice)
    assert asked.protocol == practice.protocol
    first = Slot(
        day=date(2026, 5, 5), cell=TEN, specialist=practice.specialist.pk, room=practice.room.pk
    )
    queries: CaptureQueriesContext
    with django_assert_num_queries(1) as queries:
        require_free(asked, [first] * 12)
    assert "unnest" in queries[0]["sql"]
