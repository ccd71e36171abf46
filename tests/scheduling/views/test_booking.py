"""Booking a course in the browser: the plan, its changes, and the booking that happens once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from cryoclinic.models import User
from scheduling.models import Course
from tests import factories
from tests.fixtures import Practice

Browse = Callable[[User | None], Browser]
Data = dict[str, object]


@pytest.fixture(autouse=True)
def monday() -> object:
    with time_machine.travel("2026-05-04 06:30:00Z", tick=False):
        yield


def address(practice: Practice) -> str:
    return f"{reverse('scheduling:course_new')}?client={practice.person.pk}"


def wished(practice: Practice, **wishes: object) -> Data:
    pair = f"{practice.procedure_type.pk}-{practice.zone.pk}"
    return {"treatment": pair, "sessions": 10, "indications": [practice.indication.pk], **wishes}


def hidden(html: str, name: str) -> list[str]:
    """The values of the page's hidden fields of that name."""
    return re.findall(rf'name="{name}" value="([^"]+)"', html)


def planned(browser: Browser, practice: Practice, **wishes: object) -> Data:
    """The form as the page has it after “Find times”."""
    data = wished(practice, **wishes)
    html = browser.post(address(practice), {**data, "find": "1"}).content.decode()
    return {
        **data,
        "slot": hidden(html, "slot"),
        "planned_for": hidden(html, "planned_for")[0],
        "booking_key": hidden(html, "booking_key")[0],
    }


def test_a_course_is_booked_in_two_submits(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    assert browser.get(address(practice)).status_code == 200
    data = planned(browser, practice)
    assert len(data["slot"]) == 10
    answer = browser.post(address(practice), {**data, "book": "1"}, follow=True)
    course = Course.objects.get()
    assert answer.redirect_chain == [(reverse("scheduling:course", args=[course.pk]), 302)]
    days = list(course.appointments.order_by("day").values_list("day", flat=True))
    gaps = {(after - before).days for before, after in zip(days, days[1:], strict=False)}
    assert len(days) == 10
    assert gaps <= {2, 3}
    assert [str(message) for message in answer.context["messages"]] == [
        f"Booked: 10 sessions, 4 May – 22 May. Confirmation is sent to {practice.person.email}."
    ]
