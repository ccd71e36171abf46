"""Links: what one opens and when it ends, what every answer behind it carries, who is refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from cryoclinic.logs import PlainFormatter, PrivateJsonFormatter
from cryoclinic.models import Clinic
from scheduling.links import Purpose, make, page_token
from scheduling.services import client_page as services
from scheduling.services.course_link import withdraw_links
from scheduling.views.client_link import WINDOW_SECONDS, WRONG_LINKS
from tests import factories
from tests.scheduling.client_link import LinkHolder, link_holder, state_of
from tests.scheduling.outbox_clinic import NOON
from tests.test_get_changes_nothing import written

pytestmark = pytest.mark.django_db

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


def is_private(answer) -> bool:
    headers = {name: answer.headers[name] for name in HEADERS}
    policy = set(answer.headers["Content-Security-Policy"].split("; "))
    return headers == HEADERS and policy == POLICY and dict(answer.cookies) == {}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def holder(clinic: Clinic, clock: time_machine.Traveller) -> LinkHolder:
    return link_holder(clinic)


@pytest.mark.parametrize("what", ["", "visits/{pk}/move/", "visits/{pk}/changes/", "wishes/"])
def test_every_answer_stays_out_of_caches_indexes_and_referrers(holder, what):
    answer = holder.get(holder.page + what.format(pk=holder.visits[0].pk))
    assert answer.status_code == 200
    assert is_private(answer)
    assert "<script" not in answer.text


def test_a_withdrawn_link_is_gone_and_a_new_one_opens(holder, reception):
    withdraw_links(by=reception, course=holder.course)
    for answer in (holder.get(), holder.cancel(holder.visits[0])):
        assert answer.status_code == 410
        assert "This link has expired" in answer.text
        assert "+7 495 000-00-00" in answer.text
        assert is_private(answer)
    assert state_of(holder.visits[0]) == "booked"
    holder.course.refresh_from_db()
    assert LinkHolder(holder.course, holder.visits).get().status_code == 200


def test_a_link_ends_30_days_after_the_last_visit(holder, clock):
    clock.move_to(NOON + timedelta(days=37))
    assert holder.get().status_code == 200  # 18 June
    clock.move_to(NOON + timedelta(days=38))
    assert holder.get().status_code == 410


def test_a_wrong_link_is_not_found_in_words(holder):
    wrong = LinkHolder(holder.course, holder.visits, token=holder.token[:-1] + "~")
    for answer in (wrong.get(), wrong.cancel(holder.visits[0])):
        assert answer.status_code == 404
        assert "This link opens nothing" in answer.text
        assert is_private(answer)
    assert state_of(holder.visits[0]) == "booked"


def test_looking_a_hundred_times_changes_nothing(holder):
    """Whatever is written, and undone again too, is counted by PostgreSQL."""
    first = holder.visits[0]
    others = [holder.address(first, what) for what in ("cancel", "move", "changes")]
    before = written()
    for method in ("get", "head"):
        look = getattr(holder.browser, method)
        statuses = [look(holder.page).status_code for _again in range(100)]
        statuses += [look(address).status_code for address in others * 5]
        statuses += [look(holder.address(first, what)).status_code for what in ("confirm", "undo")]
        assert statuses == [200] * 115 + [405] * 2
    assert written() == before


def test_a_link_reaches_no_log(holder, caplog):
    """Ours and Django's own lines, for genuine links and for wrong ones, as they are written."""
    private, plain = PrivateJsonFormatter(), PlainFormatter()
    wrong = LinkHolder(holder.course, holder.visits, token="wrong-one")
    for somebody in (holder, wrong):
        somebody.get()
        somebody.post(holder.visits[0], "changes", changed="no")
        somebody.get(f"{somebody.page}nowhere/")
    lines = [made.format(record) for record in caplog.records for made in (private, plain)]
    assert len(lines) > 12
    assert [line for line in lines if holder.token in line or "wrong-one" in line] == []


def test_many_wrong_links_from_one_address_are_refused_in_words(holder, clock):
    cache.clear()
    statuses = [Browser().get(f"/v/wrong-{number}/").status_code for number in range(WRONG_LINKS)]
    refused = Browser().get("/v/another/")
    assert statuses == [404] * WRONG_LINKS
    assert refused.status_code == 429
    assert "Too many attempts" in refused.text
    assert refused.headers["Retry-After"] == str(WINDOW_SECONDS)
    # Whoever has a link is let in; others are counted for themselves, and later anew.
    assert holder.get().status_code == 200
    assert Browser(REMOTE_ADDR="198.51.100.7").get("/v/another/").status_code == 404
    clock.shift(timedelta(seconds=WINDOW_SECONDS))
    assert Browser().get("/v/another/").status_code == 404


def test_a_genuine_token_of_a_course_that_is_not_there_opens_nothing(db):
    token = make(Purpose.VISIT, 10**9, version=1, expires_on=None)
    assert Browser().get(reverse("scheduling:client_page", args=[token])).status_code == 404


def test_with_several_clinics_a_wrong_link_names_none_of_them(clinic):
    factories.ClinicFactory()
    assert "+7 495" not in Browser().get("/v/wrong/").text


def test_with_one_clinic_it_names_that_one(clinic):
    assert "+7 495 000-00-00" in Browser().get("/v/wrong/").text


def test_a_few_thousand_mutated_links_open_nothing(holder):
    """The rest of the hundred thousand is tried on the reader of tokens itself."""
    cache.clear()
    token = page_token(holder.course)
    tried = {
        token[:at] + other + token[at + 1 :]
        for at in range(len(token))
        for other in "aZ0-~"
        if token[at] != other
    }
    statuses = {Browser().get(f"/v/{each}/").status_code for each in sorted(tried)}
    assert len(tried) > 200
    assert statuses == {404, 429}


def test_a_link_withdrawn_while_a_button_is_pressed_is_gone(holder, reception, monkeypatch):
    confirm = services.confirm_visit

    def withdrawn_just_before(**who: Any) -> Any:
        withdraw_links(by=reception, course=holder.course)
        return confirm(**who)

    monkeypatch.setattr(services, "confirm_visit", withdrawn_just_before)
    assert holder.post(holder.visits[0], "confirm").status_code == 410
    holder.visits[0].refresh_from_db()
    assert holder.visits[0].confirmed_at is None
