"""The main job from end to end, in a real browser, against the product's real processes.

Reception signs in, adds a client, screens, books ten sessions; the worker mails the plan and, when
the clock says so, the reminder; the specialist signs in and closes the note of the first session.
"""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.desk import (
    ADDRESS,
    BERLIN,
    CLIENT,
    add_client,
    book_ten_sessions,
    screen,
    sign_in,
    visits_of,
)
from tests.e2e.processes import Product
from tests.smtp import Postbox, calendar_of, html_of, text_of

pytestmark = pytest.mark.e2e

# What no mail may say, in either language: what is treated, where, and what for.
HEALTH = re.compile(r"nitrogen|applicator|face|acne|wrinkle|азот|лицо|акне|морщин", re.IGNORECASE)


def write_and_close_note(page: Page) -> None:
    page.goto("/my-day/")
    page.locator(".agenda-item", has_text=CLIENT).locator(".agenda-end a").click()
    page.get_by_role("button", name="Check in and ask").click()
    page.get_by_text("Nothing has changed").click()
    page.get_by_role("button", name="Save the answer and go on").click()
    page.locator("[name^=seconds_]").first.fill("240")
    page.locator("[name^=temperature_]").first.fill("-100")
    page.locator("[name=text]").fill("Even reddening, gone after rest.")
    page.get_by_role("button", name="Save and close…").click()
    page.get_by_role("button", name="Close note for good").click()
    page.get_by_text("Note closed, session completed.").wait_for()
    assert page.locator(".agenda-item.is-completed", has_text=CLIENT).count() == 1


def check_plan(postbox: Postbox, visits: list[tuple[int, datetime, datetime]]) -> None:
    [mail] = postbox.mails
    first = visits[0][1].astimezone(BERLIN)

    assert mail["To"] == ADDRESS
    assert mail["Subject"] == f"Frost House: your 10 sessions, from {first:%-d %B}"
    assert [line for line in text_of(mail).splitlines() if re.match(r"\d+\. ", line)] == [
        f"{number}. {start.astimezone(BERLIN):%A, %-d %B %Y, %H:%M}–{end.astimezone(BERLIN):%H:%M}"
        for number, (_pk, start, end) in enumerate(visits, start=1)
    ]
    events = calendar_of(mail).walk("VEVENT")
    assert [
        (str(event["UID"]), event.decoded("DTSTART"), event.decoded("DTEND")) for event in events
    ] == [(f"visit-{pk}@127.0.0.1", start, end) for pk, start, end in visits]


def check_reminder(postbox: Postbox, visit: tuple[int, datetime, datetime]) -> None:
    _plan, mail = postbox.mails
    start = visit[1].astimezone(BERLIN)

    assert mail["To"] == ADDRESS
    assert mail["Subject"] == f"Frost House: tomorrow at {start:%H:%M}, session 1 of 10"
    [event] = calendar_of(mail).walk("VEVENT")
    assert event.decoded("DTSTART") == visit[1]


def test_course_is_booked_announced_reminded_of_and_given(
    product: Product, postbox: Postbox, browser: Browser
) -> None:
    product.start("web", "worker", "beat")
    desk = sign_in(browser, product, "reception")
    add_client(desk)
    screen(desk)
    book_ten_sessions(desk, not_before=datetime.now(BERLIN).date() + timedelta(days=4))

    visits = visits_of(product)
    days = [start.astimezone(BERLIN).date() for _pk, start, _end in visits]
    assert [(after - before).days for before, after in pairwise(days)] == [2] * 9
    product.wait(lambda: bool(postbox.mails), "the plan to arrive")
    product.stop()
    check_plan(postbox, visits)

    [(due_at,)] = product.ask(
        "SELECT due_at FROM scheduling_message WHERE appointment_id = %s AND lead_hours = 24",
        visits[0][0],
    )
    product.start("web", "worker", "beat", at=due_at + timedelta(seconds=1))
    product.wait(lambda: len(postbox.mails) > 1, "the reminder to arrive")
    product.stop()
    check_reminder(postbox, visits[0])

    product.start("web", at=visits[0][1] - timedelta(minutes=10))
    write_and_close_note(sign_in(browser, product, "cosmetologist"))
    assert product.ask(
        "SELECT a.status, n.closed_at IS NOT NULL FROM scheduling_sessionnote n"
        " JOIN scheduling_appointment a ON a.id = n.appointment_id"
    ) == [("completed", True)]
    assert product.ask(
        "SELECT kind, lead_hours, status, count(*) FROM scheduling_message"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ) == [
        ("aftercare", 0, "due", 1),
        ("course_booked", 0, "sent", 1),
        ("reminder", 2, "due", 10),
        ("reminder", 24, "due", 9),
        ("reminder", 24, "sent", 1),
    ]
    assert [
        HEALTH.findall(text_of(mail) + html_of(mail) + calendar_of(mail).to_ical().decode())
        for mail in postbox.mails
    ] == [[], []]
