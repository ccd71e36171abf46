"""The manager's page for what the mails say."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from scheduling.models import Message, Wording
from scheduling.models.message import MessageKind
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/messages/wordings/"
PAGE = "/messages/wordings/reminder/en/"
TYPED = {"subject": "Soon: {when}", "intro": "Dear {name}", "closing": "<i>Bye</i>"}
WRONG = TYPED | {"intro": "Dear {nmae} & co"}


@pytest.fixture
def office(browse, manager) -> Browser:
    return browse(manager)


def kept() -> list[tuple[str, str, str]]:
    return list(Wording.objects.values_list("subject", "intro", "closing"))


def test_list_links_every_kind_in_every_language(office):
    page = office.get(LIST).content.decode()

    for kind in MessageKind:
        for language in ("en", "ru"):
            assert f'href="/messages/wordings/{kind}/{language}/"' in page


@pytest.mark.parametrize("own", [0, 18])
def test_list_asks_a_fixed_number_of_queries(office, clinic, own, django_assert_num_queries):
    every = [(kind, language) for kind in MessageKind for language in ("en", "ru")]
    for kind, language in every[:own]:
        Wording.objects.create(clinic=clinic, kind=kind, language=language, subject="Hi")
    office.get(LIST)

    with django_assert_num_queries(5):
        office.get(LIST)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", MessageKind)
def test_page_begins_with_the_shipped_words_and_shows_the_mail(office, kind, language):
    answer = office.get(f"/messages/wordings/{kind}/{language}/")

    assert answer.status_code == 200
    form, preview = answer.context["form"], answer.context["preview"]
    assert "{clinic}" in form.initial["subject"]
    assert "{" not in preview.subject + preview.body
    assert f'value="{form.initial["subject"]}"'.encode() in answer.content.replace(b"&#x27;", b"'")


def test_preview_shows_what_is_typed_and_keeps_nothing(office):
    answer = office.post(PAGE, TYPED)
    fragment = office.post(PAGE, TYPED, headers={"HX-Request": "true"})

    assert (answer.status_code, fragment.status_code) == (200, 200)
    for each in (answer, fragment):
        preview = each.context["preview"]
        assert preview.subject == "Soon: tomorrow"
        assert "Dear Anna Winter" in preview.body
        # Escaped in the mail, and the mail in the frame's attribute.
        assert b"&amp;lt;i&amp;gt;Bye&amp;lt;/i&amp;gt;" in each.content
    assert b"<html" not in fragment.content
    assert (kept(), Message.objects.count()) == ([], 0)


def test_frame_lets_nothing_run(office):
    answer = office.get(PAGE)

    policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'self'" in policy
    assert not any(part.startswith("script-src") for part in policy)
    assert b"sandbox" in answer.content.partition(b"<iframe")[2].partition(b">")[0]


@pytest.mark.parametrize("button", [{}, {"save": "1"}, {"test": "1"}])
def test_mistake_is_named_and_what_is_typed_is_kept(office, smtp, button):
    answer = office.post(PAGE, WRONG | button)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "intro": ["“{nmae}” is not known here. Did you mean “{name}”?"]
    }
    assert "Dear {nmae} &amp; co</textarea>" in page
    assert (kept(), smtp.mails) == ([], [])


def test_manager_saves_and_gives_up_a_wording(office, clinic):
    saved = office.post(PAGE, TYPED | {"save": "1"})
    after = office.get(PAGE)

    assert (saved.status_code, saved.url) == (302, LIST)
    assert kept() == [("Soon: {when}", "Dear {name}", "<i>Bye</i>")]
    assert (after.context["is_own"], after.context["form"].initial) == (True, TYPED)

    reset = office.post(f"{PAGE}reset/")
    assert (reset.status_code, reset.url) == (302, PAGE)
    assert kept() == []


@pytest.mark.parametrize("subject", ["", "Two\nlines", "x" * 151])
def test_subject_is_one_short_line(office, subject):
    assert office.post(PAGE, TYPED | {"subject": subject, "save": "1"}).status_code == 422
    assert kept() == []


def test_manager_sends_a_test_to_themselves(office, manager, smtp):
    manager.email = "boss@clinic.example"
    manager.save()
    answer = office.post(PAGE, TYPED | {"test": "1"})

    assert answer.status_code == 200
    assert "A test is on its way to boss@clinic.example." in answer.content.decode()
    assert [mail["Subject"] for mail in smtp.mails] == ["Test: Soon: tomorrow"]


def test_test_without_an_address_is_refused_with_the_next_step(office, smtp):
    answer = office.post(PAGE, TYPED | {"test": "1"})

    assert answer.status_code == 409
    assert "Ask a manager to enter it in the admin." in answer.content.decode()


@pytest.mark.parametrize("path", ["nonsense/en/", "reminder/de/", "reminder/en/x/"])
def test_addresses_of_nothing_are_not_found(office, path):
    assert office.get(LIST + path).status_code == 404


def test_outsiders_word_nothing(browse, reception, cosmetologist):
    for user, status in ((reception, 403), (cosmetologist, 403), (None, 302)):
        visitor = browse(user)
        assert visitor.get(LIST).status_code == status
        assert visitor.post(PAGE, TYPED | {"save": "1"}).status_code == status
        assert visitor.post(f"{PAGE}reset/").status_code == status
    assert kept() == []


def test_manager_elsewhere_words_their_own_clinic_s_mails(browse, office, clinic):
    office.post(PAGE, TYPED | {"save": "1"})
    elsewhere = factories.UserFactory(role="manager")
    browse(elsewhere).post(f"{PAGE}reset/")
    browse(elsewhere).post(PAGE, TYPED | {"subject": "Theirs", "save": "1"})

    assert dict(Wording.objects.values_list("clinic", "subject")) == {
        clinic.pk: "Soon: {when}",
        elsewhere.clinic.pk: "Theirs",
    }


def test_broken_wording_is_told_on_the_messages_page(office, browse, reception, clinic):
    Wording.objects.create(clinic=clinic, kind="reminder", language="en", subject="{gone}")

    told = "1 wording of the clinic's own can't be used"
    assert told in office.get("/messages/").content.decode()
    assert told in browse(reception).get("/messages/").content.decode()
    assert "can't be used" in office.get(LIST).content.decode()


def test_message_that_fell_back_says_so(browse, reception, clinic):
    message = Message.objects.create(
        clinic=clinic, kind="proposals_waiting", due_at=timezone.now(), fell_back=True
    )

    desk = browse(reception)
    assert "in the shipped words" in desk.get("/messages/").content.decode()
    told = "It went out in the shipped words: the clinic's own could not be used."
    assert told in desk.get(f"/messages/{message.pk}/").content.decode()
