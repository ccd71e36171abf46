"""What reception does in a browser, from signing in to a booked course."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page

from tests.e2e.processes import Product
from tests.factories import PASSWORD

BERLIN = ZoneInfo("Europe/Berlin")
CLIENT, ADDRESS = "Greta Sommer", "greta@example.com"


def sign_in(browser: Browser, product: Product, username: str) -> Page:
    """A fresh browser of one person, signed in and at home."""
    page = browser.new_context(base_url=product.url, locale="en-GB").new_page()
    page.goto("/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def add_client(page: Page) -> None:
    page.goto("/clients/")
    page.get_by_role("link", name=re.compile("client")).first.click()
    page.fill("[name=name]", CLIENT)
    page.fill("[name=phone]", "+49 30 901820")
    page.fill("[name=email]", ADDRESS)
    page.select_option("select[name=language]", "en")
    page.check("[name=email_consent]")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name=CLIENT).wait_for()


def screen(page: Page) -> None:
    """Every question is asked; every answer is no."""
    page.get_by_role("link", name="Screen").first.click()
    questions = page.locator(".question")
    questions.first.wait_for()
    assert questions.count() == 15
    for number in range(questions.count()):
        questions.nth(number).locator("label.is-no").click()
    page.get_by_role("button", name="Keep the answers").click()
    page.get_by_role("link", name="Book a course").first.wait_for()


def book_ten_sessions(page: Page, not_before: date) -> None:
    page.get_by_role("link", name="Book a course").first.click()
    option = page.locator("[name=treatment] option", has_text="nitrogen").filter(has_text="Face")
    page.select_option("[name=treatment]", option.get_attribute("value"))
    page.fill("[name=sessions]", "10")
    page.locator("[name=indications]").first.check()
    page.fill("[name=not_before]", not_before.isoformat())
    page.get_by_role("button", name="Find times").click()
    page.locator(".plan-item").nth(9).wait_for()
    assert page.locator(".plan-item").count() == 10
    page.get_by_role("button", name="Book course").click()
    page.wait_for_url(re.compile(r"/courses/\d+/"))


def visits_of(product: Product) -> list[tuple[int, datetime, datetime]]:
    return product.ask(
        "SELECT id, lower(visit), upper(visit) FROM scheduling_appointment ORDER BY visit"
    )
