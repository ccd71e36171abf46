"""Every path that puts a session somewhere asks the same rules, says the same words where one
refuses, and leaves everything as it was. What asks nobody is stopped by the table itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Clearance, Client
from cryoclinic.errors import Refused
from cryoclinic.models import User
from procedures.models import ProcedureType
from scheduling.client_rules import NotByClient, TimeGone
from scheduling.models import Appointment, Course, CourseProposal, Room, Specialist
from scheduling.planner import Slot
from scheduling.proposals import slot_token
from scheduling.replanning import MendedSession, Replan, replan
from scheduling.services.booking import book_course
from scheduling.services.client_page import book_visit, move_visit
from scheduling.services.mending import mend_due
from scheduling.services.watch import look_again
from scheduling.spans import slot_of
from scheduling.standing import Change, Step, standing_of
from scheduling.wishes import Wishes
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.client_link import LinkHolder
from tests.scheduling.mending_clinic import MORNING, book, day, days
from tests.scheduling.outbox_clinic import worker

pytestmark = pytest.mark.django_db
# The course has sessions on these days, at ten, and has lost its third.
FIRST, SECOND = 2, 5
AT = {"too soon": (3, 9), "not cleared": (12, 9)} | {
    "specialist taken": (9, 10),
    "room taken": (9, 12),
    "client elsewhere": (9, 14),
}
TOLD = {
    "too soon": "1 day after session 1 (6 May); "
    "sessions are at least 2 days apart. This is a safety rule.",
    "not cleared": "The client is not cleared for this procedure before 24 May.",
    "specialist taken": "Anna is not free on Wed 13 May until 10:20.",
    "room taken": "Blue room is taken until 12:20 on Wed 13 May.",
    "client elsewhere": "The client has another visit on Wed 13 May from 14:00 until 14:45.",
}


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MORNING, tick=False):
        yield


@dataclass(frozen=True, kw_only=True)
class Place:
    practice: Practice
    reception: User
    browser: Browser
    manager: Browser
    course: Course
    second: Appointment

    def slot(self, rule: str) -> Slot:
        offset, hour = AT[rule]
        return Slot(
            day=day(offset),
            cell=hour * 12,
            specialist=self.practice.specialist.pk,
            room=self.practice.room.pk,
        )

    def steps(self, rule: str) -> list[Step]:
        """The course as it is, and the lost session where the rule refuses it."""
        kept = [
            Step(slot=slot_of(each), key=each.pk)
            for each in standing_of(self.course, now=timezone.now()).movable
        ]
        return [*kept, Step(slot=self.slot(rule), key=None)]

    @property
    def fingerprint(self) -> str:
        return standing_of(self.course, now=timezone.now()).fingerprint


@pytest.fixture
def place(practice: Practice, browse, reception, manager) -> Place:
    User.objects.filter(pk=practice.specialist.user_id).update(first_name="Anna", last_name="")
    Room.objects.filter(pk=practice.room.pk).update(name="Blue room")
    ProcedureType.objects.filter(pk=practice.procedure_type.pk).update(sessions_min=1)
    course, made = book(practice, [FIRST, SECOND], sessions_planned=3)
    _cleared_until(practice, day(10), stops_until=day(20))
    _taken(practice, "specialist taken", specialist=practice.specialist)
    _taken(practice, "room taken", room=practice.room)
    _taken(practice, "client elsewhere", client=practice.person, screening=practice.screening)
    return Place(
        practice=practice,
        reception=reception,
        browser=browse(reception),
        manager=browse(manager),
        course=course,
        second=made[1],
    )


def _taken(practice: Practice, rule: str, client: Client | None = None, **what: Any) -> None:
    offset, hour = AT[rule]
    client = client or factories.ClientFactory()
    other = factories.CourseFactory(clinic=practice.clinic, client=client)
    factories.make_appointment(other, day=day(offset), at=time(hour), **what)


def _cleared_until(practice: Practice, last: date, *, stops_until: date) -> None:
    answer = factories.AnswerFactory(
        screening=practice.screening, kind="passing", present=True, stops_until=stops_until
    )
    Clearance.objects.create(
        answer=answer,
        valid_from=practice.clinic.today(),
        expires_on=last,
        reason="Healed enough.",
        given_by=practice.specialist.user,
    )


def of_page(response) -> str:
    assert response.status_code == 409
    return str(response.context["refused"].message)


def the_desk_moves(place: Place, rule: str) -> str:
    address = reverse("scheduling:move_appointment", args=[place.second.pk])
    return of_page(place.browser.post(address, {"slot": slot_token(place.slot(rule))}))


def the_desk_adds(place: Place, rule: str) -> str:
    address = reverse("scheduling:add_session", args=[place.course.pk])
    return of_page(place.browser.post(address, {"slot": slot_token(place.slot(rule))}))


def the_desk_restores(place: Place, rule: str) -> str:
    """A session that was called off where it could not be now."""
    called_off = factories.make_appointment(
        place.course,
        day=place.slot(rule).day,
        at=time(AT[rule][1]),
        specialist=place.practice.specialist,
        room=place.practice.room,
        screening=place.practice.screening,
        place=3,
        status="cancelled",
    )
    address = reverse("scheduling:restore_appointment", args=[called_off.pk])
    return of_page(place.browser.post(address))


def the_desk_accepts_a_new_plan(place: Place, rule: str) -> str:
    address = reverse("scheduling:replan", args=[place.course.pk])
    steps = [step.token for step in place.steps(rule)]
    return of_page(place.browser.post(address, {"step": steps, "fingerprint": place.fingerprint}))


def the_desk_accepts_a_proposal(place: Place, rule: str) -> str:
    proposal = CourseProposal.objects.create(
        course=place.course,
        reason="session_lost",
        steps=[step.token for step in place.steps(rule)],
        cells=4,
        fingerprint=place.fingerprint,
        created_at=timezone.now(),
    )
    outage = factories.UnavailabilityFactory(
        clinic=place.practice.clinic, period=(MORNING, MORNING + timedelta(hours=1))
    )
    address = reverse("scheduling:accept_plans", args=[outage.pk])
    page = place.browser.post(address, {"proposal": proposal.pk}, follow=True)
    (told,) = [str(message) for message in page.context["messages"]]
    return told.removeprefix(f"{place.practice.person.name}: ")


def a_course_is_booked(place: Place, rule: str) -> str:
    """On another zone, its first session on the afternoon of the other course's first."""
    protocol = factories.ProtocolFactory(procedure_type=place.practice.procedure_type)
    first = replace(place.slot(rule), day=day(FIRST), cell=15 * 12)
    with pytest.raises(Refused) as refusal:
        book_course(
            by=place.reception,
            client=place.practice.person,
            clinic=place.practice.clinic,
            procedure_type=ProcedureType.objects.get(pk=protocol.procedure_type_id),
            zone=protocol.zone,
            indications=[place.practice.indication],
            wishes=Wishes(),
            slots=[first, place.slot(rule)],
            screening=place.practice.screening,
        )
    return str(refusal.value.message)


