"""Every query of the booking path and of each list page finds its rows by an index.

With sequential scans forbidden, the planner takes one only where there is no index to take: so a
few thousand rows tell what holds at a million. ``test_query_plans_of_a_million`` asks a million.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cryoclinic.models import Clinic, User
from procedures.models import Indication, Protocol
from scheduling import scale
from scheduling.models import Course, Message
from scheduling.proposals import propose
from scheduling.services.appointments import cancel_appointment, move_appointment
from scheduling.services.booking import book_course
from scheduling.services.courses import add_session
from scheduling.services.mending import mend_due
from scheduling.services.reminding import complete_reminders
from scheduling.services.sending import send_due
from scheduling.services.spacing import enforce_spacing
from scheduling.services.watch import enrol_courses
from scheduling.spans import slot_of
from scheduling.wishes import Wishes
from tests import factories
from tests.scheduling.statement_plans import sequential_scans, statements

Visit = Callable[[dict[str, int], Browser], object]


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


def targets_of(clinic: Clinic) -> dict[str, int]:
    """Whose pages are looked at: all that belongs to one visit to come of a mailed client."""
    message = (
        Message.objects.filter(clinic=clinic, status="due", kind="reminder")
        .select_related("appointment")
        .earliest("pk")
    )
    appointment = message.appointment
    return {
        "clients:detail": appointment.client_id,
        "clients:screening": appointment.screening_id,
        "scheduling:client_courses": appointment.client_id,
        "scheduling:course": appointment.course_id,
        "scheduling:replan": appointment.course_id,
        "scheduling:add_session": appointment.course_id,
        "scheduling:appointment": appointment.pk,
        "scheduling:move_appointment": appointment.pk,
        "scheduling:message": message.pk,
    }


def page(name: str, query: str = "") -> Visit:
    def visit(targets: dict[str, int], browser: Browser) -> None:
        arguments = [targets[name]] if name in targets else []
        path = reverse(name, args=arguments) + query.format(client=targets["clients:detail"])
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.get("Location"))

    return visit


def admin_list(model: str, query: str = "") -> Visit:
    return page(f"admin:{model}_changelist", query)


def check(run: Callable[[], object]) -> None:
    """No statement of ``run`` needs a sequential scan of a large table."""
    with CaptureQueriesContext(connection) as queries:
        run()
    asked = statements(queries)
    assert asked
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    scanned = {sql[:3000]: tables for sql in asked if (tables := sequential_scans(sql))}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")
    assert scanned == {}


PAGES = {
    "board": page("scheduling:board"),
    "board of another day": page("scheduling:board", "?date=2026-10-01"),
    "clients": page("clients:list"),
    "search": page("clients:list", "?q=морозова"),
    "search for nobody": page("clients:list", "?q=zzzzzz"),
    "search by phone": page("clients:list", "?q=79000000123"),
    "client": page("clients:detail"),
    "screening": page("clients:screening"),
    "client's courses": page("scheduling:client_courses"),
    "new course": page("scheduling:course_new", "?client={client}"),
    "course": page("scheduling:course"),
    "re-plan": page("scheduling:replan"),
    "another session": page("scheduling:add_session"),
    "appointment": page("scheduling:appointment"),
    "move": page("scheduling:move_appointment"),
    "messages": page("scheduling:messages"),
    "failed messages": page("scheduling:messages", "?status=failed"),
    "reminders": page("scheduling:messages", "?kind=reminder"),
    "messages to a client": page("scheduling:messages", "?q=морозова"),
    "message": page("scheduling:message"),
    "absence": page("scheduling:unavailability_new"),
}
BACK_OFFICE = {
    "clients": admin_list("clients_client"),
    "clients searched": admin_list("clients_client", "?q=морозова"),
    "screenings": admin_list("clients_screening"),
    "answers": admin_list("clients_answer"),
    "courses": admin_list("scheduling_course"),
    "courses searched": admin_list("scheduling_course", "?q=морозова"),
    "appointments": admin_list("scheduling_appointment"),
    "appointments of a kind": admin_list("scheduling_appointment", "?status__exact=missed"),
    "notes": admin_list("scheduling_sessionnote"),
    "messages": admin_list("scheduling_message"),
    "messages of a kind": admin_list("scheduling_message", "?status__exact=failed"),
    "alerts": admin_list("scheduling_coursealert"),
    "proposals": admin_list("scheduling_courseproposal"),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_desk_read_by_index(history, desk, browse, name):
    browser, targets = browse(desk), targets_of(history)
    check(lambda: PAGES[name](targets, browser))


def test_the_specialist_s_day_is_read_by_index(history, treats, browse):
    browser = browse(treats)
    check(lambda: browser.get(reverse("scheduling:my_day")))


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
    check(lambda: change(history, desk))


def the_worker_at_work(now: datetime) -> None:
    """All that beat asks for, a few courses' worth of it."""
    worker = User.objects.worker()
    send_due(by=worker, now=now)
    mend_due(by=worker, now=now + timedelta(days=2), limit=3)
    enrol_courses(by=worker, now=now)
    enforce_spacing(by=worker, now=now)
    complete_reminders(by=worker, now=now)


def test_the_worker_reads_by_index(history, mailoutbox):
    check(lambda: the_worker_at_work(timezone.now()))
