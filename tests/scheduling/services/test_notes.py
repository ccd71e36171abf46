"""The session note: written within the protocol, closed once, added to afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection

from cryoclinic.errors import Refused
from cryoclinic.models import User
from procedures.models import Carrier, Zone
from scheduling.errors import WrongState
from scheduling.models import Addendum, Appointment, SessionNote
from scheduling.note_rules import ExposureGiven, NoteChanged, OutOfProtocol
from scheduling.services.notes import (
    add_addendum,
    close_note,
    start_session,
    version_of,
)
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.treatment_room import (
    MORNING,
    answered,
    carrier_of,
    draft,
    started,
    visit_today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING):
        yield


@pytest.fixture
def appointment(practice: Practice, cosmetologist: User) -> Appointment:
    return started(practice, cosmetologist)


def stored(note: SessionNote) -> dict[str, Any]:
    note = SessionNote.objects.get(pk=note.pk)
    return {
        "author": note.author,
        "carrier": note.carrier,
        "reaction": note.reaction,
        "text": note.text,
        "reason": note.out_of_protocol_reason,
        "closed": note.is_closed,
        "exposures": list(note.exposures.values_list("zone", "seconds", "temperature_c")),
    }


def test_save_note_keeps_what_was_done(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    note = draft(practice, cosmetologist, appointment)
    assert stored(note) == {
        "author": cosmetologist,
        "carrier": carrier_of(practice),
        "reaction": "expected",
        "text": "Slight redness.",
        "reason": "",
        "closed": False,
        "exposures": [(practice.zone.pk, 120, -90)],
    }


def test_save_note_again_replaces_the_draft(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    first = draft(practice, cosmetologist, appointment)
    second = draft(practice, cosmetologist, appointment, exposures=[], text="", carrier=None)
    assert first == second
    assert stored(second) == {
        "author": cosmetologist,
        "carrier": None,
        "reaction": "expected",
        "text": "",
        "reason": "",
        "closed": False,
        "exposures": [],
    }


def test_save_note_twice_changes_nothing(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    first = draft(practice, cosmetologist, appointment, seen="")
    second = draft(practice, cosmetologist, appointment, seen="")
    assert version_of(first) == version_of(second)


def test_save_note_over_a_colleagues_change_is_refused(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    colleague = factories.SpecialistFactory(
        clinic=practice.clinic, skills=[practice.procedure_type]
    ).user
    seen = version_of(draft(practice, cosmetologist, appointment))
    theirs = draft(practice, colleague, appointment, text="Theirs.", seen=seen)
    with pytest.raises(NoteChanged, match=f"{colleague.display_name} has changed this note"):
        draft(practice, cosmetologist, appointment, text="Mine.", seen=seen)
    assert stored(theirs)["text"] == "Theirs."
    draft(practice, cosmetologist, appointment, text="Mine.", seen=version_of(theirs))
    assert stored(theirs)["text"] == "Mine."


def test_save_note_without_asking_again_is_refused(practice: Practice, cosmetologist: User) -> None:
    with pytest.raises(Refused, match="before the client was asked"):
        draft(practice, cosmetologist, visit_today(practice))
    assert not SessionNote.objects.exists()


def test_save_note_out_of_protocol_is_refused_without_a_reason(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    beyond = [ExposureGiven(practice.zone, 700, -130)]
    with pytest.raises(OutOfProtocol) as refused:
        draft(practice, cosmetologist, appointment, exposures=beyond, out_of_protocol_reason=" ")
    assert refused.value.status == 422
    assert refused.value.message == (
        f"{practice.zone.name}: 700 seconds are longer than the protocol's 600. "
        f"{practice.zone.name}: −130\xa0°C is colder than the protocol's −120\xa0°C."
    )
    assert not SessionNote.objects.exists()


def test_save_note_out_of_protocol_with_a_reason_keeps_it(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    note = draft(
        practice,
        cosmetologist,
        appointment,
        exposures=[ExposureGiven(practice.zone, 700, -90)],
        out_of_protocol_reason=" Two passes. ",
    )
    assert stored(note)["reason"] == "Two passes."
    assert stored(note)["exposures"] == [(practice.zone.pk, 700, -90)]


def test_save_note_of_another_zone_is_refused(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    other = factories.ProtocolFactory(procedure_type=practice.procedure_type).zone
    with pytest.raises(Refused, match="is not treated in this course"):
        draft(practice, cosmetologist, appointment, exposures=[ExposureGiven(other, 120, -90)])


def test_save_note_of_the_whole_body_allows_its_parts(
    practice: Practice, cosmetologist: User
) -> None:
    Zone.objects.filter(pk=practice.zone.pk).update(covers_all=True)
    part = factories.ProtocolFactory(procedure_type=practice.procedure_type).zone
    elsewhere = factories.ProtocolFactory().zone
    appointment = started(practice, cosmetologist)
    exposures = [ExposureGiven(practice.zone, 60, -90), ExposureGiven(part, 61, -80)]
    note = draft(practice, cosmetologist, appointment, exposures=exposures)
    assert sorted(stored(note)["exposures"]) == sorted(
        [(practice.zone.pk, 60, -90), (part.pk, 61, -80)]
    )
    with pytest.raises(Refused, match="is not treated in this course"):
        draft(practice, cosmetologist, appointment, exposures=[ExposureGiven(elsewhere, 60, -90)])


def test_save_note_with_another_procedures_carrier_is_refused(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    foreign = Carrier.objects.exclude(procedure_type=practice.procedure_type)[0]
    with pytest.raises(Refused, match="is not used in this procedure"):
        draft(practice, cosmetologist, appointment, carrier=foreign)


def test_save_note_of_an_unusual_reaction_needs_words(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    with pytest.raises(Refused, match="needs words"):
        draft(practice, cosmetologist, appointment, reaction="unusual", text=" ")


def test_save_note_by_a_colleague_makes_them_the_author(
    practice: Practice, appointment: Appointment
) -> None:
    colleague = factories.SpecialistFactory(
        clinic=practice.clinic, skills=[practice.procedure_type]
    )
    note = draft(practice, colleague.user, appointment)
    assert stored(note)["author"] == colleague.user


@pytest.mark.parametrize("stranger", ["unskilled", "retired", "of another clinic", "no specialist"])
def test_a_note_is_written_only_by_a_specialist_with_the_skill(
    practice: Practice, cosmetologist: User, appointment: Appointment, stranger: str
) -> None:
    skilled = {"skills": [practice.procedure_type]}
    made = {
        "unskilled": lambda: factories.SpecialistFactory(clinic=practice.clinic).user,
        "retired": lambda: (
            factories.SpecialistFactory(clinic=practice.clinic, is_active=False, **skilled).user
        ),
        "of another clinic": lambda: factories.SpecialistFactory(**skilled).user,
        "no specialist": lambda: factories.UserFactory(clinic=practice.clinic),
    }[stranger]()
    with pytest.raises(Refused, match="not among the clinic's specialists") as refused:
        draft(practice, made, appointment)
    assert refused.value.status == 403
    note = draft(practice, cosmetologist, appointment)
    with pytest.raises(Refused, match="not among the clinic's specialists"):
        close_note(by=made, note=note)
    close_note(by=cosmetologist, note=note)
    with pytest.raises(Refused, match="not among the clinic's specialists"):
        add_addendum(by=made, note=note, text="Added.")
    assert not Addendum.objects.exists()


def test_close_note_completes_the_appointment(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    note = close_note(by=cosmetologist, note=draft(practice, cosmetologist, appointment))
    assert stored(note)["closed"]
    assert Appointment.objects.get(pk=appointment.pk).status == "completed"
    again = close_note(by=cosmetologist, note=note)
    assert again.closed_at == SessionNote.objects.get(pk=note.pk).closed_at


def test_close_note_the_next_day_is_possible(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    with time_machine.travel(MORNING.replace(day=24)):
        note = close_note(by=cosmetologist, note=draft(practice, cosmetologist, appointment))
    assert stored(note)["closed"]


@pytest.mark.parametrize(
    ("missing", "says"),
    [({"exposures": []}, "no treated zone"), ({"carrier": None}, "what brought the cold")],
)
def test_close_note_that_is_incomplete_is_refused(
    practice: Practice,
    cosmetologist: User,
    appointment: Appointment,
    missing: dict[str, Any],
    says: str,
) -> None:
    carrier_of(practice)
    note = draft(practice, cosmetologist, appointment, **missing)
    with pytest.raises(Refused, match=says):
        close_note(by=cosmetologist, note=note)
    assert not stored(note)["closed"]
    assert Appointment.objects.get(pk=appointment.pk).status == "checked_in"


def test_close_note_after_the_start_was_taken_back_is_refused(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    note = draft(practice, cosmetologist, appointment, exposures=[])
    start_session(by=cosmetologist, appointment=appointment, answers=answered("fever"))
    with pytest.raises(Refused, match="before the client was asked"):
        close_note(by=cosmetologist, note=note)


def test_a_closed_note_is_not_saved_again(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    note = close_note(by=cosmetologist, note=draft(practice, cosmetologist, appointment))
    before = stored(note)
    with pytest.raises(WrongState, match="closed and is not changed"):
        draft(practice, cosmetologist, appointment, text="Changed.")
    assert stored(note) == before


def test_add_addendum_once_to_a_closed_note_only(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    note = draft(practice, cosmetologist, appointment)
    with pytest.raises(WrongState, match="still open"):
        add_addendum(by=cosmetologist, note=note, text="Too early.")
    close_note(by=cosmetologist, note=note)
    with pytest.raises(Refused, match="is empty"):
        add_addendum(by=cosmetologist, note=note, text="  ")
    first = add_addendum(by=cosmetologist, note=note, text=" Swelling gone. ")
    second = add_addendum(by=cosmetologist, note=note, text="Swelling gone.")
    assert first == second
    assert list(note.addenda.values_list("author", "text")) == [
        (cosmetologist.pk, "Swelling gone.")
    ]


def test_the_record_of_a_note_names_who_wrote_it(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    note = draft(practice, cosmetologist, appointment)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_context->>'user' FROM scheduling_sessionnoteevent WHERE pgh_obj_id = %s",
            [note.pk],
        )
        assert cursor.fetchall() == [(str(cosmetologist.pk),)]


def test_save_note_drops_a_reason_that_explains_nothing(
    practice: Practice, cosmetologist: User, appointment: Appointment
) -> None:
    within = draft(practice, cosmetologist, appointment, out_of_protocol_reason="Two passes.")
    assert stored(within)["reason"] == ""
    no_values_yet = {"exposures": [], "out_of_protocol_reason": "Two passes."}
    note = draft(practice, cosmetologist, appointment, **no_values_yet)
    assert stored(note)["reason"] == "Two passes."
