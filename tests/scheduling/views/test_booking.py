"""Booking a course in the browser: the plan, its changes, and the booking that happens once."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from cryoclinic.models import User
from scheduling.clock import wall_time
from scheduling.models import Course
from scheduling.proposals import parse_slot
from tests import factories
from tests.fixtures import Practice

Browse = Callable[[User | None], Browser]
Data = dict[str, Any]


@pytest.fixture(autouse=True)
def monday() -> object:
    with time_machine.travel("2026-05-04 06:30:00Z", tick=False):
        yield


def address(practice: Practice) -> str:
    return f"{reverse('scheduling:course_new')}?client={practice.person.pk}"


def wished(practice: Practice, **wishes: Any) -> Data:
    pair = f"{practice.procedure_type.pk}-{practice.zone.pk}"
    return {"treatment": pair, "sessions": 10, "indications": [practice.indication.pk], **wishes}


def hidden(html: str, name: str) -> list[str]:
    """The values of the page's hidden fields of that name."""
    return re.findall(rf'name="{name}" value="([^"]+)"', html)


def planned(browser: Browser, practice: Practice, **wishes: Any) -> Data:
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
    gaps = {(after - before).days for before, after in pairwise(days)}
    assert len(days) == 10
    assert gaps <= {2, 3}
    assert [str(message) for message in answer.context["messages"]] == [
        f"Booked: 10 sessions, 4 May – 22 May. Confirmation is sent to {practice.person.email}."
    ]


def test_finding_times_writes_nothing(browse: Browse, reception: User, practice: Practice) -> None:
    answer = browse(reception).post(address(practice), {**wished(practice), "find": "1"})
    assert answer.status_code == 200
    assert not Course.objects.exists()


