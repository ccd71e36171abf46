"""Every query of the booking path and of each list page finds its rows by an index.

With sequential scans forbidden, the planner takes one only where there is no index to take: so a
few thousand rows tell what holds at a million. The slow proof looks at a million rows themselves,
with nothing forbidden.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from cryoclinic.models import Clinic, User
from procedures.models import Indication, Protocol
from scheduling import scale
from scheduling.models import Appointment, Course
from scheduling.proposals import propose
from scheduling.services.appointments import cancel_appointment, move_appointment
from scheduling.services.booking import book_course
from scheduling.services.courses import add_session
from scheduling.services.sending import send_due
from scheduling.services.spacing import enforce_spacing
from scheduling.spans import slot_of
from scheduling.wishes import Wishes
from tests import factories

# What grows with the years; everything else is a clinic's furniture.
LARGE = {
    "clients_answer",
    "clients_clearance",
    "clients_client",
    "clients_screening",
    "scheduling_addendum",
    "scheduling_appointment",
    "scheduling_course",
    "scheduling_course_indications",
    "scheduling_coursealert",
    "scheduling_exposure",
    "scheduling_message",
    "scheduling_payment",
    "scheduling_sessionnote",
}


def sequential_scans(sql: str) -> set[str]:
    """The large tables that the statement's plan reads from one end to the other."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        [(plan,)] = cursor.fetchall()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return {
        node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"
    } & LARGE


def _nodes(node: dict) -> Iterator[dict]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def statements(queries: CaptureQueriesContext) -> list[str]:
    """What was asked, without the actor's name in front and without transaction control."""
    found = [re.sub(r"^SELECT set_config\(.*?true\); ", "", q["sql"]) for q in queries]
    return [sql for sql in found if re.match(r"\s*(WITH|SELECT|UPDATE|INSERT)\b", sql)]


@pytest.fixture
def history(db: None) -> Clinic:
    """Some weeks of two clinics."""
    clinic, _other = scale.load(appointments=1500, clinics=2)
    return clinic


@pytest.fixture
def desk(history: Clinic) -> User:
    return User.objects.get(clinic=history, groups__name="receptionist")


@pytest.fixture
def treats(history: Clinic) -> User:
    return User.objects.filter(clinic=history, groups__name="cosmetologist").earliest("pk")


def page(name: str, query: str = "") -> Callable[[Clinic, Browser], object]:
    def visit(clinic: Clinic, browser: Browser) -> None:
        appointment = Appointment.objects.filter(clinic=clinic, status="booked").first()
        assert appointment is not None
        targets = {
            "clients:detail": appointment.client_id,
            "scheduling:client_courses": appointment.client_id,
            "scheduling:course": appointment.course_id,
            "scheduling:appointment": appointment.pk,
            "scheduling:move_appointment": appointment.pk,
        }
        arguments = [targets[name]] if name in targets else []
        answer = browser.get(reverse(name, args=arguments) + query)
        assert answer.status_code == 200

    return visit


def check(run: Callable[[], object], *, forbid: bool) -> None:
    with CaptureQueriesContext(connection) as queries:
        run()
    asked = statements(queries)
    assert asked
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_seqscan = {'off' if forbid else 'on'}")
    scanned = {sql[:3000]: tables for sql in asked if (tables := sequential_scans(sql))}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")
    assert scanned == {}


PAGES = {
    "board": page("scheduling:board"),
    "clients": page("clients:list"),
    "search": page("clients:list", "?q=морозова"),
    "client": page("clients:detail"),
    "client's courses": page("scheduling:client_courses"),
    "course": page("scheduling:course"),
    "appointment": page("scheduling:appointment"),
    "move": page("scheduling:move_appointment"),
    "messages": page("scheduling:messages"),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_desk_read_by_index(history, desk, browse, name):
    browser = browse(desk)
    check(lambda: PAGES[name](history, browser), forbid=True)


def test_the_specialist_s_day_is_read_by_index(history, treats, browse):
    browser = browse(treats)
    check(lambda: browser.get(reverse("scheduling:my_day")), forbid=True)


def book(clinic: Clinic, desk: User) -> Course:
    person = factories.ClientFactory()
    screening = factories.ScreeningFactory(client=person, asked_by=desk)
    protocol = Protocol.objects.active().filter(procedure_type__needs_device=False).first()
    proposal = propose(
        clinic=clinic,
        client=person,
        procedure_type=protocol.procedure_type,
        zone=protocol.zone,
        sessions=10,
        wishes=Wishes(),
        screening=screening,
    )
    return book_course(
        by=desk,
        client=person,
        clinic=clinic,
        procedure_type=protocol.procedure_type,
        zone=protocol.zone,
        indications=[Indication.objects.earliest("pk")],
        wishes=Wishes(),
        slots=proposal.plan.slots,
        screening=screening,
    )


def change(clinic: Clinic, desk: User) -> None:
    """Book, cancel the last session, book it again, move it to where it is."""
    course = book(clinic, desk)
    last = course.appointments.latest("treatment")
    slot = slot_of(last)
    cancel_appointment(by=desk, appointment=last)
    again = add_session(by=desk, course=course, slot=slot)
    move_appointment(by=desk, appointment=again, slot=slot)


def test_the_booking_path_reads_by_index(history, desk):
    check(lambda: change(history, desk), forbid=True)


def test_the_worker_reads_by_index(history, mailoutbox):
    check(lambda: send_due(by=User.objects.worker(), now=timezone.now()), forbid=True)
    check(lambda: enforce_spacing(by=User.objects.worker(), now=timezone.now()), forbid=True)


@pytest.mark.prove
def test_a_million_appointments_are_read_by_index(db, browse, mailoutbox):
    clinic, *_others = scale.load(appointments=1_000_000, clinics=8)
    assert Client.objects.count() > 80_000
    desk = User.objects.get(clinic=clinic, groups__name="receptionist")
    browser = browse(desk)
    for visit in PAGES.values():
        check(partial(visit, clinic, browser), forbid=False)
    check(lambda: change(clinic, desk), forbid=False)
    check(lambda: send_due(by=User.objects.worker(), now=timezone.now()), forbid=False)
