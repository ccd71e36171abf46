"""Every service that changes a course or its visits waits for the rows it competes for, in order.

Another connection holds a row; a service that takes the lock is then refused as busy, one that
forgot it would go through.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from cryoclinic.errors import Refused
from cryoclinic.models import User
from scheduling import services
from scheduling.errors import Busy
from scheduling.models import (
    Appointment,
    Course,
    CourseProposal,
    Message,
    PreVisitAnswer,
    Room,
    SessionNote,
    Specialist,
)
from scheduling.planner import Slot
from scheduling.services.appointments import move_appointment, restore_appointment
from scheduling.services.booking import book_course
from scheduling.services.courses import add_session
from scheduling.spans import slot_of
from scheduling.wishes import Wishes
from tests import factories
from tests.fixtures import Practice

pytestmark = pytest.mark.django_db(transaction=True)

# They write what nobody competes for.
NO_LOCK = {
    "record_payment": "only adds a row",
    "renew_course_feed": "counts up in one statement",
}
OF_A_COURSE = {"appointment", "course", "note", "proposal", "message", "answer"}


def services_of_a_course() -> dict[str, Callable[..., object]]:
    """Every service that is about a course or something of it, wherever it is."""
    found: dict[str, Callable[..., object]] = {}
    for module in pkgutil.iter_modules(services.__path__):
        members = vars(importlib.import_module(f"{services.__name__}.{module.name}"))
        for name, each in members.items():
            if name.startswith("_") or not hasattr(each, "__wrapped__"):
                continue
            parameters = inspect.signature(each).parameters
            if "by" in parameters and OF_A_COURSE & set(parameters):
                found[name] = each
    return found


SERVICES = services_of_a_course()
LOCKING = sorted(set(SERVICES) - set(NO_LOCK))


@contextmanager
def held(row: models.Model) -> Iterator[None]:
    """Somebody else has the row; we wait for it no longer than we have to."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                f"SELECT FROM {row._meta.db_table} WHERE id = %s FOR NO KEY UPDATE", [row.pk]
            )
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        other.close()


@pytest.fixture
def visit(practice: Practice) -> Appointment:
    course = factories.CourseFactory(
        clinic=practice.clinic, client=practice.person, protocol=practice.protocol
    )
    return factories.make_appointment(
        course,
        day=practice.clinic.today() + timedelta(days=2),
        specialist=practice.specialist,
        room=practice.room,
        screening=practice.screening,
    )


def arguments_for(service: Callable[..., object], visit: Appointment) -> dict[str, Any]:
    """Something for each parameter; what can't be locked is never looked at."""
    course, now = visit.course, timezone.now()
    known: dict[str, Any] = {
        "appointment": visit,
        "course": course,
        "slot": slot_of(visit),
        "visit": visit.pk,
        "version": visit.schedule_version,
        "note": SessionNote(appointment=visit),
        "proposal": CourseProposal(course=course, steps=[], created_at=now),
        "message": Message(clinic=visit.clinic, client=visit.client, course=course),
        "answer": PreVisitAnswer(appointment=visit),
        "screening": visit.screening,
        "now": now,
    }
    required = [
        name
        for name, parameter in inspect.signature(service).parameters.items()
        if parameter.default is parameter.empty and name != "by"
    ]
    return {name: known.get(name, "") for name in required}


def went_through(visit: Appointment, by: User) -> list[str]:
    """The services that did not find somebody else at work."""
    passed = []
    for name in LOCKING:
        try:
            SERVICES[name](by=by, **arguments_for(SERVICES[name], visit))
        except Busy:
            continue
        except Refused as refusal:
            passed.append(f"{name}: {refusal}")
        else:
            passed.append(name)
    return passed


def test_nothing_happens_to_a_course_that_somebody_else_is_changing(visit, reception):
    with held(visit.course):
        assert went_through(visit, reception) == []


def test_nor_while_its_client_is_booking_another(visit, reception):
    """Two courses of one client compete for the client's time."""
    with held(visit.client):
        assert went_through(visit, reception) == []


def test_every_exception_is_a_service_that_exists():
    assert set(NO_LOCK) <= set(SERVICES)
    assert len(LOCKING) > 20


def slots_for(practice: Practice, *, first: int = 4) -> list[Slot]:
    return [
        Slot(
            day=practice.clinic.today() + timedelta(days=first + 2 * number),
            cell=120,
            specialist=practice.specialist.pk,
            room=practice.room.pk,
            device=None,
        )
        for number in range(10)
    ]


def book(practice: Practice, by: User) -> Course:
    person = factories.ClientFactory()
    return book_course(
        by=by,
        client=person,
        clinic=practice.clinic,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
        indications=[practice.indication],
        wishes=Wishes(),
        slots=slots_for(practice),
        screening=factories.ScreeningFactory(client=person, asked_by=by),
    )


def move(practice: Practice, by: User, visit: Appointment) -> None:
    move_appointment(by=by, appointment=visit, slot=slots_for(practice, first=24)[0])


def restore(practice: Practice, by: User, visit: Appointment) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled")
    restore_appointment(by=by, appointment=visit)


def add(practice: Practice, by: User, visit: Appointment) -> None:
    add_session(by=by, course=visit.course, slot=slots_for(practice, first=27)[0])


@pytest.mark.parametrize("resource", ["specialist", "room"])
def test_a_time_is_taken_with_its_specialist_and_room_locked(practice, reception, visit, resource):
    with held(getattr(practice, resource)):
        for act in (move, restore, add):
            with pytest.raises(Busy):
                act(practice, reception, visit)
            Appointment.objects.filter(pk=visit.pk, status="cancelled").update(status="booked")
        with pytest.raises(Busy):
            book(practice, reception)
    assert Course.objects.count() == 1


def locked_by(run: Callable[[], object]) -> list[str]:
    """The tables whose rows were locked, in order."""
    with CaptureQueriesContext(connection) as queries:
        run()
    taken: list[str] = []
    for sql in [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]:
        rest, named = sql.split("FOR NO KEY UPDATE")
        tables = re.findall(r'"(\w+)"', named)
        taken += tables or re.findall(r'FROM "(\w+)"', rest)[:1]
    return taken


def test_locks_are_taken_in_one_order(practice, reception, visit):
    client, course = Client._meta.db_table, Course._meta.db_table
    resources = [Specialist._meta.db_table, Room._meta.db_table]
    assert locked_by(lambda: book(practice, reception)) == [client, *resources]
    for act in (restore, move, add):
        taken = locked_by(partial(act, practice, reception, visit))
        assert taken == [client, course, *resources], act.__name__
