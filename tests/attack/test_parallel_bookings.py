"""Many book the same time at the same moment, over HTTP against gunicorn: exactly one has it."""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from clients.models import Client
from cryoclinic.models import User
from scheduling.forms.booking import CourseForm
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.proposals import slot_token
from tests import factories
from tests.fixtures import Practice
from tests.web import Answer, Visitor, WebServer, at_once, web_server

pytestmark = [pytest.mark.django_db(transaction=True)]

RIVALS = 32


@pytest.fixture
def server(practice: Practice) -> Iterator[WebServer]:
    with web_server(workers=4) as running:
        yield running


@pytest.fixture
def desk(server: WebServer, reception: User) -> Visitor:
    return server.visitor(reception)


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


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[1])


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def test_one_of_many_rivals_gets_the_slot(practice, desk):
    before = deadlocks()
    chosen = slots(practice)
    answers = at_once(
        [(desk, *booking(practice, person, chosen)) for person in screened(practice, RIVALS)]
    )
    assert statuses(answers) == {302: 1, 409: RIVALS - 1}
    assert Course.objects.count() == 1
    assert Appointment.objects.count() == 10
    assert deadlocks() == before
    for answer in answers:
        if answer.status == 409:
            assert f"{practice.specialist} is not free on " in answer.body
            assert "Choose another time" in answer.body


def test_courses_that_collide_in_mixed_order_never_deadlock(practice, desk):
    """Half of them list the days the other way round; half collide on every third day alone."""
    before = deadlocks()
    answers = at_once(
        [
            (
                desk,
                *booking(
                    practice,
                    person,
                    slots(practice, gap=2 + number % 2, backwards=number % 4 > 1),
                ),
            )
            for number, person in enumerate(screened(practice, RIVALS))
        ]
    )
    assert statuses(answers) == {302: 1, 409: RIVALS - 1}
    assert Appointment.objects.count() == 10
    assert deadlocks() == before


def test_a_form_sent_many_times_books_once_and_shows_the_same_course(practice, desk):
    path, data = booking(practice, practice.person, slots(practice), uuid.uuid4())
    answers = at_once([(desk, path, data)] * 8)
    course = Course.objects.get()
    assert [(answer.status, answer.location) for answer in answers] == [
        (302, reverse("scheduling:course", args=[course.pk]))
    ] * 8
    assert Appointment.objects.count() == 10


def test_one_client_is_not_booked_twice_by_two_desks(practice, desk):
    """Different keys, the same client: the second desk is told, whichever it is."""
    answers = at_once(
        [
            (desk, *booking(practice, practice.person, slots(practice, cell=cell)))
            for cell in (120, 140)
        ]
    )
    assert statuses(answers) == {302: 1, 409: 1}
    assert Course.objects.count() == 1
