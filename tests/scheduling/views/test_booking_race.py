"""Thirty-two receptionists press “Book course” on the same slots in the same moment."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from scheduling.models import Course
from tests import factories

WRITERS = 32


def connected(server: str) -> HTTPConnection:
    """An open connection: 32 that open at once would overflow the test server's short queue."""
    connection = HTTPConnection(urlsplit(server).netloc, timeout=60)
    connection.connect()
    return connection


def post(connection: HTTPConnection, path: str, body: str, cookies: str, start: Barrier) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    start.wait()
    connection.request("POST", path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.django_db(transaction=True)
def test_of_many_bookings_of_the_same_slots_one_wins(live_server: LiveServer) -> None:
    clinic = factories.ClinicFactory()
    factories.open_daily(clinic)
    protocol = factories.ProtocolFactory()
    types = [protocol.procedure_type]
    factories.SpecialistFactory(clinic=clinic, skills=types)
    factories.RoomFactory(clinic=clinic, procedure_types=types)
    desk = factories.UserFactory(clinic=clinic, role="receptionist")
    screenings = [factories.ScreeningFactory(asked_by=desk) for _ in range(WRITERS)]
    browser = Browser()
    browser.force_login(desk, backend="django.contrib.auth.backends.ModelBackend")
    data: dict[str, object] = {
        "treatment": f"{protocol.procedure_type.pk}-{protocol.zone.pk}",
        "sessions": 10,
        "indications": factories.IndicationFactory().pk,
        "find": "1",
    }
    path = f"{reverse('scheduling:course_new')}?client="
    answer = browser.post(f"{path}{screenings[0].client_id}", data)
    html = answer.content.decode()
    data |= {
        "slot": re.findall(r'name="slot" value="([^"]+)"', html),
        "planned_for": answer.context["planned_for"],
        "book": "1",
    }
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    browser.get(f"{path}{screenings[0].client_id}")
    assert token
    data["csrfmiddlewaretoken"] = token[1]
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    cookies = "; ".join(f"{name}={browser.cookies[name].value}" for name in names)
    body, start = urlencode(data, doseq=True), Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        answers = [
            pool.submit(
                post, connected(live_server.url), f"{path}{each.client_id}", body, cookies, start
            )
            for each in screenings
        ]
        statuses = Counter(answer.result() for answer in answers)
    assert statuses == {302: 1, 409: WRITERS - 1}
    assert Course.objects.get().appointments.count() == 10
