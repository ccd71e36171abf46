"""Phone numbers as people type them, and as they are kept: E.164, such as +79123456789."""

from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberFormat


def parse(typed: str) -> str:
    """The number in E.164. Without a country code it is one of ``PHONENUMBER_DEFAULT_REGION``.

    Takes spaces, brackets, dashes and the national prefix: "8 (912) 345-67-89" is +79123456789.
    Raises ValidationError where no plan of the world has such a number.
    """
    try:
        number = phonenumbers.parse(typed, settings.PHONENUMBER_DEFAULT_REGION)
    except NumberParseException as error:
        raise _not_a_number(typed) from error
    if not phonenumbers.is_valid_number(number):
        raise _not_a_number(typed)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=1000)
def spaced(phone: str) -> str:
    """The E.164 number as it is read aloud: +7 912 345-67-89. Other text comes back as it is."""
    try:
        number = phonenumbers.parse(phone)
    except NumberParseException:
        return phone
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _not_a_number(typed: str) -> ValidationError:
    return ValidationError(
        _("“%(typed)s” is not a phone number. Type it like +7 912 345-67-89 or 8 912 345-67-89."),
        code="phone",
        params={"typed": typed},
    )
