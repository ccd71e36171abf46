"""A clinic's own words: kept, used, taken back, and no danger to a reminder."""

import pytest
import time_machine

from cryoclinic.changes import event_model_of
from scheduling.emails.words import Draft
from scheduling.errors import MailNotTaken, WordingMistaken
from scheduling.models import Message, Wording
from scheduling.models.message import MessageKind
from scheduling.selectors.wordings import broken_wordings, wording_table
from scheduling.services.outbox import announce_course
from scheduling.services.wording import reset_wording, save_wording, send_test
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course, send
from tests.smtp import html_of, text_of

pytestmark = pytest.mark.django_db

PLAN = MessageKind.COURSE_BOOKED
OWN = Draft(
    subject="Hi {name} & welcome: {sessions}",
    intro="Dear <b>{name}</b>,\nglad to have you.\n\nFrom {day} at {time}.",
    closing="Yours, {clinic}",
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def own(clinic, manager, draft=OWN, *, kind=PLAN, language="en"):
    return save_wording(by=manager, clinic=clinic, kind=kind, language=language, draft=draft)


def plan_of(clinic, **client):
    """The mail of a course's plan as it arrives."""
    course, visits = make_course(clinic)
    for name, value in client.items():
        setattr(course.client, name, value)
    course.client.save()
    announce_course(course, visits, now=NOON)
    send(NOON)
    return Message.objects.get(course=course, kind=PLAN)


def test_mails_say_what_the_manager_wrote(clinic, manager, smtp):
    own(clinic, manager)
    message = plan_of(clinic, name="Anna & <Co> {x}")
    mail = smtp.mails[-1]

    assert mail["Subject"] == "Hi Anna & <Co> {x} & welcome: 3 sessions"
    assert (
        "Dear <b>Anna & <Co> {x}</b>,\nglad to have you.\n\nFrom Thursday, 14 May 2026 at 14:05.\n"
    ) in text_of(mail)
    assert f"\nYours, {clinic.name}\n" in text_of(mail)
    assert "Dear &lt;b&gt;Anna &amp; &lt;Co&gt; {x}&lt;/b&gt;,<br>glad to have you." in html_of(
        mail
    )
    assert not message.fell_back


def test_wording_is_of_its_clinic_kind_and_language_alone(clinic, manager, smtp):
    own(clinic, manager, language="ru")
    own(clinic, manager, kind=MessageKind.MISSED)
    own(factories.ClinicFactory(), manager)
    plan_of(clinic)

    assert smtp.mails[-1]["Subject"] == f"{clinic.name}: your 3 sessions, from 14 May"


def test_saved_again_it_is_the_same_row_and_both_are_recorded(clinic, manager):
    first = own(clinic, manager)
    second = own(clinic, manager, Draft("Hi", "", ""))

    assert first.pk == second.pk
    events = event_model_of(Wording).objects.order_by("pgh_id")
    assert [(each.subject, each.pgh_context["user"]) for each in events] == [
        (OWN.subject, manager.pk),
        ("Hi", manager.pk),
    ]


def test_back_to_the_shipped_words(clinic, manager, smtp):
    own(clinic, manager)
    reset_wording(by=manager, clinic=clinic, kind=PLAN, language="en")
    plan_of(clinic)

    assert smtp.mails[-1]["Subject"] == f"{clinic.name}: your 3 sessions, from 14 May"
    last = event_model_of(Wording).objects.latest("pgh_id")
    assert (last.pgh_label, last.pgh_context["user"]) == ("delete", manager.pk)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft("{nmae}", "", ""), "Did you mean “{name}”"),
        (Draft("Hi", "{session}", ""), "“{session}” is not known here"),
        (Draft("Hi", "", "{"), "has no counterpart"),
        (Draft("  ", "", ""), "The subject is empty"),
    ],
)
def test_what_can_t_be_filled_in_is_not_kept(clinic, manager, draft, words):
    with pytest.raises(WordingMistaken, match=words):
        own(clinic, manager, draft)
    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    "broken", [{"intro": "{gone}"}, {"closing": "}"}, {"subject": "{gone}"}, {"subject": " "}]
)
def test_wording_that_broke_since_holds_no_mail_up(clinic, manager, smtp, broken):
    """Such as after an upgrade that knows a name no more."""
    Wording.objects.filter(pk=own(clinic, manager).pk).update(**broken)
    message = plan_of(clinic)

    assert (message.status, message.fell_back) == ("sent", True)
    assert smtp.mails[-1]["Subject"] == f"{clinic.name}: your 3 sessions, from 14 May"
    assert broken_wordings(clinic) == 1
    states = {
        (line.kind, cell.language): cell.state
        for line in wording_table(clinic)
        for cell in line.cells
    }
    assert states.pop((PLAN, "en")) == "broken"
    assert set(states.values()) == {"shipped"}


def test_test_goes_to_the_user_alone_and_leaves_nothing(clinic, manager, smtp):
    manager.email = "boss@clinic.example"
    manager.save()
    send_test(by=manager, clinic=clinic, kind=PLAN, language="ru", draft=OWN, now=NOON)

    assert smtp.recipients == ["boss@clinic.example"]
    assert smtp.mails[0]["Subject"].strip() == "Test: Hi Анна Зимина & welcome: 10 сеансов"
    assert (Message.objects.count(), Wording.objects.count()) == (0, 0)


def test_test_that_can_t_be_sent_says_why(clinic, manager, smtp):
    with pytest.raises(MailNotTaken, match="no e-mail address"):
        send_test(by=manager, clinic=clinic, kind=PLAN, language="en", draft=OWN, now=NOON)
    manager.email = "boss@clinic.example"
    smtp.at_rcpt = lambda address: "550 no"
    with pytest.raises(MailNotTaken, match="did not take the test"):
        send_test(by=manager, clinic=clinic, kind=PLAN, language="en", draft=OWN, now=NOON)
