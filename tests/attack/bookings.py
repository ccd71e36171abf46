"""The forms that are sent at a server under attack."""

import uuid
from datetime import timedelta

from django.urls import reverse

from clients.models import Client
from scheduling.forms.booking import CourseForm
from scheduling.planner import Slot
from scheduling.proposals import slot_token
from tests import factories
from tests.fixtures import Practice


def screened(practice: Practice, number: int) -> list[Client]:
    people = factories.ClientFactory.create_batch(number)
    for person in people:
        factories.ScreeningFactory(client=person, asked_by=practice.screening.asked_by)
    return people


def slots(
    practice: Practice, *, cell: int = 120, gap: int = 2, backwards: bool = False
) -> list[str]:
    """Ten sessions from tomorrow on, as the form sends them."""
    first = practice.clinic.today() + timedelta(days=1)
    tokens = [
        slot_token(
            Slot(
                day=first + timedelta(days=gap * number),
                cell=cell,
                specialist=practice.specialist.pk,
                room=practice.room.pk,
                device=None,
            )
        )
        for number in range(10)
    ]
    return tokens[::-1] if backwards else tokens


def booking(
    practice: Practice, person: Client, chosen: list[str], key: uuid.UUID | None = None
) -> tuple[str, dict[str, object]]:
    return f"{reverse('scheduling:course_new')}?client={person.pk}", {
        "treatment": f"{practice.procedure_type.pk}-{practice.zone.pk}",
        "sessions": 10,
        "indications": [practice.indication.pk],
        "slot": chosen,
        "planned_for": asked(practice),
        "booking_key": str(key or uuid.uuid4()),
        "book": "1",
    }


def asked(practice: Practice) -> str:
    """The mark of the question that the slots answer, as the page carries it."""
    pair = f"{practice.procedure_type.pk}-{practice.zone.pk}"
    data = {"treatment": pair, "sessions": 10, "indications": [practice.indication.pk]}
    form = CourseForm(data, clinic=practice.clinic, day=practice.clinic.today())
    assert form.is_valid()
    return form.fingerprint
