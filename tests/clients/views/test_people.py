"""Finding, adding and changing clients in the browser."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from cryoclinic.models import User
from tests import factories

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Browser]

CARD = {"name": "Анна Петрова", "phone": "8 912 345-67-89", "language": "ru"}


def queries(browser: Browser, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_list_shows_those_found(browse: Browse, reception: User) -> None:
    found = factories.ClientFactory(name="Анна Петрова", phone="+79123456789")
    factories.ClientFactory(name="Иван Сидоров")
    page = browse(reception).get("/clients/", {"q": "8 912 345"})
    assert page.context["page"].clients == (found,)
    assert "+7 912 345-67-89" in page.text
    assert page.templates[0].name == "clients/list.html"


def test_list_answers_htmx_with_the_results_alone(browse: Browse, reception: User) -> None:
    factories.ClientFactory(name="Анна Петрова")
    page = browse(reception).get("/clients/", {"q": "анн"}, headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert "Анна Петрова" in page.text
    assert "HX-Request" in page.headers["Vary"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "No clients yet"),
        ("an", "Type at least three characters"),
        ("<b>zz</b>", "Nobody is found by “&lt;b&gt;zz&lt;/b&gt;”"),
    ],
)
def test_an_empty_list_says_what_to_do(
    browse: Browse, reception: User, typed: str, told: str
) -> None:
    page = browse(reception).get("/clients/", {"q": typed})
    assert told in page.text


def test_nobody_found_is_added_with_what_was_typed(browse: Browse, reception: User) -> None:
    browser = browse(reception)
    page = browser.get("/clients/", {"q": "8 912 345"})
    assert page.context["new_url"] == "/clients/new/?q=8+912+345"
    assert 'value="8 912 345"' in browser.get(page.context["new_url"]).text


@pytest.mark.parametrize("after", ["0", "987654", "x", "-1", "9" * 30])
def test_a_page_after_nobody_is_the_first(browse: Browse, reception: User, after: str) -> None:
    person = factories.ClientFactory()
    page = browse(reception).get("/clients/", {"after": after})
    assert page.context["page"].clients == (person,)


def test_list_takes_the_same_queries_for_one_and_for_thirty(
    browse: Browse, reception: User
) -> None:
    browser = browse(reception)
    factories.ClientFactory()
    for_one = queries(browser, "/clients/?q=client")
    factories.ClientFactory.create_batch(29)
    assert queries(browser, "/clients/?q=client") == for_one
    assert for_one <= 6


def test_a_client_is_added_and_opened(browse: Browse, reception: User) -> None:
    answer = browse(reception).post("/clients/new/", CARD)
    person = Client.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/clients/{person.pk}/")
    assert (person.name, person.phone) == ("Анна Петрова", "+79123456789")
    events = apps.get_model("clients", "ClientEvent").objects.values_list(
        "pgh_context__user", flat=True
    )
    assert list(events) == [reception.pk]


def test_a_wrong_card_comes_back_with_everything_typed(browse: Browse, reception: User) -> None:
    answer = browse(reception).post(
        "/clients/new/", CARD | {"phone": "12", "note": "typed for minutes"}
    )
    assert answer.status_code == 422
    assert "typed for minutes" in answer.text
    assert "“12” is not a phone number" in answer.text
    assert Client.objects.count() == 0


def test_a_lookalike_is_shown_and_can_be_added_anyway(browse: Browse, reception: User) -> None:
    same = factories.ClientFactory(name="Анна Орлова", phone="+79123456789")
    browser = browse(reception)
    answer = browser.post("/clients/new/", CARD | {"note": "typed"})
    assert answer.status_code == 422
    assert "Анна Орлова" in answer.text
    assert reverse("clients:detail", args=[same.pk]) in answer.text
    assert f'name="anyway" value="{same.pk}"' in answer.text
    assert "typed" in answer.text
    assert browser.post("/clients/new/", CARD | {"anyway": same.pk}).status_code == 302
    assert Client.objects.count() == 2


def test_a_card_is_changed(browse: Browse, reception: User, client_person: Client) -> None:
    browser = browse(reception)
    url = f"/clients/{client_person.pk}/edit/"
    assert client_person.name in browser.get(url).text
    answer = browser.post(url, CARD)
    client_person.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/clients/{client_person.pk}/",
    )
    assert (client_person.name, client_person.email) == ("Анна Петрова", "")


def test_the_desk_sees_and_changes_whether_advice_is_sent(
    browse: Browse, reception: User, client_person: Client
) -> None:
    browser, url = browse(reception), f"/clients/{client_person.pk}/"
    card = CARD | {"email": "anna@example.com", "email_consent": "on"}
    for more, told in (
        ({}, "no advice after sessions"),
        ({"optional_mail": "on"}, "gets advice after sessions, too"),
    ):
        assert browser.post(f"{url}edit/", card | more).status_code == 302
        client_person.refresh_from_db()
        assert client_person.optional_mail is bool(more)
        assert told in browser.get(url).text
    assert browser.post(f"{url}edit/", card | {"email_consent": ""}).status_code == 302
    assert "advice after sessions" not in browser.get(url).text


def test_detail_of_somebody_unscreened_leads_to_the_questions(
    browse: Browse, reception: User, client_person: Client
) -> None:
    page = browse(reception).get(f"/clients/{client_person.pk}/")
    assert page.context["summary"].title == "Not screened yet"
    assert f"/clients/{client_person.pk}/screenings/new/" in page.text
    assert "/courses/new/" not in page.text


def test_detail_links_courses_without_knowing_them(
    browse: Browse, reception: User, client_person: Client
) -> None:
    factories.ScreeningFactory(client=client_person, asked_by=reception)
    page = browse(reception).get(f"/clients/{client_person.pk}/")
    assert f'hx-get="/clients/{client_person.pk}/courses/"' in page.text
    assert f'href="/clients/{client_person.pk}/courses/"' in page.text
    assert f'href="/courses/new/?client={client_person.pk}"' in page.text


def test_detail_takes_the_same_queries_for_one_and_for_thirty_screenings(
    browse: Browse, reception: User, client_person: Client
) -> None:
    browser, url = browse(reception), f"/clients/{client_person.pk}/"
    factories.ScreeningFactory(client=client_person, asked_by=reception)
    for_one = queries(browser, url)
    for _number in range(29):
        factories.AnswerFactory(
            screening=factories.ScreeningFactory(client=client_person, asked_by=reception)
        )
    assert queries(browser, url) == for_one


def test_detail_of_nobody_is_not_found(browse: Browse, reception: User) -> None:
    assert browse(reception).get("/clients/987654/").status_code == 404
