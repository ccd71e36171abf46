"""A clinician's review of what a client answered before a visit, and what waits for it."""

from collections.abc import Iterator

import pytest
import time_machine

from cryoclinic.models import Clinic
from procedures.models import Contraindication
from scheduling.models import PreVisitAnswer
from scheduling.selectors.reviews import reviews_waiting
from scheduling.services.appointments import check_in
from scheduling.services.pre_visit import review_answer
from tests import factories
from tests.scheduling.client_link import LinkHolder, link_holder, state_of
from tests.scheduling.outbox_clinic import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(clinic: Clinic) -> Iterator[LinkHolder]:
    """The client has answered on the 12th that they have a fever; it is the day of the visit."""
    with time_machine.travel(NOON, tick=False) as clock:
        holder = link_holder(clinic)
        fever = Contraindication.objects.get(code="fever")
        holder.post(
            holder.visits[0], "changes", changed="yes", present=[fever.pk], comment="39 degrees"
        )
        clock.move_to(holder.visits[0].starts_at)
        yield holder


def address(holder: LinkHolder) -> str:
    return f"/appointments/{holder.visits[0].pk}/review/"


def test_the_answer_is_seen_by_those_who_may_see_answers(holder, browse, cosmetologist):
    page = browse(cosmetologist).get(address(holder)).text
    assert "Elevated body temperature" in page
    assert "39 degrees" in page


def test_reception_sees_that_there_is_one_and_not_what_it_says(holder, browse, reception):
    desk, pk = browse(reception), holder.visits[0].pk
    pages = [f"/appointments/{pk}/", f"/courses/{holder.course.pk}/", "/board/?date=2026-05-14"]
    for path in pages:
        page = desk.get(path).text
        assert "before the visit" in page
        assert [word for word in ("emperature", "39 degrees", "/review/") if word in page] == []
    assert desk.get(address(holder)).status_code == 403


def test_nobody_is_checked_in_before_the_review(holder, browse, reception, cosmetologist):
    pk = holder.visits[0].pk
    answers = [
        browse(reception).post(f"/appointments/{pk}/check-in/"),
        browse(cosmetologist).post(f"/appointments/{pk}/start/check-in/"),
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    for answer in answers:
        assert "something has changed" in answer.text
    assert state_of(holder.visits[0]) == "booked"
    assert "Check in" not in browse(reception).get(f"/appointments/{pk}/").text


def test_cleared_the_visit_goes_on(holder, browse, cosmetologist, reception):
    answer = PreVisitAnswer.objects.get()
    sent = {"answer": answer.pk, "outcome": "goes_on", "comment": "called: gone since Monday"}
    responses = [browse(cosmetologist).post(address(holder), sent) for _again in range(2)]
    assert [(each.status_code, each.url) for each in responses] == [
        (302, f"/appointments/{holder.visits[0].pk}/")
    ] * 2
    answer.refresh_from_db()
    assert (answer.outcome, answer.reviewed_by, answer.review_comment) == (
        "goes_on",
        cosmetologist,
        "called: gone since Monday",
    )
    assert check_in(by=reception, appointment=holder.visits[0]).status == "checked_in"


def test_stopped_the_course_is_held_and_the_reason_names_no_health(holder, browse, cosmetologist):
    answer = PreVisitAnswer.objects.get()
    browse(cosmetologist).post(address(holder), {"answer": answer.pk, "outcome": "held"})
    holder.course.refresh_from_db()
    assert (holder.course.status, holder.course.held_reason) == (
        "held",
        "An answer before the visit on May 14, 2026 stops the treatment for now.",
    )
    assert state_of(holder.visits[0]) == "booked"


def test_what_was_reviewed_is_not_reviewed_otherwise(holder, browse, cosmetologist):
    answer = PreVisitAnswer.objects.get()
    browser = browse(cosmetologist)
    browser.post(address(holder), {"answer": answer.pk, "outcome": "goes_on"})
    again = browser.post(address(holder), {"answer": answer.pk, "outcome": "held"})
    holder.course.refresh_from_db()
    assert again.status_code == 409
    assert holder.course.status == "active"


def test_outsiders_review_nothing(holder, browse, reception, clinic):
    answer = PreVisitAnswer.objects.get()
    sent = {"answer": answer.pk, "outcome": "goes_on"}
    elsewhere = factories.UserFactory(role="cosmetologist")
    assert browse(reception).post(address(holder), sent).status_code == 403
    assert browse(elsewhere).post(address(holder), sent).status_code == 404
    assert browse(None).post(address(holder), sent).status_code == 302
    answer.refresh_from_db()
    assert answer.awaits_review


def test_an_answer_of_another_visit_is_not_reviewed_here(holder, browse, cosmetologist):
    answer = PreVisitAnswer.objects.get()
    other = f"/appointments/{holder.visits[1].pk}/review/"
    sent = {"answer": answer.pk, "outcome": "goes_on"}
    assert browse(cosmetologist).post(other, sent).status_code == 422
    answer.refresh_from_db()
    assert answer.awaits_review


def test_the_link_is_withdrawn_at_the_desk_and_the_plan_goes_out_again(holder, browse, reception):
    path = f"/courses/{holder.course.pk}/link/withdraw/"
    elsewhere = factories.UserFactory(role="receptionist")
    assert browse(elsewhere).post(path).status_code == 404
    assert holder.get().status_code == 200
    answer = browse(reception).post(path, {"send": "1"})
    assert (answer.status_code, answer.url) == (302, f"/courses/{holder.course.pk}/")
    assert holder.get().status_code == 410
    message = holder.course.messages.get(kind="course_booked")
    assert (message.version, message.status) == (2, "due")


def test_the_course_page_shows_the_link_to_who_books(holder, browse, reception, cosmetologist):
    path = f"/courses/{holder.course.pk}/"
    assert f'value="http://127.0.0.1:8000{holder.page}"' in browse(reception).get(path).text
    assert "/v/" not in browse(cosmetologist).get(path).text


def test_the_board_of_any_day_leads_to_the_review(
    holder, browse, reception, cosmetologist, django_assert_num_queries
):
    def watched(user) -> list[tuple[str, str, str]]:
        courses = browse(user).get("/board/?date=2026-05-20").context["courses_to_watch"]
        return [(each.client, each.url, each.problems[0].why) for each in courses]

    pk, name = holder.visits[0].pk, holder.course.client.name
    why = "Thu 14 May, 14:05: the client says that something has changed; review the answer."
    assert (name, f"/appointments/{pk}/", why) in watched(reception)
    assert watched(cosmetologist) == [(name, f"/appointments/{pk}/review/", why)]
    with django_assert_num_queries(1):
        reviews_waiting(holder.course.clinic, set())
    review_answer(by=cosmetologist, answer=PreVisitAnswer.objects.get(), outcome="goes_on")
    assert watched(cosmetologist) == []
