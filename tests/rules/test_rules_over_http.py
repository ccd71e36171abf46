"""The rules as somebody meets them who sends requests past the pages: refused in words, unchanged.

What the database answers to the same attempts is in this folder, what the services answer in
tests/scheduling/services. Rule 9 is proved in tests/attack/messages, 10 in test_no_health_data,
11 in test_get_changes_nothing.
"""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from cryoclinic.models import User
from scheduling.models import Appointment, Course, Payment, SessionNote
from scheduling.planner import Slot
from scheduling.proposals import slot_token
from scheduling.services.notes import close_note
from scheduling.spans import slot_of
from tests import factories
from tests.attack.bookings import booking
from tests.fixtures import Practice
from tests.scheduling.treatment_room import draft, started

pytestmark = pytest.mark.django_db

Browse = Callable[[User | None], Browser]
TODAY = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def monday_morning() -> object:
    with time_machine.travel("2026-05-04 06:30:00Z", tick=False):
        yield


@pytest.fixture
def browser(browse: Browse, reception: User) -> Browser:
    return browse(reception)


def course_of(practice: Practice, sessions: int = 2, **fields: Any) -> Course:
    """Sessions at ten from tomorrow on, three days apart, with the practice's specialist."""
    course = factories.CourseFactory(
        clinic=practice.clinic, protocol=practice.protocol, sessions_planned=sessions, **fields
    )
    screening = factories.ScreeningFactory(
        client=course.client, asked_by=practice.screening.asked_by
    )
    for number in range(sessions):
        factories.make_appointment(
            course,
            day=TODAY + timedelta(days=1 + 3 * number),
            at=time(10),
            specialist=practice.specialist,
            room=practice.room,
            screening=screening,
        )
    return course


def nightless(practice: Practice, *, hour: int = 10, first: int = 1) -> list[str]:
    """Ten sessions two days apart, as the form sends them."""
    return [
        slot_token(
            Slot(
                day=TODAY + timedelta(days=first + 2 * number),
                cell=hour * 12,
                specialist=practice.specialist.pk,
                room=practice.room.pk,
                device=None,
            )
        )
        for number in range(10)
    ]


def moved_to(visit: Appointment, day: date, cell: int | None = None) -> dict[str, str]:
    slot = slot_of(visit)
    there = Slot(
        day=day,
        cell=slot.cell if cell is None else cell,
        specialist=slot.specialist,
        room=slot.room,
        device=slot.device,
    )
    return {"slot": slot_token(there)}


def url(name: str, row: Appointment | Course) -> str:
    return reverse(f"scheduling:{name}", args=[row.pk])


def test_rule_1_and_5_one_taken_time_refuses_the_whole_course(browser, practice):
    course_of(practice)
    path, data = booking(practice, practice.person, nightless(practice))
    answer = browser.post(path, data)
    assert answer.status_code == 409
    assert not Course.objects.filter(client=practice.person).exists()
    path, data = booking(practice, practice.person, nightless(practice, hour=13))
    assert browser.post(path, data).status_code == 302
    assert Appointment.objects.filter(client=practice.person).count() == 10


def test_rule_2_a_move_too_close_is_refused(browser, practice):
    first, second = course_of(practice).appointments.in_order()
    answer = browser.post(
        url("move_appointment", first), moved_to(first, second.day - timedelta(days=1))
    )
    assert answer.status_code == 409
    assert "This is a safety rule." in answer.content.decode()
    first.refresh_from_db()
    assert first.day == TODAY + timedelta(days=1)


def test_rule_3_a_full_course_gets_no_session_more(browser, practice):
    course = course_of(practice)
    last = course.appointments.latest("treatment")
    answer = browser.post(url("add_session", course), moved_to(last, last.day + timedelta(days=3)))
    assert answer.status_code == 409
    assert course.appointments.count() == 2


def test_rule_4_a_day_that_is_not_cleared_is_refused(browser, practice):
    factories.AnswerFactory(
        screening=practice.screening, present=True, stops_until=TODAY + timedelta(days=5)
    )
    path, data = booking(practice, practice.person, nightless(practice))
    assert browser.post(path, data).status_code == 409
    assert not Course.objects.exists()


def test_rule_6_and_7_a_moved_visit_is_the_same_and_says_who_moved_it(browser, practice, reception):
    visit = course_of(practice, sessions=1).appointments.get()
    answer = browser.post(
        url("move_appointment", visit), moved_to(visit, TODAY + timedelta(days=9))
    )
    assert answer.status_code == 302
    moved = Appointment.objects.get()
    assert (moved.pk, moved.day) == (visit.pk, TODAY + timedelta(days=9))
    events = Appointment.pgh_event_model.objects  # type: ignore[attr-defined]  # pghistory's
    last = events.filter(pgh_obj_id=visit.pk).latest("pgh_id")
    assert (last.pgh_label, last.pgh_context["user"]) == ("update", reception.pk)


@pytest.mark.parametrize("model", ["appointment", "course", "sessionnote", "message"])
@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_rule_7_the_back_office_changes_nothing_past_the_services(
    browse, practice, manager, model, verb
):
    course_of(practice, sessions=1)
    arguments = [] if verb == "add" else [Appointment.objects.get().pk]
    path = reverse(f"admin:scheduling_{model}_{verb}", args=arguments)
    before = list(Appointment.objects.values())
    assert browse(manager).post(path, {"status": "completed", "post": "yes"}).status_code in (
        302,
        403,
    )
    assert list(Appointment.objects.values()) == before


def test_rule_8_a_closed_note_is_not_written_again(browse, practice, cosmetologist):
    with time_machine.travel("2026-05-04 06:50:00Z", tick=False):
        visit = started(practice, cosmetologist)
        close_note(by=cosmetologist, note=draft(practice, cosmetologist, visit))
        answer = browse(cosmetologist).post(
            url("note", visit), {"text": "Changed.", "reaction": "none", "seen": ""}
        )
    assert answer.status_code in (409, 422)
    assert SessionNote.objects.get().text == "Slight redness."


def test_rule_12_a_day_is_the_clinic_s_however_early_it_is_elsewhere(browse, reception, practice):
    """Half an hour after midnight in Moscow, in Greenwich it is still the evening before."""
    visit = course_of(practice, sessions=1).appointments.get()
    with time_machine.travel("2026-05-04 21:30:00Z", tick=False):
        browse(reception).post(url("check_in", visit))
    visit.refresh_from_db()
    assert visit.status == "checked_in"


@pytest.mark.parametrize("amount", ["0", "a lot", "NaN"])
def test_rule_13_money_is_an_amount_or_nothing(browser, practice, amount):
    course = course_of(practice)
    assert browser.post(url("pay", course), {"amount": amount}).status_code == 422
    assert not Payment.objects.exists()
    assert browser.post(url("pay", course), {"amount": "100.10"}).status_code == 302
    assert str(Payment.objects.get().amount) == "100.10"
