"""Whoever reads Russian reads nothing but Russian: no word of English is left on any page.

What staff typed and what the catalogue keeps per language is read from the database; names that
are Latin in every language are listed.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.models import CharField, Field, JSONField, TextField
from django.test import Client as Browser
from django.utils import translation

from clients.models import Client
from cryoclinic.models import User
from scheduling.emails.sample import sample_mail
from scheduling.models import Message
from scheduling.models.message import MessageKind
from scheduling.selectors import words
from tests.fixtures import Practice
from tests.small_clinic import MORNING, populate
from tests.smtp import calendar_of, html_of, parse_mail, text_of
from tests.test_get_changes_nothing import addresses, questions

pytestmark = pytest.mark.django_db

WORD = re.compile(r"[A-Za-z]{2,}")
# Addresses, and the names that stand in braces in a mail's wording.
NO_WORDS = re.compile(r"https?://\S+|\{\w+\}")
LINK = re.compile(r"https?://[^\s<>\"]+")
# Attributes that are read out or shown. Django's admin has its pictures' “alt” in English alone.
SHOWN = {"aria-label", "placeholder", "title", "data-busy", "data-copied", "data-label"}
# The product, a language in itself, and what Django's own Russian leaves in Latin letters.
LATIN = {"CryoClinic", "English", "Control", "Command", "Mac", "LDAP", "Single", "Sing"}


class Reader(HTMLParser):
    """Collects the words that a page shows, a script's and a style's left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: set[str] = set()
        self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code")
        for name, value in attrs:
            if name in SHOWN and value:
                self.words.update(WORD.findall(value))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.update(WORD.findall(NO_WORDS.sub("", data)))


def stored() -> Iterator[str]:
    """Every word that the database keeps."""
    kinds: tuple[type[Field[Any, Any]], ...] = (CharField, TextField, JSONField)
    tables = set(connection.introspection.table_names())
    for model in apps.get_models():
        if model._meta.db_table not in tables:
            continue
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]
        for row in model._base_manager.values_list(*names):
            yield from WORD.findall(" ".join(str(value) for value in row))


@pytest.fixture
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def small_clinic(
    morning: None, practice: Practice, reception: User, cosmetologist: User
) -> Practice:
    """Everything of it, the first screening too, came about on that morning or before."""
    populate(practice, reception=reception, cosmetologist=cosmetologist)
    return practice


@pytest.mark.parametrize("who", ["nobody", "reception", "cosmetologist", "manager"])
def test_pages_hold_no_english(
    small_clinic: Practice,
    browse: Callable[[User | None], Browser],
    request: pytest.FixtureRequest,
    who: str,
) -> None:
    browser = browse(None if who == "nobody" else request.getfixturevalue(who))
    Client.objects.update(language="ru")
    known = LATIN | set(stored())
    left: dict[str, list[str]] = {}
    for _name, address in [*addresses(), *questions()]:
        answer = browser.get(address, headers={"Accept-Language": "ru"})
        if "text/html" in answer.get("Content-Type", "") and answer.status_code != 405:
            page = answer.content.decode()
            if unknown := Reader(page).words - known:
                left[address] = sorted(unknown)
    assert left == {}


def test_a_page_in_english_is_noticed(browse: Callable[[User | None], Browser]) -> None:
    """Otherwise the test above would prove nothing."""
    answer = browse(None).get("/accounts/login/", headers={"Accept-Language": "en"})
    assert {"Password", "Username", "Skip", "content"} <= Reader(answer.content.decode()).words


@pytest.mark.parametrize("kind", Message.Kind.values)
def test_mails_and_their_calendars_hold_no_english(small_clinic: Practice, kind: str) -> None:
    now = MORNING
    sample = sample_mail(
        MessageKind(kind), small_clinic.clinic, language="ru", to="anna@clinic.example", now=now
    )
    mail = parse_mail(sample.message().as_bytes())
    events = calendar_of(mail).walk("VEVENT") if list(mail.iter_attachments()) else []
    told = [str(event.get(name, "")) for event in events for name in ("SUMMARY", "DESCRIPTION")]
    shown = " ".join([mail["Subject"], text_of(mail), html_of(mail), *told])
    assert Reader(LINK.sub("", shown)).words - LATIN - set(stored()) == set()


def test_numbers_take_their_three_forms() -> None:
    with translation.override("ru"):
        told = [words.sessions(count) for count in (1, 2, 5, 11, 21, 112)]
    assert told == [
        "1\u00a0сеанс",
        "2\u00a0сеанса",
        "5\u00a0сеансов",
        "11\u00a0сеансов",
        "21\u00a0сеанс",
        "112\u00a0сеансов",
    ]
