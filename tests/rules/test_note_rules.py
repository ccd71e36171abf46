"""A closed note never changes, an addendum neither: through the ORM, in SQL, for anybody."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import time_machine
from django.db import connection

from cryoclinic.models import User
from scheduling.models import Addendum, Exposure, SessionNote
from scheduling.services.notes import add_addendum, close_note
from tests.fixtures import Practice
from tests.scheduling.treatment_room import MORNING, draft, started

pytestmark = pytest.mark.django_db

Broken = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING):
        yield


@pytest.fixture
def open_note(practice: Practice, cosmetologist: User) -> SessionNote:
    return draft(practice, cosmetologist, started(practice, cosmetologist))


@pytest.fixture
def closed_note(open_note: SessionNote, cosmetologist: User) -> SessionNote:
    return close_note(by=cosmetologist, note=open_note)


def test_a_closed_note_is_not_changed_through_the_orm(
    closed_note: SessionNote, broken: Broken
) -> None:
    closed_note.text = "Changed."
    with broken() as names:
        closed_note.save()
    assert names == ["note_closed_is_immutable"]
    with broken() as names:
        SessionNote.objects.filter(pk=closed_note.pk).update(closed_at=None)
    assert names == ["note_closed_is_immutable"]
    assert SessionNote.objects.get(pk=closed_note.pk).text == "Slight redness."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling_sessionnote SET text = 'Changed.' WHERE id = %s",
        "UPDATE scheduling_sessionnote SET closed_at = NULL WHERE id = %s",
        "UPDATE scheduling_sessionnote SET author_id = author_id WHERE id = %s",
        "UPDATE scheduling_exposure SET seconds = 1 WHERE note_id = %s",
        "DELETE FROM scheduling_exposure WHERE note_id = %s",
        "INSERT INTO scheduling_exposure (note_id, zone_id, seconds, temperature_c)"
        " SELECT %s, min(id), 60, -60 FROM procedures_zone",
        "DELETE FROM scheduling_sessionnote WHERE id = %s",
    ],
)
def test_a_closed_note_is_not_changed_in_sql(
    closed_note: SessionNote, broken: Broken, statement: str
) -> None:
    with broken() as names, connection.cursor() as cursor:
        cursor.execute(statement, [closed_note.pk])
    assert names == ["note_closed_is_immutable"]
    assert SessionNote.objects.get(pk=closed_note.pk).exposures.count() == 1


def test_an_exposure_is_not_moved_out_of_a_closed_note(
    closed_note: SessionNote, broken: Broken
) -> None:
    exposure = Exposure.objects.get(note=closed_note)
    with broken() as names:
        exposure.delete()
    assert names == ["note_closed_is_immutable"]


def test_an_open_note_is_changed_but_not_added_to(
    open_note: SessionNote, cosmetologist: User, broken: Broken
) -> None:
    SessionNote.objects.filter(pk=open_note.pk).update(text="Changed.")
    assert SessionNote.objects.get(pk=open_note.pk).text == "Changed."
    with broken() as names:
        Addendum.objects.create(note=open_note, author=cosmetologist, text="Too early.")
    assert names == ["addendum_after_closing"]


def test_an_addendum_stays_as_it_was_written(
    closed_note: SessionNote, cosmetologist: User, broken: Broken
) -> None:
    addendum = add_addendum(by=cosmetologist, note=closed_note, text="Swelling gone.")
    with broken():
        Addendum.objects.filter(pk=addendum.pk).update(text="Changed.")
    with broken():
        addendum.delete()
    assert Addendum.objects.get(pk=addendum.pk).text == "Swelling gone."


def test_an_addendum_says_something(
    closed_note: SessionNote, cosmetologist: User, broken: Broken
) -> None:
    with broken() as names:
        Addendum.objects.create(note=closed_note, author=cosmetologist, text="")
    assert names == ["addendum_says_something"]


def test_a_session_is_not_completed_without_asking_again(
    open_note: SessionNote, broken: Broken
) -> None:
    appointment = open_note.appointment
    with broken() as names:
        type(appointment).objects.filter(pk=appointment.pk).update(
            status="completed", visit_check=None
        )
    assert names == ["appointment_checked_before_completed"]
