"""The specialist's day, in order, with what to look out for and the one next step."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cryoclinic.models import User
from procedures.models import Contraindication
from scheduling.models import Appointment, Exposure, SessionNote
from scheduling.selectors.my_day import AgendaItem, MyDay, Step, Warned, my_day
from scheduling.services.appointments import mark_missed
from scheduling.services.courses import hold_course
from scheduling.services.notes import close_note
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.treatment_room import MORNING, draft, started, visit_today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING):
        yield


def today(practice: Practice) -> MyDay:
    return my_day(practice.specialist, practice.clinic.today())


def only(practice: Practice) -> AgendaItem:
    (item,) = today(practice).items
    return item


def step_to(name: str, item: AgendaItem, label: str, icon: str, kind: str) -> Step:
    return Step(reverse(f"scheduling:{name}", args=[item.appointment.pk]), label, icon, kind)


def a_client_with_history(practice: Practice, at: time, *, note: str = "") -> Appointment:
    """Booked today at ``at``; with a closed note of two days ago."""
    day = practice.clinic.today()
    client = factories.ClientFactory()
    course = factories.CourseFactory(
        clinic=practice.clinic, client=client, protocol=practice.protocol
    )
    rest: dict[str, Any] = {"at": at, "specialist": practice.specialist, "room": practice.room}
    screening = factories.ScreeningFactory(
        client=client,
        asked_by=practice.specialist.user,
        asked_at=timezone.now() - timedelta(days=3),
    )
    check = factories.ScreeningFactory(
        client=client,
        asked_by=practice.specialist.user,
        asked_at=timezone.now() - timedelta(days=2),
        follows=screening,
    )
    before = factories.make_appointment(
        course,
        day=day - timedelta(days=2),
        screening=screening,
        status="completed",
        visit_check=check,
        **rest,
    )
    earlier = SessionNote.objects.create(
        appointment=before, author=practice.specialist.user, reaction="expected", text=note
    )
    Exposure.objects.create(note=earlier, zone=practice.zone, seconds=90, temperature_c=-80)
    SessionNote.objects.filter(pk=earlier.pk).update(closed_at=timezone.now())
    return factories.make_appointment(course, day=day, screening=screening, **rest)


def test_an_appointment_is_shown_whole(practice: Practice) -> None:
    appointment = a_client_with_history(practice, time(10), note="Slept well.\nNo complaints.")
    device = factories.DeviceFactory(clinic=practice.clinic)
    Appointment.objects.filter(pk=appointment.pk).update(device=device)
    item = only(practice)
    assert item == AgendaItem(
        appointment=appointment,
        time="10:00",
        until="10:20",
        session="session 2 of 10",
        what=f"{practice.procedure_type.name} · {practice.zone.name}",
        place=f"{practice.room.name} · {device.name}",
        status="booked",
        status_word="booked",
        last_note=(
            f"21 November · {practice.zone.name} 90 s −80\xa0°C · expected reaction"
            " · Slept well. No complaints."
        ),
        warnings=(),
        step=step_to("session_start", item, "Start session", "arrow-right", "secondary"),
    )


def test_the_day_is_in_order_and_only_the_specialists_own(practice: Practice) -> None:
    late = visit_today(practice, at=time(15), status="booked")
    early = a_client_with_history(practice, time(11))
    visit_today_of_another = factories.make_appointment(
        factories.CourseFactory(clinic=practice.clinic), day=practice.clinic.today()
    )
    cancelled = a_client_with_history(practice, time(12))
    Appointment.objects.filter(pk=cancelled.pk).update(status="cancelled")
    shown = today(practice)
    assert [item.appointment for item in shown.items] == [early, late]
    assert visit_today_of_another not in [item.appointment for item in shown.items]
    assert (shown.day, shown.is_today, shown.left, shown.done) == (
        date(2026, 11, 23),
        True,
        2,
        0,
    )


def test_the_day_is_the_clinics(practice: Practice) -> None:
    appointment = a_client_with_history(practice, time(10))
    yesterday = my_day(practice.specialist, appointment.day - timedelta(days=2))
    assert (yesterday.is_today, [item.status for item in yesterday.items], yesterday.done) == (
        False,
        ["completed"],
        1,
    )


@pytest.mark.parametrize(
    ("minutes", "warned"),
    [
        (4, ()),
        (16, (Warned("16 min late", "clock"),)),
        (200, (Warned("not here yet", "clock"),)),
    ],
)
def test_who_is_late_is_said(practice: Practice, minutes: int, warned: tuple[Warned, ...]) -> None:
    visit_today(practice, status="booked")
    with time_machine.travel(MORNING + timedelta(minutes=10 + minutes)):
        assert only(practice).warnings == warned


def test_who_is_here_is_not_late(practice: Practice) -> None:
    visit_today(practice)
    with time_machine.travel(MORNING + timedelta(hours=1)):
        item = only(practice)
    assert item.warnings == ()
    assert item.step == step_to("session_start", item, "Start session", "arrow-right", "primary")


def test_a_lapsed_screening_is_said(practice: Practice, cosmetologist: User) -> None:
    lapsed = factories.ScreeningFactory(
        client=practice.person,
        asked_by=cosmetologist,
        asked_at=timezone.now() - timedelta(days=40),
    )
    visit_today(practice, screening=lapsed, status="booked")
    item = only(practice)
    assert item.warnings == (Warned("Re-screening due", "list"),)
    assert item.step == step_to("session_start", item, "Screen again", "list", "primary")


def test_a_held_course_and_what_stops_it_are_said(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice)
    check = factories.ScreeningFactory(
        client=practice.person, asked_by=cosmetologist, follows=practice.screening
    )
    factories.AnswerFactory(
        screening=check,
        contraindication=Contraindication.objects.get(code="fever"),
        present=True,
        stops_until=appointment.day + timedelta(days=7),
    )
    hold_course(by=cosmetologist, course=appointment.course, reason="wait")
    item = only(practice)
    assert item.warnings == (
        Warned("Course on hold", "pause"),
        Warned("Not cleared", "ban", "danger"),
    )
    assert item.step == step_to("session_start", item, "See what stops it", "warning", "secondary")


def test_the_step_follows_the_session(practice: Practice, cosmetologist: User) -> None:
    appointment = started(practice, cosmetologist)
    item = only(practice)
    assert (item.status, item.status_word) == ("started", "started")
    assert item.step == step_to("note", item, "Write note", "note", "primary")
    note = draft(practice, cosmetologist, appointment)
    item = only(practice)
    assert item.step == step_to("note", item, "Continue note", "note", "primary")
    close_note(by=cosmetologist, note=note)
    item = only(practice)
    assert item.step == step_to("note", item, "Read note", "note", "secondary")
    assert today(practice).done == 1


def test_a_missed_visit_has_no_step(practice: Practice, cosmetologist: User) -> None:
    appointment = visit_today(practice, status="booked")
    with time_machine.travel(MORNING + timedelta(hours=1)):
        mark_missed(by=cosmetologist, appointment=appointment)
        assert (only(practice).status, only(practice).step) == ("missed", None)


def test_another_days_visit_has_no_step(practice: Practice) -> None:
    appointment = visit_today(
        practice, day=practice.clinic.today() + timedelta(days=1), status="booked"
    )
    (item,) = my_day(practice.specialist, appointment.day).items
    assert item.step is None


def test_the_number_of_queries_is_fixed(practice: Practice) -> None:
    a_client_with_history(practice, time(8))
    with CaptureQueriesContext(connection) as one:
        today(practice)
    for number in range(1, 30):
        minutes = 8 * 60 + number * 20
        a_client_with_history(practice, time(minutes // 60, minutes % 60))
    with CaptureQueriesContext(connection) as thirty:
        assert len(today(practice).items) == 30
    assert len(thirty) == len(one) == 5