def test_a_double_click_books_once(browse: Browse, reception: User, practice: Practice) -> None:
    browser = browse(reception)
    data = {**planned(browser, practice), "book": "1"}
    first, second = (browser.post(address(practice), data) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Course.objects.count() == 1


HTMX = {"HX-Request": "true"}


def test_htmx_gets_the_answer_alone_and_is_sent_on_after_booking(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    data = wished(practice)
    answer = browser.post(address(practice), {**data, "find": "1"}, headers=HTMX)
    assert answer.content.decode().lstrip().startswith('<div class="booking-plan"')
    assert "HX-Retarget" not in answer.headers
    data = {**planned(browser, practice), "book": "1"}
    answer = browser.post(address(practice), data, headers=HTMX)
    course = Course.objects.get()
    assert answer.headers["HX-Redirect"] == reverse("scheduling:course", args=[course.pk])


def test_htmx_gets_the_form_too_where_it_changed(
    browse: Browse, reception: User, practice: Practice
) -> None:
    """A mistake, the form without it, and a wish that a button has changed."""
    browser = browse(reception)
    for changes, status in (
        ({"sessions": 99, "find": "1"}, 422),
        ({"mended": "1", "find": "1"}, 200),
        ({"weekdays": ["0"], "relax": "weekdays:0,2,4"}, 200),
    ):
        answer = browser.post(address(practice), wished(practice, **changes), headers=HTMX)
        html = answer.content.decode()
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (status, "#booking")
        assert html.lstrip().startswith('<form id="booking"')
        assert ('name="mended"' in html) == (status == 422)


def test_one_session_is_changed_and_the_gaps_are_told_anew(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    data = planned(browser, practice)
    opened = browser.post(address(practice), {**data, "open": "9"}).content.decode()
    choices = re.findall(r'name="choose"\s+value="9:([^"]+)"', opened)
    later = next(token for token in choices if token.startswith("2026-05-25"))
    changed = browser.post(address(practice), {**data, "choose": f"9:{later}"})
    html = changed.content.decode()
    assert hidden(html, "slot") == [*data["slot"][:9], later]
    assert "10 sessions, 4 May – 25 May" in html
    data |= {"slot": hidden(html, "slot"), "book": "1"}
    browser.post(address(practice), data)
    assert Course.objects.get().appointments.filter(day="2026-05-25").count() == 1


def test_wishes_changed_after_finding_are_not_booked_unseen(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    data = {**planned(browser, practice), "weekdays": ["0", "2", "4"], "book": "1"}
    answer = browser.post(address(practice), data)
    assert answer.status_code == 409
    assert "The wishes were changed after these times were found." in answer.content.decode()
    assert len(hidden(answer.content.decode(), "slot")) == 10
    assert not Course.objects.exists()


def taken_meanwhile(practice: Practice, token: str) -> None:
    slot = parse_slot(token)
    factories.make_appointment(
        factories.CourseFactory(clinic=practice.clinic, protocol=practice.protocol),
        day=slot.day,
        at=wall_time(slot.cell),
        specialist=practice.specialist,
        room=practice.room,
    )


def test_a_slot_taken_meanwhile_answers_409_with_the_times_nearest_to_it(
    browse: Browse, reception: User, practice: Practice
) -> None:
    """Nothing is planned anew: the plan stays as it was sent, and one button puts it right."""
    browser = browse(reception)
    data = {**planned(browser, practice), "weekdays": [], "around": ""}
    third = data["slot"][2]
    taken_meanwhile(practice, third)
    answer = browser.post(address(practice), {**data, "book": "1"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert f"{practice.specialist} is not free on Fri 8 May until " in html
    assert hidden(html, "slot") == data["slot"]
    assert hidden(html, "booking_key") == [data["booking_key"]]
    assert hidden(html, "planned_for") == [data["planned_for"]]
    kept = answer.context["kept"]
    assert [line.state for line in kept.lines] == ["", "", "taken", *[""] * 7]
    assert (kept.prefix, kept.others, kept.is_refused) == ("2:", 0, True)
    [nearby] = kept.nearby
    assert parse_slot(nearby.token).day == parse_slot(third).day
    choice = {"choose": f"{kept.prefix}{nearby.token}"}
    changed = browser.post(address(practice), {**data, **choice}).content.decode()
    data["slot"][2] = nearby.token
    assert hidden(changed, "slot") == data["slot"]
    assert browser.post(address(practice), {**data, "book": "1"}).status_code == 302


def test_a_plan_taken_as_a_whole_says_so_and_a_new_one_is_one_button_away(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    data = planned(browser, practice)
    for token in data["slot"]:
        taken_meanwhile(practice, token)
    answer = browser.post(address(practice), {**data, "book": "1"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert html.lstrip().startswith('<div class="booking-plan"')
    assert "9 more sessions of this plan are taken as well." in html
    assert {line.state for line in answer.context["kept"].lines} == {"taken"}
    assert 'name="find"' in html
    anew = browser.post(address(practice), {**data, "find": "1"}, headers=HTMX)
    assert len(hidden(anew.content.decode(), "slot")) == 10
    assert not set(hidden(anew.content.decode(), "slot")) & set(data["slot"])


def test_an_open_course_of_the_same_is_told_before_times_are_chosen(
    browse: Browse, reception: User, practice: Practice
) -> None:
    factories.CourseFactory(
        clinic=practice.clinic, client=practice.person, protocol=practice.protocol
    )
    answer = browse(reception).post(address(practice), {**wished(practice), "find": "1"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "already has an open course of this procedure on this zone." in html
    assert hidden(html, "slot") == []


def test_an_impossible_wish_names_the_way_out_and_one_click_takes_it(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    data = wished(practice, weekdays=["0"])
    html = browser.post(address(practice), {**data, "find": "1"}).content.decode()
    assert hidden(html, "slot") == []
    assert "Only 8 of 10 sessions fit with these wishes." in html
    way = re.search(r'name="relax"\s+value="(weekdays:[^"]+)"', html)
    assert way
    html = browser.post(address(practice), {**data, "relax": way[1]}).content.decode()
    assert len(hidden(html, "slot")) == 10


def test_a_client_without_a_valid_screening_is_sent_to_it(
    browse: Browse, reception: User, practice: Practice
) -> None:
    unscreened = factories.ClientFactory()
    path = f"{reverse('scheduling:course_new')}?client={unscreened.pk}"
    html = browse(reception).get(path).content.decode()
    screen = reverse("clients:screen", args=[unscreened.pk])
    assert "The client has not been screened yet." in html
    assert f'href="{screen}?next=/courses/new/%3Fclient%3D{unscreened.pk}"' in html
    assert "Find times" not in html


def contraindicated(practice: Practice, *, days: int | None) -> None:
    """A “yes” in the client's screening: for good, or for so many days."""
    kind = "passing" if days else "absolute"
    factories.AnswerFactory(
        screening=practice.screening,
        contraindication=factories.ContraindicationFactory(kind=kind, default_days=days),
        present=True,
        stops_until=days and practice.clinic.today() + timedelta(days=days),
    )


def test_a_refused_verdict_stops_with_the_reason(
    browse: Browse, reception: User, practice: Practice
) -> None:
    contraindicated(practice, days=None)
    answer = browse(reception).post(address(practice), {**wished(practice), "find": "1"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "The screening refuses this procedure on this zone." in html
    assert "An absolute contraindication." in html
    assert "Contraindication" not in html
    assert hidden(html, "slot") == []


def test_a_deferral_says_until_when_and_the_plan_starts_after_it(
    browse: Browse, reception: User, practice: Practice
) -> None:
    contraindicated(practice, days=10)
    answer = browse(reception).post(address(practice), {**wished(practice), "find": "1"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "the plan starts on Thu 14 May or later" in html
    assert min(hidden(html, "slot")).startswith("2026-05-14")


def test_an_invalid_form_answers_422_and_keeps_what_was_typed(
    browse: Browse, reception: User, practice: Practice
) -> None:
    data = wished(practice, earliest="18:00", latest="10:00", sessions=3)
    answer = browse(reception).post(address(practice), {**data, "find": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "latest": ["This has to be later than the time before it."],
        "sessions": ["A course of this procedure has 10 to 12 sessions."],
    }
    assert 'value="18:00"' in answer.content.decode()


def test_slots_that_nobody_offered_are_refused_in_words(
    browse: Browse, reception: User, practice: Practice
) -> None:
    browser = browse(reception)
    data = planned(browser, practice)
    for crooked in (
        "2026-05-04.9999.1.1.-",
        "1999-01-01.-5.1.1.-",
        "nonsense",
        "0001-01-01.0.0.0.0",
    ):
        for step in ({"book": "1"}, {"open": "0"}, {"choose": f"0:{crooked}"}):
            slots = [crooked, *data["slot"][1:]]
            answer = browser.post(address(practice), {**data, "slot": slots, **step})
            assert answer.status_code in (200, 409, 422), (crooked, step)
    assert not Course.objects.exists()


def test_booking_is_for_those_who_may(
    browse: Browse, cosmetologist: User, practice: Practice
) -> None:
    assert browse(cosmetologist).get(address(practice)).status_code == 403
    assert browse(None).get(address(practice)).status_code == 302
