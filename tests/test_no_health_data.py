"""Nothing about anybody's health in addresses, in the log or in the broker.

One client's way through the clinic, over HTTP: the card, a questionnaire with a yes, a clean one,
the booking, the mail, the session and its note. The log is written as production writes it.
"""

import inspect
import io
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote_plus

import pytest
import time_machine
from celery import current_app
from celery.signals import before_task_publish
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from clients.models import Client
from cryoclinic.logs import PrivateJsonFormatter
from cryoclinic.models import Clinic, User
from procedures.models import Carrier, Contraindication, Indication, Protocol
from scheduling.links import page_token
from scheduling.models import Appointment
from scheduling.services.sending import send_due
from tests import factories

pytestmark = pytest.mark.django_db

NAME, PHONE, EMAIL = "Agatha Winterbourne", "+4930901820", "agatha.winterbourne@example.org"
NOTE, ANSWER = "Prefers a quiet room.", "Since the holidays."
TEXT = "Even reddening, gone after rest."


@dataclass
class Traces:
    """What a way through the clinic leaves where others may look."""

    log: io.StringIO = field(default_factory=io.StringIO)
    addresses: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)

    def visit(self, browser: Browser, method: str, address: str, data: object = None) -> str:
        """Ask, keep every address seen on the way, and answer with the page."""
        answer = getattr(browser, method)(address, data)
        assert answer.status_code in (200, 302), (address, answer.status_code, answer.text[:2000])
        self.addresses += [address, answer.headers.get("Location", "")]
        self.addresses += re.findall(r"(?:href|src|action|hx-\w+)=\"([^\"]*)\"", answer.text)
        return answer.headers.get("Location") or answer.text


def said_about_health() -> set[str]:
    """Every code and name in the catalogue, in both languages, and what was written by hand."""
    words = {NOTE, ANSWER, TEXT}
    for model in (Contraindication, Indication):
        for row in model.objects.all():
            words |= {row.code, row.code.replace("_", "-"), row.name_en, row.name_ru}
    for protocol in Protocol.objects.select_related("procedure_type", "zone"):
        for entry in (protocol.procedure_type, protocol.zone):
            words |= {entry.code, entry.name_en, entry.name_ru}
    return words


def said_about_the_person() -> set[str]:
    return {*NAME.split(), PHONE, PHONE[1:], EMAIL}


def found_in(text: str, words: set[str]) -> set[str]:
    """Those of the words that stand in the text, whatever their case."""
    return {
        word
        for word in words
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, flags=re.IGNORECASE)
    }


@pytest.fixture
def protocol(clinic: Clinic, cosmetologist: User) -> Protocol:
    """Liquid nitrogen on the face, with all that a session of it needs."""
    protocol = Protocol.objects.get(procedure_type__code="nitrogen", zone__code="face")
    types = [protocol.procedure_type]
    factories.SpecialistFactory(clinic=clinic, user=cosmetologist, skills=types)
    factories.RoomFactory(clinic=clinic, procedure_types=types)
    return protocol


@pytest.fixture
def traces(
    protocol: Protocol,
    browse: Callable[[User | None], Browser],
    reception: User,
    cosmetologist: User,
) -> Iterator[Traces]:
    traces = Traces()
    handler = logging.StreamHandler(traces.log)
    handler.setFormatter(PrivateJsonFormatter())
    logging.getLogger().addHandler(handler)

    def remember(sender: str, body: object, **_signal: object) -> None:
        traces.published.append(f"{sender} {body}")

    before_task_publish.connect(remember)
    try:
        with time_machine.travel("2026-05-04 06:30:00Z", tick=False) as clock:
            visit = _at_the_desk(traces, browse(reception), protocol)
            send_due(by=User.objects.worker(), now=timezone.now())
            _on_their_phone(traces, browse(None), visit)
            clock.move_to(visit.starts_at - timedelta(minutes=10))
            _in_the_treatment_room(traces, browse(cosmetologist), visit)
        yield traces
    finally:
        before_task_publish.disconnect(remember)
        logging.getLogger().removeHandler(handler)


