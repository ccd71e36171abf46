"""Free times as data."""

from datetime import date, time

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import make_appointment

pytestmark = pytest.mark.django_db

MONDAY = date(2031, 3, 3)


@pytest.fixture(autouse=True)
def sunday(time_machine) -> None:
    time_machine.move_to("2031-03-02 09:00:00Z")


def ask(browser, practice, **changes):
    facts = {"protocol": practice.protocol.pk, "from": MONDAY.isoformat(), "days": 2}
    return browser.get(reverse("scheduling:slots"), facts | changes)


def test_free_times_leave_out_what_is_booked(practice, reception, browse):
    course = factories.CourseFactory(
        clinic=practice.clinic, procedure_type=practice.procedure_type, zone=practice.zone
    )
    make_appointment(course, day=MONDAY, at=time(12), specialist=practice.specialist)
    answer = ask(browse(reception), practice)
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "from": "2031-03-03",
            "days": 2,
            "specialists": [
                {
                    "id": practice.specialist.pk,
                    "name": practice.specialist.name,
                    "days": {
                        "2031-03-03": [["09:00", "11:40"], ["12:20", "17:15"]],
                        "2031-03-04": [["09:00", "17:15"]],
                    },
                }
            ],
        },
    )


def test_a_question_that_can_t_be_answered_says_why(practice, reception, browse):
    answer = ask(browse(reception), practice, days=500, **{"from": "2031-03-01"})
    assert answer.status_code == 422
    assert {
        name: [e["message"] for e in found] for name, found in answer.json()["errors"].items()
    } == {
        "days": ["Ensure this value is less than or equal to 120."],
        "from": ["Choose a day from today on, within a year."],
    }


def test_strangers_get_no_times(practice, browse):
    assert ask(browse(None), practice).status_code == 302
    outsider = factories.UserFactory(clinic=practice.clinic)
    assert ask(browse(outsider), practice).status_code == 403


@pytest.mark.parametrize("specialists", [1, 30])
def test_the_number_of_queries_is_fixed(
    practice, reception, browse, django_assert_num_queries, specialists
):
    for _number in range(specialists - 1):
        factories.SpecialistFactory(clinic=practice.clinic, skills=[practice.procedure_type])
    browser = browse(reception)
    ask(browser, practice)
    with django_assert_num_queries(8):
        assert len(ask(browser, practice).json()["specialists"]) == specialists
