"""A refusal in the user's words: a whole sentence for every rule, in English and in Russian."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import translation

from scheduling import planner
from scheduling.errors import NotCleared, NotWished, OutOfHours, SlotTaken, TooSoon
from scheduling.explain import refused
from scheduling.planner import FULL_DAY, PlanRequest, Slot, cells
from scheduling.questions import Treatment
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, TODAY, book, day

pytestmark = pytest.mark.django_db
DAYS = 10
FREE = (FULL_DAY,) * DAYS
TEN = 120


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def people(practice: Practice) -> Practice:
    practice.specialist.user.first_name, practice.specialist.user.last_name = "Anna", "Serova"
    practice.specialist.user.save()
    practice.room.name = "Room 2"
    practice.room.save()
    return practice


def busy(*spans: tuple[int, int]) -> tuple[int, ...]:
    """Ten days, each taken in these cells."""
    taken = sum(cells(first, last) for first, last in spans)
    return (FULL_DAY & ~taken,) * DAYS


def told(
    practice: Practice,
    *,
    offset: int = 2,
    cell: int = TEN,
    before: date | None = None,
    after: date | None = None,
    sessions: tuple[date, ...] = (),
    **changes: Any,
) -> tuple[type, str, str]:
    """The kind of the refusal of a slot at ten on Wednesday, in English and in Russian."""
    specialist, room, device = practice.specialist.pk, practice.room.pk, changes.pop("device", None)
    free: dict[str, Any] = {
        "specialists": {specialist: changes.pop("specialist_free", FREE)},
        "rooms": {room: changes.pop("room_free", FREE)},
        "devices": {device: changes.pop("device_free", FREE)} if device else None,
    }
    request = PlanRequest(
        first_day=TODAY, treatment_cells=4, visit_cells=9, sessions=1, min_gap=2, max_gap=3, **free
    )
    request = replace(request, **changes)
    slot = Slot(day=day(offset), cell=cell, specialist=specialist, room=room, device=device)
    refusal = planner.refuse(request, slot, before=before, after=after)
    assert refusal is not None
    treatment = Treatment(
        clinic=practice.clinic,
        client=practice.person,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
        sessions=1,
        min_gap=2,
        max_gap=3,
    )

    def words(language: str) -> str:
        with translation.override(language):
            error = refused(request, refusal, slot=slot, treatment=treatment, sessions=sessions)
            return str(error.message)

    kind = type(refused(request, refusal, slot=slot, treatment=treatment, sessions=sessions))
    return kind, words("en"), words("ru")


COURSE = tuple(day(offset) for offset in (-5, -3, -1, 1, 4))


@pytest.mark.parametrize(
    ("asked", "english", "russian"),
    [
        (
            {"before": day(1)},
            "1 day after session 4 (5 May); "
            "sessions are at least 2 days apart. This is a safety rule.",
            "1 день после сеанса 4 (5 мая); "
            "между сеансами не менее 2 дней. Это правило безопасности.",
        ),
        (
            {"offset": 3, "before": day(1), "after": day(4)},
            "1 day before session 5 (8 May); "
            "sessions are at least 2 days apart. This is a safety rule.",
            "1 день до сеанса 5 (8 мая); между сеансами не менее 2 дней. Это правило безопасности.",
        ),
        (
            {"offset": 1, "before": day(1)},
            "On the same day as session 4 (5 May); "
            "sessions are at least 2 days apart. This is a safety rule.",
            "В тот же день, что и сеанс 4 (5 мая); "
            "между сеансами не менее 2 дней. Это правило безопасности.",
        ),
        (
            {"before": date(2026, 4, 30), "offset": 4, "min_gap": 10, "max_gap": 12},
            "Too close to another session of the course; "
            "sessions are at least 10 days apart. This is a safety rule.",
            "Слишком близко к другому сеансу курса; "
            "между сеансами не менее 10 дней. Это правило безопасности.",
        ),
    ],
)
def test_too_soon_names_the_neighbour_and_its_day(people, asked, english, russian):
    assert told(people, sessions=COURSE, **asked) == (TooSoon, english, russian)


@pytest.mark.parametrize(
    ("days", "english", "russian"),
    [
        (
            8,
            "The client is not cleared for this procedure before 12 May.",
            "До 12 мая у клиента нет допуска к этой процедуре.",
        ),
        (
            120,
            "The client is not cleared for this procedure on 6 May.",
            "На 6 мая у клиента нет допуска к этой процедуре.",
        ),
    ],
)
def test_a_day_not_cleared_says_from_when_it_is(people, days, english, russian):
    uncleared = {TODAY + timedelta(days=n): "fever" for n in range(days)}
    assert told(people, uncleared=uncleared) == (NotCleared, english, russian)


@pytest.mark.parametrize(
    ("asked", "english", "russian"),
    [
        (
            {"specialist_free": busy((118, 124))},
            "Anna Serova is not free on Wed 6 May until 10:20.",
            "Anna Serova: нет времени до 10:20 (Ср 6 мая).",
        ),
        (
            {"specialist_free": busy((118, 288))},
            "Anna Serova is not free on Wed 6 May for the rest of the day.",
            "Anna Serova: нет времени до конца дня (Ср 6 мая).",
        ),
        (
            {"room_free": busy((118, 124))},
            "Room 2 is taken until 10:20 on Wed 6 May.",
            "Room 2: занято до 10:20 (Ср 6 мая).",
        ),
        (
            {"room_free": busy((118, 288))},
            "Room 2 is taken for the rest of Wed 6 May.",
            "Room 2: занято до конца дня (Ср 6 мая).",
        ),
    ],
)
def test_what_is_taken_is_named_with_the_time_at_which_it_is_free(people, asked, english, russian):
    assert told(people, **asked) == (SlotTaken, english, russian)


def test_a_device_is_named_too(people):
    device = factories.DeviceFactory(
        clinic=people.clinic, name="Chamber", procedure_types=[people.procedure_type]
    )
    assert told(people, device=device.pk, device_free=busy((118, 124))) == (
        SlotTaken,
        "Chamber is taken until 10:20 on Wed 6 May.",
        "Chamber: занято до 10:20 (Ср 6 мая).",
    )


def test_the_clients_own_other_visit_is_named(people):
    book(people, [2], at=time(9, 45))

    assert told(people, client=busy((117, 126))) == (
        SlotTaken,
        "The client has another visit on Wed 6 May from 09:45 until 10:30.",
        "У клиента другой визит: Ср 6 мая, с 09:45 до 10:30.",
    )


def test_a_rest_that_ends_after_closing_time_is_said(people):
    assert told(people, client=busy((126, 288))) == (
        SlotTaken,
        "The visit on Wed 6 May would not be over before we close: "
        "with the rest it takes 45 minutes.",
        "Визит не закончится до закрытия (Ср 6 мая): вместе с отдыхом он занимает 45 мин.",
    )


@pytest.mark.parametrize(
    ("asked", "english", "russian"),
    [
        (
            {"offset": 30},
            "Wed 3 June is not a day that can be booked.",
            "На Ср 3 июня записать нельзя.",
        ),
        (
            {"cell": 285},
            "Wed 6 May is not a day that can be booked.",
            "На Ср 6 мая записать нельзя.",
        ),
    ],
)
def test_a_day_out_of_reach_is_said(people, asked, english, russian):
    assert told(people, **asked) == (OutOfHours, english, russian)


@pytest.mark.parametrize(
    ("asked", "english", "russian"),
    [
        (
            {"not_before": day(8)},
            "The client wishes no session before 12 May.",
            "Клиент просит не назначать сеансы раньше 12 мая.",
        ),
        (
            {"weekdays": frozenset({0, 4})},
            "Wed 6 May is not one of the weekdays that the client wishes: Mon, Fri.",
            "Ср 6 мая — не тот день недели, который просит клиент: Пн, Пт.",
        ),
        (
            {"hours": (126, 168)},
            "The client wishes to be treated between 10:30 and 14:00.",
            "Клиент просит время с 10:30 до 14:00.",
        ),
        (
            {"hours": (126, 288)},
            "The client wishes to be treated from 10:30 on.",
            "Клиент просит время с 10:30.",
        ),
        (
            {"hours": (0, 108)},
            "The client wishes to be treated until 09:00.",
            "Клиент просит время до 09:00.",
        ),
    ],
)
def test_every_wish_has_a_sentence_of_its_own(people, asked, english, russian):
    assert told(people, **asked) == (NotWished, english, russian)


def test_the_only_specialist_wished_is_named(people):
    other = factories.SpecialistFactory(clinic=people.clinic, skills=[people.procedure_type])
    other.user.first_name, other.user.last_name = "Vera", "Lind"
    other.user.save()

    assert told(people, only_specialist=other.pk) == (
        NotWished,
        "The client wishes to be treated by one specialist only: Vera Lind.",
        "Клиент просит только одного специалиста: Vera Lind.",
    )
