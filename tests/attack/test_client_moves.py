"""The desk books, and clients move by their links, into one time at one moment: one has it."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from cryoclinic.models import User
from scheduling.links import page_token
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.proposals import slot_token
from tests import factories
from tests.attack.bookings import booking, screened, slots
from tests.fixtures import Practice
from tests.web import Visitor, WebServer, at_once

pytestmark = [pytest.mark.django_db(transaction=True)]

EACH = 8
CELL = 120  # 10:00
DAYS_AHEAD = 3


def holder(server: WebServer) -> Visitor:
    """Somebody with nothing but a link: no session, no cookie."""
    return Visitor(port=server.port, cookies="", csrf="")


def course_of(practice: Practice, number: int) -> Course:
    """A client's course with one visit, the number's own hour of the day, away from the slot."""
    [person] = screened(practice, 1)
    course = factories.CourseFactory(
        clinic=practice.clinic, client=person, protocol=practice.protocol
    )
    types = [practice.procedure_type]
    factories.make_appointment(
        course,
        day=practice.clinic.today() + timedelta(days=DAYS_AHEAD),
        at=(practice.clinic.midnight(practice.clinic.today()) + timedelta(hours=15)).time(),
        specialist=factories.SpecialistFactory(clinic=practice.clinic, skills=types),
        room=factories.RoomFactory(clinic=practice.clinic, procedure_types=types),
        screening=person.screenings.get(),
    )
    return course


def move(practice: Practice, visit: Appointment) -> tuple[str, dict[str, object]]:
    slot = Slot(
        day=practice.clinic.today() + timedelta(days=DAYS_AHEAD),
        cell=CELL,
        specialist=practice.specialist.pk,
        room=practice.room.pk,
    )
    path = f"/v/{page_token(visit.course)}/visits/{visit.pk}/move/"
    return path, {"slot": slot_token(slot), "version": 1}


def test_eight_desks_and_eight_clients_want_one_time_and_one_has_it(
    practice: Practice, server: WebServer, desk: Visitor
) -> None:
    visits = [
        course_of(practice, number).appointments.select_related("course").get()
        for number in range(EACH)
    ]
    # The desks' third session is the clients' wish: three days from now, at ten.
    chosen = slots(practice, cell=CELL, gap=2)
    assert chosen[1].startswith(str(practice.clinic.today() + timedelta(days=DAYS_AHEAD)))
    calls = [
        call
        for person, visit in zip(screened(practice, EACH), visits, strict=True)
        for call in (
            (desk, *booking(practice, person, chosen)),
            (holder(server), *move(practice, visit)),
        )
    ]
    answers = at_once(calls)

    assert Counter(answer.status for answer in answers) == {302: 1, 409: 2 * EACH - 1}
    there = Appointment.objects.filter(
        specialist=practice.specialist, treatment__contains=_start(practice)
    )
    assert there.count() == 1
    refused = [answer for answer in answers[1::2] if answer.status == 409]
    assert len(refused) >= EACH - 1
    for answer in refused:
        assert "This time has just been taken." in answer.body
        # Fresh offers come with the refusal, and the time that is gone is not among them.
        offered = {token for token in answer.body.split('value="') if token.startswith("20")}
        assert offered
        gone = move(practice, visits[0])[1]["slot"]
        assert not any(token.startswith(f'{gone}"') for token in offered)
    client = User.objects.client_by_link().pk
    moved: list[Any] = list(Appointment.objects.filter(schedule_version=2))
    assert all(visit.events.latest("pgh_id").pgh_context["user"] == client for visit in moved)


def test_a_move_sent_eight_times_at_once_is_one_move(practice: Practice, server: WebServer) -> None:
    visit = course_of(practice, 0).appointments.select_related("course").get()
    path, data = move(practice, visit)
    answers = at_once([(holder(server), path, data)] * EACH)
    page = path.split("visits/")[0]
    assert {(answer.status, answer.location) for answer in answers} == {(302, f"{page}?done=moved")}
    visit.refresh_from_db()
    assert visit.schedule_version == 2


def test_a_cancellation_sent_eight_times_at_once_is_one(
    practice: Practice, server: WebServer
) -> None:
    visit: Any = course_of(practice, 0).appointments.select_related("course").get()
    path = f"/v/{page_token(visit.course)}/visits/{visit.pk}/cancel/"
    answers = at_once([(holder(server), path, {"version": 1})] * EACH)
    assert {answer.status for answer in answers} == {302}
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    changes = visit.events.filter(status="cancelled").count()
    assert changes == 1


def _start(practice: Practice) -> datetime:
    day = practice.clinic.today() + timedelta(days=DAYS_AHEAD)
    return practice.clinic.midnight(day) + timedelta(minutes=5 * CELL)


def test_a_lost_session_chosen_eight_times_at_once_is_one(
    practice: Practice, server: WebServer
) -> None:
    course = course_of(practice, 0)
    Course.objects.filter(pk=course.pk).update(sessions_planned=2)
    page = f"/v/{page_token(course)}/"
    slot = Slot(
        day=practice.clinic.today() + timedelta(days=DAYS_AHEAD + course.min_gap_days),
        cell=CELL,
        specialist=practice.specialist.pk,
        room=practice.room.pk,
    )
    sent = {"slot": slot_token(slot)}
    answers = at_once([(holder(server), f"{page}sessions/new/", sent)] * EACH)

    assert {(answer.status, answer.location) for answer in answers} == {
        (302, f"{page}?done=booked")
    }
    assert course.appointments.live().count() == 2
