"""/my-day/: the specialist's own, and nobody else's."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client as Browser

from cryoclinic.models import User
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.treatment_room import MORNING, visit_today

pytestmark = pytest.mark.django_db

Browse = Callable[[User | None], Browser]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING):
        yield


def test_it_shows_todays_visits_and_the_next_step(
    practice: Practice, cosmetologist: User, browse: Browse
) -> None:
    appointment = visit_today(practice)
    page = browse(cosmetologist).get("/my-day/")
    assert page.status_code == 200
    assert practice.person.name in page.text
    assert f"/appointments/{appointment.pk}/start/" in page.text


def test_an_empty_day_says_so_and_offers_the_days_around_it(
    practice: Practice, cosmetologist: User, browse: Browse
) -> None:
    page = browse(cosmetologist).get("/my-day/?date=2026-11-25")
    assert "Nobody is booked with you on this day" in page.text
    assert "?date=2026-11-24" in page.text
    assert "?date=2026-11-26" in page.text


@pytest.mark.parametrize("asked", ["", "soon", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_a_wrong_date_is_today(
    practice: Practice, cosmetologist: User, browse: Browse, asked: str
) -> None:
    page = browse(cosmetologist).get("/my-day/", {"date": asked})
    assert page.context["my_day"].is_today


def test_who_is_no_specialist_is_told_what_to_do(clinic: object, browse: Browse) -> None:
    page = browse(factories.UserFactory(clinic=clinic, role="cosmetologist")).get("/my-day/")
    assert page.status_code == 200
    assert "Your account is not a specialist's" in page.text


def test_it_is_not_for_the_desk(
    practice: Practice, reception: User, manager: User, browse: Browse
) -> None:
    assert browse(reception).get("/my-day/").status_code == 403
    assert browse(manager).get("/my-day/").status_code == 403
    assert browse(None).get("/my-day/")["Location"] == "/accounts/login/?next=/my-day/"
