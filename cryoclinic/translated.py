"""Texts that staff keep in every language of the interface.

A translated text is one column per language (``name_en``, ``name_ru``) and a read-only attribute
(``name``) that answers in the reader's language. Columns, not a translation table: they come with
the row in the same query, are searchable, and their completeness is a NOT NULL.
"""

from typing import Any, overload

from django.conf import settings
from django.utils.translation import get_language


class Translated:
    """Read ``<field>_<language>`` of the active language, else of the site's default language."""

    def __init__(self, field: str) -> None:
        self.field = field

    @overload
    def __get__(self, instance: None, owner: type) -> "Translated": ...
    @overload
    def __get__(self, instance: object, owner: type) -> str: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            return self
        language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        text = getattr(instance, f"{self.field}_{language}", "")
        return text or getattr(instance, f"{self.field}_{settings.LANGUAGE_CODE}")
