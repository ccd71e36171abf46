"""Days, gaps and money in the reader's language."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from scheduling.selectors import words


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["Mon 4 May", "Monday, 4 May 2026", "4 May", "1,200 ₽", "1,200.50 ₽"]),
        ("ru", ["Пн 4 мая", "понедельник, 4 мая 2026", "4 мая", "1 200 ₽", "1 200,50 ₽"]),
    ],
)
def test_days_and_money_follow_the_language(language: str, told: list[str]) -> None:
    day = date(2026, 5, 4)
    with translation.override(language):
        texts = [
            words.weekday_and_day(day),
            words.full_day(day),
            words.short_day(day),
            words.money(Decimal("1200.00"), "RUB"),
            words.money(Decimal("1200.50"), "RUB"),
        ]
    assert [text.replace("\u00a0", " ") for text in texts] == told


def test_gaps_and_spans() -> None:
    assert [words.gap(None), words.gap(1), words.gap(2)] == ["first", "1 day", "2 days"]
    assert words.span([]) == "0 sessions"
    assert words.span([date(2026, 5, 3), date(2026, 5, 30)]) == "2 sessions, 3 May – 30 May"
