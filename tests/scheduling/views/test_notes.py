"""From the door to the closed note over HTTP: who may, what is refused, and how it is told."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Screening
from cryoclinic.models import User
from scheduling.models import Addendum, Appointment, SessionNote
from scheduling.services.notes import add_addendum, close_note, version_of
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.treatment_room import (
    MORNING,
    carrier_of,
    draft,
    passing,
    started,
    visit_today,
)

pytestmark = pytest.mark.django_db

Browse = Callable[[User | None], Browser]
UNCHANGED = {"changed": "no"}


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING):
        yield


@pytest.fixture
def browser(browse: Browse, cosmetologist: User) -> Browser:
    return browse(cosmetologist)


def path(appointment: Appointment, rest: str) -> str:
    return f"/appointments/{appointment.pk}/{rest}"


def typed(practice: Practice, **given: Any) -> dict[str, Any]:
    """What the note's form sends for two minutes at −90 °C."""
    zone = practice.zone.pk
    return {
        f"seconds_{zone}": "120",
        f"temperature_{zone}": "-90",
        "carrier": str(carrier_of(practice).pk),
        "reaction": "none",
        "text": "Fine.",
        **given,
    }


def with_fever() -> dict[str, str]:
    return {"changed": "yes", **{q.code: "no" for q in passing()}, "fever": "yes"}


def test_the_whole_session(practice: Practice, browser: Browser) -> None:
    carrier_of(practice)
    appointment = visit_today(practice, status="booked")
    start, note = path(appointment, "start/"), path(appointment, "note/")
    assert "Check in and ask" in browser.get(start).text
    assert browser.post(f"{start}check-in/")["Location"] == start
    assert "Has anything changed since last time?" in browser.get(start).text
    assert browser.post(start, UNCHANGED)["Location"] == note
    assert browser.post(note, typed(practice))["Location"] == note
    assert 'value="-90"' in browser.get(note).text
    seen = version_of(SessionNote.objects.get())
    sent = typed(practice, text="Fine. Slept.", seen=seen, then="close")
    assert browser.post(note, sent)["Location"] == f"{note}close/"
    assert "This is what stays" in browser.get(f"{note}close/").text
    assert browser.post(f"{note}close/")["Location"] == "/my-day/?date=2026-11-23"
    closed = browser.get(note).text
    assert "Fine. Slept." in closed
    assert 'name="seconds_' not in closed
    assert browser.post(f"{note}addenda/", {"text": "Redness gone."})["Location"] == note
    assert "Redness gone." in browser.get(note).text
    assert Appointment.objects.get(pk=appointment.pk).status == "completed"


def test_a_yes_stops_it_in_words(practice: Practice, browser: Browser) -> None:
    appointment = visit_today(practice)
    start = path(appointment, "start/")
    assert browser.post(start, with_fever())["Location"] == start
    page = browser.get(start).text
    assert "No treatment today" in page
    assert "Elevated body temperature, until 30 November 2026" in page
    assert f"/courses/{appointment.course_id}/" in page
    again = browser.post(start, with_fever())
    assert again.status_code == 409
    assert Screening.objects.filter(follows__isnull=False).count() == 1
    assert browser.post(path(appointment, "note/"), typed(practice)).status_code == 409
    assert not SessionNote.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"changed": "no", "fever": "yes"}, {"changed": "yes"}])
def test_an_unanswered_check_is_asked_once_more(
    practice: Practice, browser: Browser, sent: dict[str, str]
) -> None:
    appointment = visit_today(practice)
    assert browser.post(path(appointment, "start/"), sent).status_code == 422
    assert Appointment.objects.get(pk=appointment.pk).visit_check is None


def test_a_lapsed_screening_leads_to_a_new_one(
    practice: Practice, browser: Browser, cosmetologist: User
) -> None:
    lapsed = factories.ScreeningFactory(
        client=practice.person,
        asked_by=cosmetologist,
        asked_at=timezone.now() - timedelta(days=40),
    )
    appointment = visit_today(practice, screening=lapsed, status="booked")
    start = path(appointment, "start/")
    assert "Take it over and check in" in browser.get(start).text
    assert browser.post(start, UNCHANGED).status_code == 409
    browser.post(f"{start}check-in/")
    taken_over = Appointment.objects.get(pk=appointment.pk)
    assert (taken_over.screening, taken_over.status) == (practice.screening, "checked_in")


def test_without_a_newer_screening_the_questionnaire_is_offered(
    practice: Practice, browser: Browser
) -> None:
    other = factories.ClientFactory()
    lapsed = factories.ScreeningFactory(
        client=other,
        asked_by=practice.specialist.user,
        asked_at=timezone.now() - timedelta(days=40),
    )
    course = factories.CourseFactory(
        clinic=practice.clinic, client=other, protocol=practice.protocol
    )
    appointment = factories.make_appointment(
        course,
        day=practice.clinic.today(),
        specialist=practice.specialist,
        room=practice.room,
        screening=lapsed,
    )
    start = path(appointment, "start/")
    wanted = f"/clients/{other.pk}/screenings/new/?next={start}"
    assert wanted in browser.get(start).text
    refused = browser.post(f"{start}check-in/")
    assert refused.status_code == 409
    assert wanted in refused.text


