"""How people's data is shown."""

from django import template

from clients import phones

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """An E.164 number as it is read aloud: +7 912 345-67-89."""
    return phones.spaced(number)
