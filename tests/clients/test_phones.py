"""Phone numbers as they are typed and as they are kept."""

import pytest
from django.core.exceptions import ValidationError

from clients import phones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+7 912 345-67-89", "+79123456789"),
        ("8 912 345-67-89", "+79123456789"),
        ("8 (912) 345 67 89", "+79123456789"),
        ("9123456789", "+79123456789"),
        ("79123456789", "+79123456789"),
        ("  +7(912)3456789 ", "+79123456789"),
        ("+49 30 901820", "+4930901820"),
        ("+375 29 491-19-11", "+375294911911"),
    ],
)
def test_parse_makes_e164_of_what_people_type(typed: str, kept: str) -> None:
    assert phones.parse(typed) == kept


@pytest.mark.parametrize("typed", ["", "12", "call me", "+7 912 345-67-8", "8 912 345 67 89 00 11"])
def test_parse_refuses_what_is_no_number(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        phones.parse(typed)
    assert refused.value.messages == [
        f"“{typed}” is not a phone number. Type it like +7 912 345-67-89 or 8 912 345-67-89."
    ]


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("+79123456789", "+7 912 345-67-89"), ("+4930901820", "+49 30 901820"), ("x", "x")],
)
def test_spaced_reads_as_people_say_it(kept: str, shown: str) -> None:
    assert phones.spaced(kept) == shown
