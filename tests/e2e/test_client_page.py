"""The client's story in a real browser: a phone's width, no JavaScript, only a mail's link."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.desk import (
    ADDRESS,
    BERLIN,
    add_client,
    book_ten_sessions,
    screen,
    sign_in,
    visits_of,
)
from tests.e2e.processes import Product
from tests.smtp import Postbox, html_of, text_of

pytestmark = pytest.mark.e2e

WIDTH, HEIGHT = 360, 740


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page that keeps what the browser complained of and what it fetched."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()
    yield page
    context.close()


def link_in(postbox: Postbox) -> str:
    [mail] = postbox.mails
    [link] = set(re.findall(r"http://\S+/v/[^/\s]+/", text_of(mail)))
    assert f'href="{link}"' in html_of(mail)
    return link


def state(product: Product, visit: int) -> tuple[str, bool, int]:
    [row] = product.ask(
        "SELECT status, confirmed_at IS NOT NULL, schedule_version"
        " FROM scheduling_appointment WHERE id = %s",
        visit,
    )
    return row


def fits(page: Page, heading: str) -> None:
    """The page of that heading is there, and nothing on it is wider than the phone."""
    page.get_by_role("heading", name=heading).wait_for()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH


def test_from_the_mail_to_confirming_moving_cancelling_and_back(
    product: Product, postbox: Postbox, browser: Browser, phone: Page
) -> None:
    product.start("web", "worker", "beat")
    desk = sign_in(browser, product, "reception")
    add_client(desk)
    screen(desk)
    book_ten_sessions(desk, not_before=datetime.now(BERLIN).date() + timedelta(days=4))
    product.wait(lambda: bool(postbox.mails), "the plan to arrive")
    visits = visits_of(product)
    first, last = visits[0][0], visits[-1][0]

    fetched: list[str] = []
    complaints: list[str] = []
    phone.on("request", lambda request: fetched.append(request.url))
    phone.on("console", lambda message: complaints.append(message.text))
    phone.goto(link_in(postbox))
    fits(phone, "My visits")
    assert phone.locator(".client-visit").count() == 10

    phone.get_by_role("button", name="I will come").click()
    phone.get_by_text("We are expecting you.").wait_for()
    assert state(product, first) == ("booked", True, 1)

    phone.locator(".client-visit").last.get_by_role("link", name="Move").click()
    fits(phone, "Choose another time")
    phone.locator("button.slot").last.click()
    phone.get_by_text("The visit is moved.").wait_for()
    assert state(product, last) == ("booked", False, 2)

    phone.locator(".client-visit").last.get_by_role("link", name="Cancel").click()
    fits(phone, "Cancel this visit?")
    phone.get_by_role("button", name="Cancel the visit").click()
    phone.get_by_text("The visit is cancelled.").wait_for()
    assert state(product, last) == ("cancelled", False, 2)
    fits(phone, "My visits")

    phone.get_by_role("button", name="Undo the cancellation").click()
    phone.get_by_text("The visit is on again.").wait_for()
    assert state(product, last) == ("booked", False, 3)

    phone.get_by_role("link", name="Answer before the visit").click()
    fits(phone, "Has anything changed since the last time?")
    phone.get_by_role("button", name="Nothing has changed").click()
    phone.get_by_text("Your answer is with us.").wait_for()

    phone.get_by_role("link", name="Language and e-mail").click()
    fits(phone, "Language and e-mail")
    phone.get_by_label("Русский").check()
    phone.get_by_label("Only what is about my visits").check()
    phone.get_by_role("button", name="Save").click()
    fits(phone, "Мои визиты")
    assert product.ask(
        "SELECT language, email_consent, optional_mail FROM clients_client WHERE email = %s",
        ADDRESS,
    ) == [("ru", True, False)]

    assert phone.context.cookies() == []
    assert {re.sub(r"^(\w+://[^/]+).*", r"\1", url) for url in fetched} == {product.url}
    assert complaints == []
