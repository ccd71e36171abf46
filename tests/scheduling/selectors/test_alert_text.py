"""The worker's figures as sentences."""

import pytest

from scheduling.models import CourseAlert
from scheduling.selectors.alert_text import alert_text


@pytest.mark.parametrize(
    ("kind", "details", "sentence"),
    [
        (
            "gap_too_long",
            {"last": "2026-05-12", "next": "2026-05-17", "days": 5, "max": 3},
            "From 12 May to 17 May it is 5 days; the gap is to be at most 3.",
        ),
        (
            "gap_too_long",
            {"last": "2026-05-12", "next": None, "max": 3},
            "The last session was on 12 May and the next one is not booked; "
            "the gap is to be at most 3 days.",
        ),
        (
            "sessions_missing",
            {"live": 9, "planned": 10},
            "1 of 10 sessions is not booked.",
        ),
        (
            "sessions_missing",
            {"live": 8, "planned": 10},
            "2 of 10 sessions are not booked.",
        ),
        (
            "rescreening_due",
            {"session": "2026-06-03", "valid_until": "2026-06-01"},
            "The screening is valid until 1 June; the session on 3 June needs a new one.",
        ),
    ],
)
def test_alert_text_says_the_reason(kind, details, sentence):
    assert alert_text(CourseAlert(kind=kind, details=details)) == sentence