PATHS = [
    the_desk_moves,
    the_desk_adds,
    the_desk_restores,
    the_desk_accepts_a_new_plan,
    the_desk_accepts_a_proposal,
    a_course_is_booked,
]


@pytest.mark.parametrize("rule", list(TOLD))
@pytest.mark.parametrize("path", PATHS)
def test_the_same_rule_refuses_in_the_same_words(
    place: Place, path: Callable[[Place, str], str], rule: str
):
    assert path(place, rule) == TOLD[rule]

    assert days(place.course) == [FIRST, SECOND]
    assert Course.objects.filter(client=place.practice.person).count() == 2


@pytest.mark.parametrize("rule", list(TOLD))
def test_the_worker_books_no_plan_that_a_rule_refuses(place: Place, rule: str, monkeypatch):
    """Its own plans keep the rules; so one is slipped in that does not."""

    def broken(course: Course, **options: Any) -> Replan:
        found = replan(course, **options)
        *kept, added = found.lines
        assert added.change is Change.ADDED
        wrong = replace(added.session, slot=place.slot(rule))
        lines = (*kept, MendedSession(session=wrong, before=None, change=Change.ADDED))
        return replace(found, lines=lines)

    monkeypatch.setattr("scheduling.services.mending.replan", broken)
    look_again([place.course.pk], at=timezone.now())

    mend_due(by=worker(), now=timezone.now())

    assert days(place.course) == [FIRST, SECOND]
    assert place.course.proposals.get().status == "open"


