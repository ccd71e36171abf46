"""The product installed for one test, the mail server it writes to, and a browser."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.processes import Product, own_database
from tests.smtp import Postbox, serve

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def product(tmp_path: Path, postbox: Postbox, template_database: str) -> Iterator[Product]:
    """Installed and set up on its own database; nothing of it runs yet."""
    mail_server = serve(postbox)
    with own_database(os.environ["DATABASE_URL"], template_database) as database_url:
        product = Product(tmp_path, database_url, mail_server.port)
        try:
            product.run("tests/e2e/set_up.py")
            yield product
        finally:
            product.stop()
            print(product.logs())  # pytest shows it where the test failed
            product.forget()
            mail_server.stop()


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
