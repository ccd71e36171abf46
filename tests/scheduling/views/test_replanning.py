"""Mending a course at the desk."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from scheduling.models import Course, CourseProposal
from scheduling.services.appointments import cancel_appointment
from scheduling.services.mending import mend_due
from scheduling.services.watch import enrol_courses
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, away, book, colleague, days
from tests.scheduling.outbox_clinic import worker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def url(course: Course, name: str = "replan") -> str:
    return reverse(f"scheduling:{name}", args=[course.pk])


def propose(course: Course) -> CourseProposal:
    enrol_courses(by=worker(), now=timezone.now())
    mend_due(by=worker(), now=timezone.now())
    return course.proposals.get()


def form_of(response) -> dict[str, object]:
    page = response.context["page"]
    return {"fingerprint": page.fingerprint, "step": [row.token for row in page.after]}


def test_before_and_after_are_shown_with_what_moves(browse, reception, practice: Practice):
    course, _made = book(practice, [0, 2, 6, 8])

    response = browse(reception).get(url(course))

    page = response.context["page"]
    assert [(row.number, row.gap, row.over, row.is_changed) for row in page.before] == [
        (1, "first", "", False),
        (2, "2 days", "", False),
        (3, "4 days", "1 day longer than it should be", False),
        (4, "2 days", "", True),
    ]
    assert [(row.gap, row.change) for row in page.after] == [
        ("first", "stays"),
        ("2 days", "stays"),
        ("2 days", "moved"),
        ("2 days", "stays"),
    ]
    assert page.summary == "1 session moves"
    assert "moved" in response.content.decode()


def test_accepting_books_the_plan_at_once(browse, reception, practice: Practice):
    course, _made = book(practice, [0, 2, 6, 8])
    browser = browse(reception)

    response = browser.post(url(course), form_of(browser.get(url(course))))

    assert (response.status_code, response.url) == (302, url(course, "course"))
    assert days(course) == [0, 2, 4, 6]


def test_a_stale_plan_is_refused_and_shown_anew(browse, reception, practice: Practice):
    course, made = book(practice, [0, 2, 6, 8])
    browser = browse(reception)
    form = form_of(browser.get(url(course)))
    cancel_appointment(by=reception, appointment=made[3])

    response = browser.post(url(course), form)

    assert response.status_code == 409
    assert "has changed" in str(response.context["refused"].message)
    assert form_of(response)["fingerprint"] != form["fingerprint"]
    assert days(course) == [0, 2, 6]


def test_changed_wishes_are_planned_and_kept(browse, reception, practice: Practice):
    course, _made = book(practice, [2, 4])
    browser = browse(reception)
    asked = url(course) + "?wished=1&earliest=15:00&latest=16:00"

    response = browser.post(asked, form_of(browser.get(asked)))

    assert response.status_code == 302
    course.refresh_from_db()
    assert course.wishes == {"earliest": "15:00", "latest": "16:00"}


def test_wishes_that_contradict_themselves_are_said(browse, reception, practice: Practice):
    course, _made = book(practice, [2, 4])

    response = browse(reception).get(url(course) + "?wished=1&earliest=16:00&latest=15:00")

    assert response.status_code == 422
    assert "later than the time before it" in response.content.decode()


def test_an_unreadable_plan_changes_nothing(browse, reception, practice: Practice):
    course, _made = book(practice, [0, 2, 6])

    response = browse(reception).post(url(course), {"step": "nonsense", "fingerprint": "x"})

    assert (response.status_code, days(course)) == (409, [0, 2, 6])


def test_a_proposal_is_on_the_board_and_the_course_and_can_be_left(
    browse, reception, practice: Practice
):
    course, _made = book(practice, [0, 2, 6, 8])
    proposal = propose(course)
    browser = browse(reception)

    (watched,) = browser.get(reverse("scheduling:board")).context["courses_to_watch"]
    assert watched.url == url(course)
    assert "A gap is too long" in watched.problems[-1].why
    assert "Mend this course" in browser.get(url(course, "course")).content.decode()

    browser.post(url(course, "dismiss_proposal"), {"proposal": proposal.pk + 1})
    proposal.refresh_from_db()
    assert proposal.status == "open"
    browser.post(url(course, "dismiss_proposal"), {"proposal": proposal.pk})
    proposal.refresh_from_db()
    assert proposal.status == "dismissed"


def test_somebody_away_for_all_that_remains_is_replaced_by_name(
    browse, reception, practice: Practice
):
    course, _made = book(practice, [2, 4], wishes={"only_specialist": practice.specialist.pk})
    other = colleague(practice)
    factories.SpecialistFactory(clinic=practice.clinic, skills=[])
    away(practice, 0, 200, specialist=practice.specialist)

    response = browse(reception).get(url(course))

    page = response.context["page"]
    assert (page.relaxed, page.takes_over) == (
        f"With {other.name}",
        f"{practice.specialist.name} is away for all that remains of the course; "
        f"{other.name} takes over.",
    )
    assert [row.who.split(" · ")[0] for row in page.after] == [other.name] * 2


def test_somebody_away_for_a_part_is_not_said_to_be_away_for_all(
    browse, reception, practice: Practice
):
    course, _made = book(practice, [2, 4])
    colleague(practice)
    away(practice, 2, 2, specialist=practice.specialist)

    page = browse(reception).get(url(course)).context["page"]

    assert (page.summary, page.takes_over) == ("1 session moves", "")


def test_wishes_are_kept_where_no_session_has_to_move(browse, reception, practice: Practice):
    course, _made = book(practice, [2, 4])
    browser = browse(reception)
    asked = url(course) + "?wished=1&earliest=09:00&latest=12:00"
    page = browser.get(asked)
    assert page.context["page"].is_unchanged
    assert "Keep these wishes" in page.content.decode()

    browser.post(asked, form_of(page))

    course.refresh_from_db()
    assert (course.wishes, days(course)) == ({"earliest": "09:00", "latest": "12:00"}, [2, 4])


def test_a_plan_made_for_other_wishes_is_stale(browse, reception, practice: Practice):
    course, _made = book(practice, [0, 2, 6, 8])
    browser = browse(reception)
    form = form_of(browser.get(url(course)))
    Course.objects.filter(pk=course.pk).update(wishes={"latest": "12:00"})

    response = browser.post(url(course), form)

    assert (response.status_code, days(course)) == (409, [0, 2, 6, 8])


def test_what_was_proposed_and_decided_is_on_the_timeline(browse, manager, practice: Practice):
    course, _made = book(practice, [0, 2, 6, 8])
    propose(course)
    browser = browse(manager)
    browser.post(url(course), form_of(browser.get(url(course))))

    history = browser.get(url(course, "course")).context["history"]

    # All in the test's one transaction, and so at one time; what the test wrote itself left out.
    told = {(each.what, each.who) for each in history if each.who != "outside the program"}
    assert told == {
        ("Proposed plan accepted", manager.display_name),
        ("Session moved from Tue 12 May, 10:00 to Fri 8 May, 10:00", manager.display_name),
        ("New plan proposed: gap too long", "the program itself"),
    }


def test_no_plan_says_why(browse, reception, practice: Practice):
    course, _made = book(practice, [2, 4])
    away(practice, 0, 200)

    response = browse(reception).get(url(course))

    assert (response.status_code, response.context["page"].after) == (200, ())
    assert "There is not one free time" in response.content.decode()


def test_who_may_not_move_may_not_mend(browse, cosmetologist, practice: Practice):
    course, _made = book(practice, [0, 2, 6])
    browser = browse(cosmetologist)

    assert browser.get(url(course)).status_code == 403
    assert browser.post(url(course, "dismiss_proposal")).status_code == 403


def test_another_clinics_course_is_not_there(browse, practice: Practice):
    course, _made = book(practice, [0, 2, 6])
    stranger = factories.UserFactory(role="receptionist")

    assert browse(stranger).get(url(course)).status_code == 404


def test_looking_changes_nothing(browse, reception, practice: Practice, clock):
    course, _made = book(practice, [0, 2, 6])
    clock.move_to(MORNING + timedelta(minutes=5))

    browse(reception).get(url(course))

    assert days(course) == [0, 2, 6]