@pytest.mark.parametrize("rule", list(TOLD))
def test_sql_is_stopped_by_the_table(place: Place, rule: str, broken):
    slot = place.slot(rule)
    with broken() as names:
        factories.make_appointment(
            place.course,
            day=slot.day,
            at=time(slot.cell // 12),
            specialist=Specialist.objects.get(pk=slot.specialist),
            room=Room.objects.get(pk=slot.room),
            screening=place.practice.screening,
            place=3,
        )
    assert names == [
        {
            "too soon": "appointment_min_gap",
            "not cleared": "appointment_cleared_on_the_day",
            "specialist taken": "appointment_specialist_free",
            "room taken": "appointment_room_free",
            "client elsewhere": "appointment_client_free",
        }[rule]
    ]


def test_the_admin_writes_no_appointment_at_all(place: Place):
    for address in (
        reverse("admin:scheduling_appointment_add"),
        reverse("admin:scheduling_appointment_delete", args=[place.second.pk]),
        reverse("admin:scheduling_course_add"),
    ):
        assert place.manager.post(address, {"post": "yes"}).status_code == 403
    change = reverse("admin:scheduling_appointment_change", args=[place.second.pk])
    assert place.manager.post(change, {"status": "cancelled"}).status_code == 403
    assert days(place.course) == [FIRST, SECOND]


@pytest.mark.parametrize("rule", list(TOLD))
def test_the_clients_link_asks_them_too_and_says_it_in_the_clients_words(place: Place, rule: str):
    holder = LinkHolder(place.course, [place.second], browser=Browser())
    offset, hour = AT[rule]

    answer = holder.move(place.second, day(offset), time(hour))

    assert (answer.status_code, days(place.course)) == (409, [FIRST, SECOND])


@pytest.mark.parametrize("rule", list(TOLD))
def test_a_lost_session_booked_by_the_link_asks_them_too(place: Place, rule: str):
    """As the page sends it, and past the list of what is offered."""
    holder = LinkHolder(place.course, [place.second], browser=Browser())
    assert holder.book(place.slot(rule)).status_code == 409
    with pytest.raises((NotByClient, TimeGone)) as refusal:
        book_visit(by=User.objects.client_by_link(), course=place.course, slot=place.slot(rule))

    cause = refusal.value.__cause__
    assert isinstance(cause, Refused)
    assert str(cause.message) == TOLD[rule]
    assert days(place.course) == [FIRST, SECOND]


@pytest.mark.parametrize("rule", list(TOLD))
def test_a_time_offered_to_the_client_and_gone_since_is_refused(place: Place, rule: str):
    """Past the list of what is offered, which has none of these times."""
    with pytest.raises((NotByClient, TimeGone)) as refusal:
        move_visit(
            by=User.objects.client_by_link(),
            course=place.course,
            visit=place.second.pk,
            slot=place.slot(rule),
            version=place.second.schedule_version,
        )

    cause = refusal.value.__cause__
    assert isinstance(cause, Refused)
    assert str(cause.message) == TOLD[rule]
    assert days(place.course) == [FIRST, SECOND]
