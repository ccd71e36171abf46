"""Asking the questionnaire in the browser, and who sees what of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client as Browser

from clients.models import Answer, Clearance, Client, Screening
from cryoclinic.models import User
from procedures.models import Contraindication, Zone

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Browser]
NOON = datetime(2031, 3, 1, 9, tzinfo=UTC)

DETAIL = ["herpes", "Herpes", "fever", "temperature", "couperose", "Couperose", "39 °C"]


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def answered(*yes: str, **other: object) -> dict[str, object]:
    codes = Contraindication.objects.active().values_list("code", flat=True)
    return {code: "yes" if code in yes else "no" for code in codes} | other


def ask(browser: Browser, person: Client, *yes: str, **other: object) -> Screening:
    url = f"/clients/{person.pk}/screenings/new/"
    answer = browser.post(url, answered(*yes, **other))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/clients/{person.pk}/")
    return Screening.objects.latest("id")


def test_the_page_asks_everything_with_nothing_chosen(
    browse: Browse, reception: User, client_person: Client
) -> None:
    page = browse(reception).get(f"/clients/{client_person.pk}/screenings/new/")
    assert page.text.count('value="yes"') == page.text.count('value="no"') == 15
    assert "checked" not in page.text
    assert Screening.objects.count() == 0


def test_all_no_clears_and_leads_to_booking(
    browse: Browse, reception: User, client_person: Client
) -> None:
    browser = browse(reception)
    screening = ask(browser, client_person)
    assert (screening.client, screening.asked_by) == (client_person, reception)
    page = browser.get(f"/clients/{client_person.pk}/")
    told = page.context["summary"]
    assert (told.code, told.title, told.reasons) == ("cleared", "Cleared for everything", ())
    assert f'href="/courses/new/?client={client_person.pk}"' in page.text


@pytest.mark.parametrize(
    ("following", "leads_to"),
    [
        ("/courses/new/?client=1", "/courses/new/?client=1"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
    ],
)
def test_next_is_followed_only_within_the_site(
    browse: Browse, reception: User, client_person: Client, following: str, leads_to: str | None
) -> None:
    url = f"/clients/{client_person.pk}/screenings/new/"
    answer = browse(reception).post(url, answered(next=following))
    assert answer.headers["Location"] == (leads_to or f"/clients/{client_person.pk}/")


def test_a_missing_answer_comes_back_with_the_others_kept(
    browse: Browse, reception: User, client_person: Client
) -> None:
    data = answered("herpes_acute", next="/courses/new/?client=1")
    del data["fever"]
    data["herpes_acute.comment"] = "since Monday"
    answer = browse(reception).post(f"/clients/{client_person.pk}/screenings/new/", data)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"fever": ["Answer yes or no."]}
    assert "Is your body temperature elevated now?</a> Answer yes or no." in answer.text
    assert answer.text.count(" checked") == 14
    assert "since Monday" in answer.text
    assert 'value="/courses/new/?client=1"' in answer.text
    assert Screening.objects.count() == 0


def test_reception_sees_verdict_and_days_but_no_medical_detail(
    browse: Browse, reception: User, client_person: Client
) -> None:
    face = Zone.objects.get(code="face")
    browser = browse(reception)
    screening = ask(
        browser,
        client_person,
        "fever",
        "couperose",
        **{"fever.comment": "39 °C", "couperose.zones": [face.pk]},
    )
    for url in (f"/clients/{client_person.pk}/", f"/clients/screenings/{screening.pk}/"):
        page = browser.get(url)
        assert page.context["summary"].title == "Deferred until 8 March 2031"
        assert page.context["summary"].reasons == (
            "An absolute contraindication (zones: Face, Whole body)",
            "A passing contraindication, until 8 March 2031",
        )
        assert [word for word in DETAIL if word in page.text] == []


def test_clinicians_see_the_answers_as_they_were_asked(
    browse: Browse, reception: User, cosmetologist: User, client_person: Client
) -> None:
    screening = ask(browse(reception), client_person, "fever", **{"fever.comment": "39 °C"})
    page = browse(cosmetologist).get(f"/clients/screenings/{screening.pk}/")
    assert page.context["summary"].reasons == ("Elevated body temperature, until 8 March 2031",)
    assert "Is your body temperature elevated now?" in page.text
    assert "39 °C" in page.text


def test_an_older_screening_says_that_it_no_longer_counts(
    browse: Browse, reception: User, client_person: Client, clock: time_machine.Traveller
) -> None:
    browser = browse(reception)
    old = ask(browser, client_person, "oncology")
    clock.shift(timedelta(minutes=5))
    new = ask(browser, client_person)
    page = browser.get(f"/clients/screenings/{old.pk}/")
    assert "This screening no longer counts" in page.text
    assert f"/clients/screenings/{new.pk}/" in page.text


def test_a_refusal_offers_no_booking(
    browse: Browse, reception: User, client_person: Client
) -> None:
    browser = browse(reception)
    ask(browser, client_person, "oncology")
    page = browser.get(f"/clients/{client_person.pk}/")
    assert page.context["summary"].title == "Refused"
    assert "/courses/new/" not in page.text


def test_a_lapsed_screening_asks_for_another(
    browse: Browse, reception: User, client_person: Client, clock: time_machine.Traveller
) -> None:
    ask(browse(reception), client_person)
    clock.shift(timedelta(days=30))
    page = browse(reception).get(f"/clients/{client_person.pk}/")
    assert page.context["summary"].title == "The last screening was valid until 30 March 2031"


@pytest.fixture
def fever(browse: Browse, reception: User, client_person: Client) -> Answer:
    screening = ask(browse(reception), client_person, "fever")
    return screening.answers.get(present=True)


def test_a_clinician_clears_and_revokes(
    browse: Browse, cosmetologist: User, client_person: Client, fever: Answer
) -> None:
    browser = browse(cosmetologist)
    url = f"/clients/answers/{fever.pk}/clear/"
    assert 'value="2031-03-07"' in browser.get(url).text
    days = {"valid_from": "2031-03-01", "expires_on": "2031-03-07"}
    answer = browser.post(url, days | {"reason": "seen by a doctor"})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/clients/screenings/{fever.screening_id}/",
    )
    page = browser.get(f"/clients/{client_person.pk}/")
    assert page.context["summary"].title == "Cleared for everything"

    revoke = f"/clients/clearances/{Clearance.objects.get().pk}/revoke/"
    assert revoke in browser.get(answer.headers["Location"]).text
    assert browser.get(revoke).status_code == 405
    assert browser.post(revoke).headers["Location"] == answer.headers["Location"]
    page = browser.get(f"/clients/{client_person.pk}/")
    assert page.context["summary"].title == "Deferred until 8 March 2031"


def test_a_refused_clearance_says_the_rule_and_keeps_what_was_typed(
    browse: Browse, cosmetologist: User, fever: Answer
) -> None:
    data = {"valid_from": "2031-03-08", "expires_on": "2031-03-09", "reason": "typed for long"}
    answer = browse(cosmetologist).post(f"/clients/answers/{fever.pk}/clear/", data)
    assert answer.status_code == 422
    assert "It stops nothing any more from March 8, 2031 on." in answer.text
    assert "typed for long" in answer.text
    assert Clearance.objects.count() == 0


def test_no_address_on_any_page_holds_health_data(
    browse: Browse, manager: User, client_person: Client
) -> None:
    browser = browse(manager)
    face = Zone.objects.get(code="face")
    screening = ask(browser, client_person, "fever", "couperose", **{"couperose.zones": [face.pk]})
    told = {
        word
        for entry in Contraindication.objects.all()
        for word in (entry.code, entry.name_en, entry.name_ru)
    }
    answer = screening.answers.filter(present=True, kind="passing").get()
    addresses: list[str] = []
    for page in (
        f"/clients/{client_person.pk}/",
        f"/clients/screenings/{screening.pk}/",
        f"/clients/answers/{answer.pk}/clear/",
        f"/clients/{client_person.pk}/screenings/new/",
    ):
        found = re.findall(r'(?:href|action|hx-\w+)="([^"#]+)"', browser.get(page).text)
        addresses += [unquote(address) for address in found]
    assert len(addresses) > 20
    assert [a for a in addresses for word in told if word in a or word.replace("_", "-") in a] == []
