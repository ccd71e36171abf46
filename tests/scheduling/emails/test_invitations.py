"""What changes of visits do to the client's own calendar."""

from datetime import timedelta

import icalendar
import pytest
import time_machine

from scheduling.emails import compose
from scheduling.emails.sample import sample_mail
from scheduling.mail_facts import facts_of
from scheduling.models import Appointment, Message
from scheduling.models.message import MessageKind
from scheduling.selectors.visits import visits_of
from scheduling.services.appointments import cancel_appointment
from scheduling.told import to_json
from tests.scheduling.emails.samples import NOON, make_clinic
from tests.scheduling.outbox_clinic import make_course, worker
from tests.smtp import calendar_of, parse_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def entries(calendar: icalendar.Calendar) -> list[tuple[str, str, int, str]]:
    """``(UID, STATUS, SEQUENCE, "15 14:05")`` of each."""
    return [
        (
            str(event["UID"]).partition("@")[0],
            str(event["STATUS"]),
            event.decoded("SEQUENCE"),
            f"{event.decoded('DTSTART'):%d %H:%M}",
        )
        for event in calendar.walk("VEVENT")
    ]


def sent(mail) -> icalendar.Calendar:
    """The calendar as it arrives."""
    return calendar_of(parse_mail(mail.message().as_bytes()))


@pytest.mark.parametrize(
    ("kind", "method", "expected"),
    [
        (MessageKind.REMINDER, "REQUEST", ("visit--1", "CONFIRMED", 0, "13 14:05")),
        (MessageKind.MOVED, "REQUEST", ("visit--2", "CONFIRMED", 0, "15 14:05")),
        (MessageKind.CANCELLED, "CANCEL", ("visit--1", "CANCELLED", 1, "13 14:05")),
    ],
)
def test_mail_about_one_visit_is_an_invitation(kind, method, expected):
    mail = sample_mail(kind, make_clinic("en"), language="en", to="anna@example.com", now=NOON)
    calendar = sent(mail)

    assert (calendar["METHOD"], entries(calendar)) == (method, [expected])


@pytest.mark.parametrize(
    "kind",
    [
        MessageKind.MISSED,
        MessageKind.RESCREENING_DUE,
        MessageKind.AFTERCARE,
        MessageKind.COURSE_FINISHED,
        MessageKind.PROPOSALS_WAITING,
    ],
)
def test_mail_that_changes_no_visit_has_no_calendar(kind):
    mail = sample_mail(kind, make_clinic("en"), language="en", to="anna@example.com", now=NOON)

    types = [part.get_content_type() for part in parse_mail(mail.message().as_bytes()).walk()]
    assert types == ["multipart/alternative", "text/plain", "text/html"]


@pytest.fixture
def told(clinic):
    """A course of three visits that the client was told of, and its visits."""
    course, visits = make_course(clinic)
    Message.objects.create(
        clinic=clinic,
        client=course.client,
        course=course,
        kind="course_booked",
        status="sent",
        due_at=NOON,
        sent_at=NOON,
        told=to_json(visits_of(course)),
    )
    return course, visits


def change_of(course) -> icalendar.Calendar:
    """What the mail about everything that has changed since has attached."""
    message = Message(clinic=course.clinic, client=course.client, course=course, kind="moved")
    return sent(compose(message, facts_of(message, now=NOON), now=NOON))


def move(visit: Appointment, **shift: int) -> None:
    span = timedelta(**shift)
    visit.treatment = (visit.treatment.lower + span, visit.treatment.upper + span)
    visit.visit = (visit.visit.lower + span, visit.visit.upper + span)
    visit.schedule_version += 1
    visit.save()


def test_moved_visit_moves_in_the_client_s_calendar(told):
    course, visits = told
    move(visits[1], hours=2)

    calendar = change_of(course)

    assert calendar["METHOD"] == "REQUEST"
    assert entries(calendar) == [(f"visit-{visits[1].pk}", "CONFIRMED", 2, "16 16:05")]


def test_cancelled_visit_goes_from_the_client_s_calendar(told):
    course, visits = told
    cancel_appointment(by=worker(), appointment=visits[1])

    calendar = change_of(course)

    assert calendar["METHOD"] == "CANCEL"
    assert entries(calendar) == [(f"visit-{visits[1].pk}", "CANCELLED", 1, "16 14:05")]


def test_several_changes_come_as_one_file_of_all_visits(told):
    """A REQUEST or CANCEL may be about one visit alone (RFC 5546)."""
    course, visits = told
    move(visits[0], hours=1)
    cancel_appointment(by=worker(), appointment=visits[2])

    calendar = change_of(course)

    assert calendar["METHOD"] == "PUBLISH"
    assert entries(calendar) == [
        (f"visit-{visits[0].pk}", "CONFIRMED", 2, "14 15:05"),
        (f"visit-{visits[1].pk}", "CONFIRMED", 0, "16 14:05"),
        (f"visit-{visits[2].pk}", "CANCELLED", 1, "19 14:05"),
    ]