def test_out_of_protocol_is_refused_and_nothing_is_lost(
    practice: Practice, browser: Browser, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    sent = typed(practice, text="Typed with gloves.")
    sent[f"seconds_{practice.zone.pk}"] = "900"
    refused = browser.post(path(appointment, "note/"), sent)
    assert refused.status_code == 422
    assert "900 seconds are longer than the protocol&#x27;s 600." in refused.text
    assert "Typed with gloves." in refused.text
    assert 'value="900"' in refused.text
    assert not SessionNote.objects.exists()
    sent["out_of_protocol_reason"] = "Two passes."
    assert browser.post(path(appointment, "note/"), sent).status_code == 302
    assert SessionNote.objects.get().out_of_protocol_reason == "Two passes."


def test_a_colleagues_change_is_shown_beside_what_was_typed(
    practice: Practice, browser: Browser, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    theirs = draft(practice, cosmetologist, appointment, text="Theirs.")
    note = path(appointment, "note/")
    refused = browser.post(note, typed(practice, text="Mine.", seen=""))
    assert refused.status_code == 409
    assert "Theirs." in refused.text
    assert "Mine." in refused.text
    seen = version_of(SessionNote.objects.get(pk=theirs.pk))
    assert f'value="{seen}"' in refused.text
    assert browser.post(note, typed(practice, text="Mine.", seen=seen)).status_code == 302
    assert SessionNote.objects.get(pk=theirs.pk).text == "Mine."


def test_a_note_sent_twice_is_kept_and_closed_once(
    practice: Practice, browser: Browser, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    note = path(appointment, "note/")
    for _time in range(2):
        assert browser.post(note, typed(practice, seen="", then="close")).status_code == 302
    for _time in range(2):
        assert browser.post(f"{note}close/").status_code == 302
    assert SessionNote.objects.count() == 1


def test_a_closed_note_refuses_what_is_sent(
    practice: Practice, browser: Browser, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    close_note(by=cosmetologist, note=draft(practice, cosmetologist, appointment))
    refused = browser.post(path(appointment, "note/"), typed(practice, text="Changed."))
    assert refused.status_code == 409
    assert SessionNote.objects.get().text == "Slight redness."
    assert browser.post(path(appointment, "note/addenda/"), {"text": " "}).status_code == 422
    assert not Addendum.objects.exists()


def test_a_note_before_the_check_leads_to_the_check(practice: Practice, browser: Browser) -> None:
    appointment = visit_today(practice)
    page = browser.get(path(appointment, "note/")).text
    assert "Nothing is recorded before the client was asked what has changed." in page
    assert path(appointment, "start/") in page
    assert browser.get(path(appointment, "note/close/")).status_code == 404


def test_a_specialist_without_the_skill_reads_but_does_not_write(
    practice: Practice, browse: Browse, cosmetologist: User
) -> None:
    appointment = started(practice, cosmetologist)
    unskilled = browse(factories.SpecialistFactory(clinic=practice.clinic).user)
    assert "You are not among" in unskilled.get(path(appointment, "note/")).text
    assert unskilled.post(path(appointment, "note/"), typed(practice)).status_code == 403
    assert not SessionNote.objects.exists()


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [("reception", 403, 403), ("manager", 200, 403), ("outsider", 404, 404), ("nobody", 302, 302)],
)
def test_who_may_read_and_write_notes(
    *,
    practice: Practice,
    browse: Browse,
    request: pytest.FixtureRequest,
    cosmetologist: User,
    who: str,
    read: int,
    write: int,
) -> None:
    appointment = started(practice, cosmetologist)
    note = draft(practice, cosmetologist, appointment, text="Private words.")
    user = {
        "outsider": lambda: factories.UserFactory(role="cosmetologist"),
        "nobody": lambda: None,
    }.get(who, lambda: request.getfixturevalue(who))()
    visitor, url = browse(user), path(appointment, "note/")
    page = visitor.get(url)
    assert page.status_code == read
    assert ("Private words." in page.text) is (read == 200)
    for target in (url, f"{url}close/", f"{url}addenda/"):
        sent = visitor.post(target, typed(practice, text="Changed."))
        assert sent.status_code == write
        if who == "nobody":
            assert sent["Location"].startswith("/accounts/login/")
    kept = SessionNote.objects.get(pk=note.pk)
    assert (kept.text, kept.is_closed) == ("Private words.", False)


@pytest.mark.parametrize(
    ("who", "status"), [("reception", 403), ("manager", 200), ("outsider", 404), ("nobody", 302)]
)
def test_who_may_ask_again(
    practice: Practice,
    browse: Browse,
    request: pytest.FixtureRequest,
    who: str,
    status: int,
) -> None:
    appointment = visit_today(practice)
    user = {
        "outsider": lambda: factories.UserFactory(role="cosmetologist"),
        "nobody": lambda: None,
    }.get(who, lambda: request.getfixturevalue(who))()
    visitor, url = browse(user), path(appointment, "start/")
    assert visitor.get(url).status_code == status
    visitor.post(url, UNCHANGED)
    asked = Appointment.objects.get(pk=appointment.pk).visit_check is not None
    assert asked is (who == "manager")


def test_the_notes_queries_do_not_grow_with_its_addenda(
    practice: Practice, browser: Browser, cosmetologist: User
) -> None:
    note = draft(practice, cosmetologist, started(practice, cosmetologist))
    close_note(by=cosmetologist, note=note)
    url = path(note.appointment, "note/")
    add_addendum(by=cosmetologist, note=note, text="1")
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    for number in range(2, 31):
        add_addendum(by=cosmetologist, note=note, text=str(number))
    with CaptureQueriesContext(connection) as thirty:
        browser.get(url)
    assert len(thirty) == len(one)
