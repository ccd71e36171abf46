"""What the tests of the treatment room share: a visit of today, and what is answered at it."""

from datetime import UTC, datetime
from typing import Any

from clients.services import AnswerGiven
from cryoclinic.models import User
from procedures.models import Carrier, Contraindication, Zone
from scheduling.models import Appointment, SessionNote
from scheduling.note_rules import ExposureGiven
from scheduling.services.notes import save_note, start_session
from tests import factories
from tests.fixtures import Practice

# 9:50 in Moscow, ten minutes before the visits of ``visit_today``.
MORNING = datetime(2026, 11, 23, 6, 50, tzinfo=UTC)


def passing() -> list[Contraindication]:
    return list(Contraindication.objects.active().filter(kind="passing"))


def answered(*yes: str, zones: tuple[Zone, ...] = ()) -> list[AnswerGiven]:
    """An answer to every passing contraindication: no, but for the codes given."""
    return [
        AnswerGiven(entry, present=True, zones=tuple(zone.pk for zone in zones))
        if entry.code in yes
        else AnswerGiven(entry, present=False)
        for entry in passing()
    ]


def visit_today(practice: Practice, **fields: Any) -> Appointment:
    """At 10:00 today, the client checked in, unless ``fields`` say otherwise."""
    course = factories.CourseFactory(
        clinic=practice.clinic, client=practice.person, protocol=practice.protocol
    )
    settings: dict[str, Any] = {
        "day": practice.clinic.today(),
        "specialist": practice.specialist,
        "room": practice.room,
        "screening": practice.screening,
        "status": "checked_in",
    }
    return factories.make_appointment(course, **(settings | fields))


def started(practice: Practice, by: User, **fields: Any) -> Appointment:
    """The same, asked again: nothing has changed."""
    appointment = visit_today(practice, **fields)
    start_session(by=by, appointment=appointment, answers=answered())
    return Appointment.objects.get(pk=appointment.pk)


def carrier_of(practice: Practice) -> Carrier:
    carrier, _made = Carrier.objects.get_or_create(
        code="test-carrier",
        defaults={
            "name_en": "Applicator",
            "name_ru": "Аппликатор",
            "procedure_type": practice.procedure_type,
        },
    )
    return carrier


def draft(practice: Practice, by: User, appointment: Appointment, **given: Any) -> SessionNote:
    """A complete note within the protocol (60 to 600 s, −120 to 0 °C), not closed yet."""
    values: dict[str, Any] = {
        "exposures": [ExposureGiven(practice.zone, 120, -90)],
        "carrier": carrier_of(practice),
        "reaction": "expected",
        "text": "Slight redness.",
        "out_of_protocol_reason": "",
    }
    return save_note(by=by, appointment=appointment, **(values | given))
