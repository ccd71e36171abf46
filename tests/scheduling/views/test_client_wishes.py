"""Answers before a visit, language, e-mail, and the link that ends it, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser

from clients.models import Client
from cryoclinic.models import Clinic, User
from procedures.models import Contraindication
from scheduling.links import unsubscribe_url
from scheduling.models import PreVisitAnswer
from scheduling.services.pre_visit import review_answer
from tests import factories
from tests.scheduling.client_link import LinkHolder, link_holder
from tests.scheduling.outbox_clinic import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def holder(clinic: Clinic, clock: time_machine.Traveller) -> LinkHolder:
    return link_holder(clinic)


@pytest.fixture
def fever(db: None) -> Contraindication:
    return Contraindication.objects.get(code="fever")


def said(holder: LinkHolder) -> list[tuple[bool, list[int], str]]:
    answers = PreVisitAnswer.objects.filter(appointment__course=holder.course).order_by("id")
    return list(answers.values_list("changed", "present", "comment"))


def test_the_passing_contraindications_are_asked_in_the_client_s_language(holder):
    Client.objects.filter(pk=holder.course.client_id).update(language="ru")
    asked = holder.get(holder.address(holder.visits[0], "changes")).context["form"]["present"]
    assert [option.choice_label for option in asked] == list(
        Contraindication.objects.active()
        .filter(kind="passing")
        .values_list("question_ru", flat=True)
    )


def test_no_is_kept_once_and_the_visit_goes_on(holder):
    visit = holder.visits[0]
    answers = [holder.post(visit, "changes", changed="no") for _again in range(2)]
    assert [(each.status_code, each.url) for each in answers] == [
        (302, f"{holder.page}?done=answered")
    ] * 2
    assert said(holder) == [(False, [], "")]
    assert "You have answered the question before this visit." in holder.get().text


def test_yes_holds_the_visit_and_is_not_shown_again(holder, fever):
    visit = holder.visits[0]
    sent = {"changed": "yes", "present": [fever.pk], "comment": "since Sunday"}
    answers = [holder.post(visit, "changes", **sent) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert said(holder) == [(True, [fever.pk], "since Sunday")]
    for address in (holder.page, holder.address(visit, "changes")):
        page = holder.get(address).text
        assert "We are looking at your answer before this visit." in page
        assert [word for word in (fever.name_en, fever.question_en, "Sunday") if word in page] == []


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"changed": "yes"}, "Tick what has changed, or write it."),
        ({"changed": "no", "comment": "a rash"}, "so something has changed."),
        ({}, "Your answer could not be read."),
        ({"changed": "yes", "present": ["1000000"]}, "Your answer could not be read."),
        ({"changed": "perhaps"}, "Your answer could not be read."),
    ],
)
def test_what_is_no_answer_is_asked_for_again(holder, sent, told):
    answer = holder.post(holder.visits[0], "changes", **sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert said(holder) == []


def test_an_absolute_contraindication_is_not_asked_here(holder):
    absolute = Contraindication.objects.filter(kind="absolute").earliest("pk")
    answer = holder.post(holder.visits[0], "changes", changed="yes", present=[absolute.pk])
    assert (answer.status_code, said(holder)) == (422, [])


def test_while_one_answer_is_looked_at_no_other_is_taken(holder, fever):
    visit = holder.visits[0]
    holder.post(visit, "changes", changed="yes", present=[fever.pk])
    answer = holder.post(visit, "changes", changed="no")
    assert answer.status_code == 409
    assert "We are still looking at your earlier answer." in answer.text
    assert said(holder) == [(True, [fever.pk], "")]


def test_reviewed_it_can_be_answered_again(holder, fever, cosmetologist):
    visit = holder.visits[0]
    holder.post(visit, "changes", changed="yes", present=[fever.pk])
    review_answer(by=cosmetologist, answer=PreVisitAnswer.objects.get(), outcome="goes_on")
    for _again in range(2):
        holder.post(visit, "changes", changed="yes", present=[fever.pk])
    assert said(holder) == [(True, [fever.pk], "")] * 2
    assert PreVisitAnswer.objects.to_review().count() == 1


def test_after_a_move_it_is_asked_again(holder):
    visit = holder.visits[2]
    holder.post(visit, "changes", changed="no")
    visit.refresh_from_db()
    visit.schedule_version += 1
    visit.save()
    assert holder.get(holder.address(visit, "changes")).context["visit"].question == "open"
    holder.post(visit, "changes", changed="no")
    assert said(holder) == [(False, [], "")] * 2


def test_a_visit_that_has_begun_is_not_asked_about(holder, clock):
    visit = holder.visits[0]
    clock.move_to(visit.starts_at)
    assert holder.post(visit, "changes", changed="no").status_code == 409
    assert said(holder) == []


@pytest.mark.parametrize(
    ("mail", "consent", "optional"),
    [("all", True, True), ("needed", True, False), ("none", False, False)],
)
def test_language_and_mail_are_the_client_s_to_set(holder, mail, consent, optional):
    answers = [
        holder.browser.post(f"{holder.page}wishes/", {"language": "ru", "mail": mail})
        for _again in range(2)
    ]
    client = Client.objects.get(pk=holder.course.client_id)
    assert [answer.url for answer in answers] == [f"{holder.page}?done=saved"] * 2
    assert (client.language, client.email_consent, client.optional_mail) == (
        "ru",
        consent,
        optional,
    )
    assert (client.email_consent_at is not None) == consent
    event = client.events.latest("pgh_id")  # type: ignore[attr-defined]  # made at run time
    assert event.pgh_context == {"user": User.objects.client_by_link().pk}
    assert "Ваши пожелания сохранены." in holder.get(f"{holder.page}?done=saved").text


def test_wishes_that_are_none_are_refused(holder):
    answer = holder.browser.post(f"{holder.page}wishes/", {"language": "tlh", "mail": "some"})
    client = Client.objects.get(pk=holder.course.client_id)
    assert answer.status_code == 422
    assert (client.language, client.email_consent) == ("en", True)


def unsubscribe(client: Client, **data: str) -> tuple[int, bool, bool]:
    """As a mail provider does it: no cookie, no page seen before."""
    browser = Browser(enforce_csrf_checks=True)
    path = unsubscribe_url(client).split("/u/")[1]
    answer = browser.post(f"/u/{path}", data, headers={"Origin": "null"})
    client.refresh_from_db()
    return answer.status_code, client.email_consent, client.optional_mail


def test_one_click_ends_the_optional_mail(db):
    client = factories.ClientFactory()
    one_click = {"List-Unsubscribe": "One-Click"}
    assert [unsubscribe(client, **one_click) for _again in range(2)] == [(200, True, False)] * 2


def test_the_button_ends_all_mail_and_one_click_later_gives_none_back(db):
    client = factories.ClientFactory()
    assert unsubscribe(client, all="1") == (200, False, False)
    assert unsubscribe(client, **{"List-Unsubscribe": "One-Click"}) == (200, False, False)


def test_the_unsubscribe_page_shows_buttons_and_changes_nothing(db):
    client = factories.ClientFactory()
    answer = Browser().get(f"/u/{unsubscribe_url(client).split('/u/')[1]}")
    client.refresh_from_db()
    assert (answer.status_code, client.email_consent, client.optional_mail) == (200, True, True)
    assert "Stop the advice" in answer.text
    assert client.name not in answer.text


def test_the_page_s_token_unsubscribes_nobody_and_the_other_way_round(holder):
    token = unsubscribe_url(holder.course.client).split("/u/")[1].strip("/")
    assert Browser().post(f"/u/{holder.token}/").status_code == 404
    assert Browser().get(f"/v/{token}/").status_code == 404
    holder.course.client.refresh_from_db()
    assert holder.course.client.optional_mail


def test_an_unsubscribe_link_ends_too(db, clock):
    client = factories.ClientFactory()
    path = f"/u/{unsubscribe_url(client).split('/u/')[1]}"
    clock.move_to(NOON + timedelta(days=366))
    assert Browser().post(path).status_code == 410
