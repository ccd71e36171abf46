"""Links: what is signed is read back, and nothing else is, whatever is done to a token."""

import random
from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings

from cryoclinic.models import Clinic
from scheduling.links import (
    BadLink,
    Link,
    Purpose,
    make,
    page_url,
    read,
    unsubscribe_headers,
    unsubscribe_url,
)
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course

DAY = date(2026, 6, 18)
# What addresses are made of, and some that they are not.
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~:%+= \x00é٣²"


def is_read(token: str, purpose: Purpose = Purpose.VISIT) -> bool:
    try:
        read(purpose, token)
    except BadLink:
        return False
    return True


def mutated(token: str, chance: random.Random) -> str:
    """The token with one to three places changed, left out, doubled, swapped or added."""
    text = token
    for _step in range(chance.randint(1, 3)):
        at = chance.randrange(len(text))
        match chance.randrange(6):
            case 0:
                text = text[:at] + chance.choice(ALPHABET) + text[at + 1 :]
            case 1:
                text = text[:at] + text[at + 1 :]
            case 2:
                text = text[:at] + text[at] + text[at:]
            case 3:
                text = text[:at] + text[at:][::-1]
            case 4:
                text = text[:at] + text[at:].swapcase()
            case _:
                text = text[:at] + chance.choice(ALPHABET) + text[at:]
        text = text or chance.choice(ALPHABET)
    return text


@pytest.mark.parametrize(
    ("version", "expires_on"), [(1, DAY), (7, None), (2_147_483_647, date.max)]
)
def test_a_token_says_what_was_put_in(version: int, expires_on: date | None) -> None:
    token = make(Purpose.VISIT, 42, version=version, expires_on=expires_on)
    assert read(Purpose.VISIT, token) == Link(42, version, expires_on)


def test_a_hundred_thousand_mutated_tokens_are_none_of_them_read() -> None:
    chance = random.Random(20260512)
    token = make(Purpose.VISIT, 42, version=1, expires_on=DAY)
    tried: set[str] = set()
    while len(tried) < 100_000:
        tried |= {mutated(token, chance)} - {token}
    assert [other for other in tried if is_read(other)] == []


def test_a_foreign_signature_under_other_numbers_is_not_read() -> None:
    """Cut and pasted out of genuine tokens."""
    tokens = [make(Purpose.VISIT, pk, version=1, expires_on=DAY) for pk in range(1, 60)]
    said, signatures = zip(*(token.split("~") for token in tokens), strict=True)
    mixed = {f"{one}~{two}" for one in said for two in signatures} - set(tokens)
    assert len(mixed) == 59 * 58
    assert [other for other in mixed if is_read(other)] == []


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_for_one_purpose_opens_no_other(purpose: Purpose) -> None:
    token = make(purpose, 42, version=1, expires_on=DAY)
    assert [other for other in Purpose if is_read(token, other)] == [purpose]


def test_a_token_of_another_key_is_not_read(settings) -> None:
    token = make(Purpose.VISIT, 42, expires_on=DAY)
    settings.SECRET_KEY = "another-" * 8
    assert not is_read(token)


def test_a_token_of_the_key_before_is_read_while_that_is_kept(settings) -> None:
    token = make(Purpose.VISIT, 42, expires_on=DAY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-" * 8, [settings.SECRET_KEY]
    assert is_read(token)


@pytest.mark.parametrize("token", ["", "~", "42.1.0", "42.1.0~", "~x", "a" * 5000])
def test_what_is_no_token_is_not_read(token: str) -> None:
    assert not is_read(token)


def test_a_link_is_over_the_day_after_its_last() -> None:
    link = Link(42, 1, DAY)
    assert not link.is_over(DAY)
    assert link.is_over(DAY + timedelta(days=1))
    assert not Link(42, 1, None).is_over(date.max)


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_the_page_is_open_until_30_days_after_the_last_visit(clinic: Clinic) -> None:
    course, visits = make_course(clinic)
    course.link_version = 3
    url = page_url(course)
    begin, token = url[: -len(url.split("/v/")[1])], url.split("/v/")[1].strip("/")
    assert begin == f"{settings.SITE_URL}/v/"
    assert read(Purpose.VISIT, token) == Link(course.pk, 3, visits[-1].day + timedelta(days=30))
    assert len(url) < 120


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_the_page_of_a_finished_course_is_open_30_days_from_now(clinic: Clinic) -> None:
    course, _visits = make_course(clinic, [date(2026, 5, 2)])
    token = page_url(course).split("/v/")[1].strip("/")
    assert read(Purpose.VISIT, token).expires_on == date(2026, 6, 11)


@pytest.mark.django_db
def test_mails_name_the_address_to_unsubscribe_with_one_post() -> None:
    client = factories.ClientFactory()
    url = unsubscribe_url(client)
    token = url.split("/u/")[1].strip("/")
    assert read(Purpose.UNSUBSCRIBE, token).subject == client.pk
    assert unsubscribe_headers(client) == {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
