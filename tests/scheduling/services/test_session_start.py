"""Asking again at the visit: it starts the session, or stops it and holds the course."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clients.errors import WrongAnswer
from clients.models import Screening
from clients.services import give_clearance
from cryoclinic.errors import Refused
from cryoclinic.models import User
from procedures.models import Contraindication
from scheduling.errors import NotCleared
from scheduling.models import Appointment
from scheduling.services.appointments import move_appointment, undo_check_in
from scheduling.services.courses import hold_course, resume_course
from scheduling.services.notes import start_session
from scheduling.spans import slot_of
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.treatment_room import (
    MORNING,
    answered,
    draft,
    passing,
    started,
    visit_today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING):
        yield


def again(appointment: Appointment) -> Appointment:
    return Appointment.objects.select_related("course").get(pk=appointment.pk)


def test_nothing_has_changed_starts_the_session(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice)
    check = start_session(by=cosmetologist, appointment=appointment, answers=answered())
    assert again(appointment).visit_check == check
    assert (check.follows, check.asked_by, check.asked_on) == (
        practice.screening,
        cosmetologist,
        appointment.day,
    )
    assert set(check.answers.values_list("contraindication__code", "present")) == {
        (entry.code, False) for entry in passing()
    }
    assert again(appointment).course.status == "active"


def test_a_yes_stops_the_session_and_holds_the_course(
    practice: Practice, cosmetologist: User
) -> None:
    appointment = visit_today(practice)
    check = start_session(by=cosmetologist, appointment=appointment, answers=answered("fever"))
    stopped = again(appointment)
    assert (stopped.visit_check, stopped.status, stopped.course.status) == (
        None,
        "checked_in",
        "held",
    )
    assert stopped.course.held_reason == (
        "An answer at the visit on Nov. 23, 2026 stops the treatment for now."
    )
    kept = check.answers.get(present=True)
    assert (kept.contraindication.code, kept.stops_until) == (
        "fever",
        appointment.day + timedelta(days=7),
    )


def test_a_yes_stops_the_start_until_it_is_cleared_and_the_course_resumed(
    practice: Practice, cosmetologist: User
) -> None:
    appointment = visit_today(practice)
    check = start_session(by=cosmetologist, appointment=appointment, answers=answered("fever"))
    with pytest.raises(Refused, match="on hold"):
        start_session(by=cosmetologist, appointment=appointment, answers=answered())
    resume_course(by=cosmetologist, course=appointment.course)
    with pytest.raises(NotCleared):
        start_session(by=cosmetologist, appointment=appointment, answers=answered())
    give_clearance(
        by=cosmetologist,
        answer=check.answers.get(present=True),
        valid_from=appointment.day,
        expires_on=appointment.day,
        reason="36.6 when measured here",
    )
    cleared = start_session(by=cosmetologist, appointment=appointment, answers=answered())
    assert again(appointment).visit_check == cleared


def test_a_yes_on_another_zone_does_not_stop_it(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice)
    elsewhere = factories.ZoneFactory()
    check = start_session(
        by=cosmetologist,
        appointment=appointment,
        answers=answered("skin_damage", zones=(elsewhere,)),
    )
    assert again(appointment).visit_check == check
    assert again(appointment).course.status == "active"


def test_starting_twice_asks_once(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice)
    first = start_session(by=cosmetologist, appointment=appointment, answers=answered())
    second = start_session(by=cosmetologist, appointment=appointment, answers=answered())
    assert (first, Screening.objects.filter(follows__isnull=False).count()) == (second, 1)


def test_a_later_yes_takes_the_start_back(practice: Practice, cosmetologist: User) -> None:
    appointment = started(practice, cosmetologist)
    start_session(by=cosmetologist, appointment=appointment, answers=answered("fever"))
    stopped = again(appointment)
    assert (stopped.visit_check, stopped.course.status) == (None, "held")


def test_a_later_yes_takes_the_start_back_in_a_held_course_too(
    practice: Practice, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    hold_course(by=cosmetologist, course=appointment.course, reason="asked for a pause")
    start_session(by=cosmetologist, appointment=appointment, answers=answered("fever"))
    stopped = again(appointment)
    assert (stopped.visit_check, stopped.course.held_reason) == (None, "asked for a pause")


def test_a_later_yes_does_not_undo_what_is_recorded(
    practice: Practice, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    draft(practice, cosmetologist, appointment)
    with pytest.raises(Refused, match="already recorded"):
        start_session(by=cosmetologist, appointment=appointment, answers=answered("fever"))
    assert again(appointment).visit_check == appointment.visit_check


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("booked", "not checked in"),
        ("missed", "cancelled or missed"),
        ("cancelled", "cancelled or missed"),
    ],
)
def test_only_a_client_who_is_there_is_asked(
    practice: Practice, cosmetologist: User, status: str, says: str
) -> None:
    appointment = visit_today(practice, status=status)
    with pytest.raises(Refused, match=says):
        start_session(by=cosmetologist, appointment=appointment, answers=answered())
    assert not Screening.objects.filter(follows__isnull=False).exists()


def test_only_on_its_own_day(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice)
    with (
        time_machine.travel(MORNING + timedelta(days=1)),
        pytest.raises(Refused, match="its own day only"),
    ):
        start_session(by=cosmetologist, appointment=appointment, answers=answered())


def test_only_with_a_full_screening_that_counts_today(
    practice: Practice, cosmetologist: User
) -> None:
    lapsed = factories.ScreeningFactory(
        client=practice.person,
        asked_by=cosmetologist,
        asked_at=timezone.now() - timedelta(days=40),
    )
    appointment = visit_today(practice, screening=lapsed, status="booked")
    with pytest.raises(Refused, match="was valid until"):
        start_session(by=cosmetologist, appointment=appointment, answers=answered())


def test_every_passing_one_is_asked(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice)
    with pytest.raises(WrongAnswer):
        start_session(by=cosmetologist, appointment=appointment, answers=answered()[1:])
    assert again(appointment).visit_check is None
    assert not Screening.objects.filter(follows__isnull=False).exists()


def test_one_that_is_out_of_use_is_not_asked(practice: Practice, cosmetologist: User) -> None:
    Contraindication.objects.filter(code="fever").update(is_active=False)
    appointment = visit_today(practice)
    check = start_session(by=cosmetologist, appointment=appointment, answers=answered())
    assert not check.answers.filter(contraindication__code="fever").exists()


def test_a_check_of_another_day_does_not_count(practice: Practice, cosmetologist: User) -> None:
    appointment = started(practice, cosmetologist)
    undo_check_in(by=cosmetologist, appointment=appointment)
    slot = slot_of(appointment)
    moved_to = type(slot)(
        day=slot.day + timedelta(days=1),
        cell=slot.cell,
        specialist=slot.specialist,
        room=slot.room,
        device=slot.device,
    )
    move_appointment(by=cosmetologist, appointment=appointment, slot=moved_to)
    with time_machine.travel(MORNING + timedelta(days=1)):
        Appointment.objects.filter(pk=appointment.pk).update(status="checked_in")
        with pytest.raises(Refused, match="asked what has changed"):
            draft(practice, cosmetologist, appointment)
        check = start_session(by=cosmetologist, appointment=appointment, answers=answered())
    assert again(appointment).visit_check == check
    assert check != appointment.visit_check