def _at_the_desk(traces: Traces, desk: Browser, protocol: Protocol) -> Appointment:
    """Add the client, ask twice, book ten sessions from tomorrow on; the first of them."""
    traces.visit(desk, "get", "/board/")
    card = {"name": NAME, "phone": PHONE, "email": EMAIL, "language": "en", "note": NOTE}
    page = traces.visit(desk, "post", "/clients/new/", {**card, "email_consent": "on"})
    client = Client.objects.get(name=NAME)
    assert page == f"/clients/{client.pk}/"

    codes = Contraindication.objects.active().values_list("code", flat=True)
    no = dict.fromkeys(codes, "no")
    yes = {"herpes_acute": "yes", "herpes_acute.comment": ANSWER}
    asked = f"/clients/{client.pk}/screenings/new/"
    traces.visit(desk, "post", asked, {**no, **yes})
    traces.visit(desk, "get", page)
    traces.visit(desk, "post", asked, no)

    booking = f"/courses/new/?client={client.pk}"
    wished = {
        "treatment": f"{protocol.procedure_type_id}-{protocol.zone_id}",
        "sessions": 10,
        "indications": [Indication.objects.earliest("pk").pk],
        "not_before": timezone.now().date() + timedelta(days=1),
    }
    html = traces.visit(desk, "post", booking, {**wished, "find": "1"})
    hidden = {
        name: re.findall(rf'name="{name}" value="([^"]+)"', html)
        for name in ("slot", "planned_for", "booking_key")
    }
    course = traces.visit(desk, "post", booking, {**wished, **hidden, "book": "1"})
    for address in (course, f"/clients/?q={client.pk}", "/messages/", "/board/?date=2026-05-05"):
        traces.visit(desk, "get", address)
    return Appointment.objects.earliest("day")


def _on_their_phone(traces: Traces, phone: Browser, visit: Appointment) -> None:
    """Open the page by the link, confirm, and say that something has changed."""
    page = f"/v/{page_token(visit.course)}/"
    traces.visit(phone, "get", page)
    traces.visit(phone, "post", f"{page}visits/{visit.pk}/confirm/")
    passing = Contraindication.objects.get(code="herpes_acute")
    said = {"changed": "yes", "present": [passing.pk], "comment": ANSWER}
    back = traces.visit(phone, "post", f"{page}visits/{visit.pk}/changes/", said)
    html = traces.visit(phone, "get", back)
    assert found_in(html, {ANSWER, passing.name_en, passing.question_en}) == set()


def _reviewed(traces: Traces, tablet: Browser, visit: Appointment) -> None:
    answer = visit.pre_visit_answers.get()
    path = f"/appointments/{visit.pk}/review/"
    traces.visit(tablet, "get", path)
    traces.visit(tablet, "post", path, {"answer": answer.pk, "outcome": "goes_on"})


def _in_the_treatment_room(traces: Traces, tablet: Browser, visit: Appointment) -> None:
    """Review the answer from the phone, check in, ask again, write the note and close it."""
    own = f"/appointments/{visit.pk}"
    traces.visit(tablet, "get", "/my-day/")
    _reviewed(traces, tablet, visit)
    traces.visit(tablet, "post", f"{own}/start/check-in/")
    traces.visit(tablet, "get", f"{own}/start/")
    traces.visit(tablet, "post", f"{own}/start/", {"changed": "no"})
    zone = visit.course.zone_id
    carrier = Carrier.objects.filter(procedure_type=visit.course.procedure_type).earliest("pk")
    written = {
        f"seconds_{zone}": "240",
        f"temperature_{zone}": "-100",
        "carrier": str(carrier.pk),
        "reaction": "expected",
        "text": TEXT,
    }
    traces.visit(tablet, "post", f"{own}/note/", written)
    traces.visit(tablet, "get", f"{own}/note/")
    traces.visit(tablet, "post", f"{own}/note/close/")


def test_the_log_names_neither_the_person_nor_what_ails_them(traces: Traces) -> None:
    log = traces.log.getvalue()
    assert log.count('"route": "') > 15, "the journey left its lines"
    assert found_in(log, said_about_health() | said_about_the_person()) == set()


def test_no_address_names_the_person_or_what_ails_them(traces: Traces) -> None:
    addresses = "\n".join(unquote_plus(address) for address in traces.addresses)
    # A telephone number one may tap and an address one may write to are not requests to us.
    requests = re.sub(r"^(tel|mailto):.*$", "", addresses, flags=re.MULTILINE)
    assert len(traces.addresses) > 100
    assert found_in(requests, said_about_health() | said_about_the_person()) == set()


def test_nothing_about_the_client_waits_in_the_broker(traces: Traces) -> None:
    assert traces.published == []


def test_tasks_take_ids_or_nothing() -> None:
    current_app.loader.import_default_modules()
    ours = {
        name: list(inspect.signature(task.run).parameters)
        for name, task in current_app.tasks.items()
        if name.split(".")[0] in ("cryoclinic", "procedures", "clients", "scheduling")
    }
    assert set(ours) == {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert [name for takes in ours.values() for name in takes if not name.endswith("_id")] == []
    planned = settings.CELERY_BEAT_SCHEDULE.values()
    assert [entry for entry in planned if entry.get("args") or entry.get("kwargs")] == []
