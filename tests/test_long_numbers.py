"""Past its thousandth row a number is written with separators to people, never to the browser."""

import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from cryoclinic.models import User
from scheduling.models import Course
from tests.fixtures import Practice

GROUPED = re.compile(
    r"\b(?:href|action|formaction|hx-get|hx-post|value|name|id|for|content|datetime)="
    r'"[^"]*\b\d{1,3}(?:[,\s]\d{3})+\b[^"]*"'
)


@pytest.fixture(autouse=True)
def years_later(db: None) -> None:
    """Every table's next row gets a number of seven digits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences"
            " WHERE schemaname = 'public' AND coalesce(last_value, 1) < 2811000"
        )
        for (sequence,) in cursor.fetchall():
            cursor.execute("SELECT setval(%s, 2811000)", [sequence])


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-05-04 06:30:00Z", tick=False):
        yield


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_course_is_booked_and_looked_at_past_the_thousandth_client(
    browse: Callable[[User], Browser], reception: User, practice: Practice, language: str
) -> None:
    browser = browse(reception)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    pages: list[str] = []

    def get(path: str) -> str:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        pages.append(answer.content.decode())
        return pages[-1]

    card = get(reverse("clients:detail", args=[practice.person.pk]))
    booking = f"{reverse('scheduling:course_new')}?client={practice.person.pk}"
    assert f'href="{booking}"' in card
    get(booking)
    wished = {
        "treatment": f"{practice.procedure_type.pk}-{practice.zone.pk}",
        "sessions": 10,
        "indications": [practice.indication.pk],
        "specialist": practice.specialist.pk,
    }
    found = browser.post(booking, {**wished, "find": "1"}).content.decode()
    hidden = {
        name: re.findall(rf'name="{name}" value="([^"]+)"', found)
        for name in ("slot", "planned_for", "booking_key")
    }
    opened = browser.post(booking, {**wished, **hidden, "open": "3"}).content.decode()
    pages += [found, opened]
    booked = browser.post(booking, {**wished, **hidden, "book": "1"})
    course = Course.objects.get()
    assert booked.headers["Location"] == reverse("scheduling:course", args=[course.pk])
    get(booked.headers["Location"])
    visit = course.appointments.earliest("pk")
    get(reverse("scheduling:appointment", args=[visit.pk]))
    get(reverse("scheduling:move_appointment", args=[visit.pk]))
    get(f"{reverse('scheduling:board')}?date={visit.day}")
    get(f"{reverse('clients:list')}?q={practice.person.phone[-4:]}")
    assert [GROUPED.findall(page) for page in pages] == [[]] * len(pages)
    assert min(practice.person.pk, practice.zone.pk, course.pk, visit.pk) > 2811000
