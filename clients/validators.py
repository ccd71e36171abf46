"""Checks of single values of the client card, for models, forms and imports alike."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def validate_phone(phone: str) -> None:
    """Refuse what is not an E.164 number; ``clients.phones.parse`` makes one of what was typed."""
    if not E164.fullmatch(phone):
        raise ValidationError(
            _("“%(phone)s” is not a phone number with a country code, such as +7 912 345-67-89."),
            params={"phone": phone},
        )


def validate_birth_date(day: date) -> None:
    """Refuse a day after today or more than 120 years ago."""
    today = timezone.now().date()
    if not today.year - 120 <= day.year or day > today:
        raise ValidationError(_("A birth date lies in the last 120 years. Check the year."))
