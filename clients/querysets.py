"""The adjectives of people and screenings."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from clients import search
from clients.expressions import Trigrams

if TYPE_CHECKING:
    from clients.models import Client, Screening


def _found_by(word: str) -> Q:
    """The index finds the rows that have all the word's trigrams; the text itself decides.

    Asked as a position and not with LIKE: PostgreSQL would multiply the two estimates as if they
    had nothing to do with each other, expect a few rows where there are thousands, and choose a
    plan for those.
    """
    found = Q(GreaterThan(StrIndex(F("search_text"), Value(word)), 0))
    if len(word) >= search.SHORTEST:
        found &= Q(trigrams__contains=Trigrams(Value(word)))
    return found


class ClientQuerySet(models.QuerySet["Client"]):
    def matching(self, query: search.Query) -> Self:
        """Those in whose name, phone or e-mail every word is found; none for an empty query."""
        if not query:
            return self.none()
        found = Q()
        for spellings in query.words:
            any_spelling = Q()
            for spelling in spellings:
                any_spelling |= _found_by(spelling)
            found &= any_spelling
        return self.filter(found)

    def after(self, client: "Client") -> Self:
        """Those that come later by name; the first condition is what the index can start from."""
        return self.filter(
            Q(name__gte=client.name), Q(name__gt=client.name) | Q(id__gt=client.id)
        ).order_by("name", "id")

    def with_email(self, email: str) -> Self:
        """Those with this address in any case, found through the search index."""
        return self.filter(_found_by(email.lower()), email__iexact=email)

    def named(self, name: str) -> Self:
        """Those with this very name in any case, found through the search index."""
        return self.filter(_found_by(name.lower().replace("ё", "е")), name__iexact=name)


class ScreeningQuerySet(models.QuerySet["Screening"]):
    def full(self) -> Self:
        """Those that asked everything, not the repeats at a visit."""
        return self.filter(follows=None)

    def counting_for(self, full: Iterable[int]) -> Self:
        """The full screenings (ids), and the repeats of each at visits."""
        ids = list(full)
        return self.filter(Q(pk__in=ids) | Q(follows__in=ids))

    def valid_on(self, day: date) -> Self:
        return self.filter(asked_on__lte=day, valid_until__gte=day)


class AnswerQuerySet(models.QuerySet):
    def present(self) -> Self:
        return self.filter(present=True)

    def counting_for(self, full: Iterable[int]) -> Self:
        """The answers of the full screenings (ids) and of the visits at which they were repeated.

        The screenings first, by two indexes of their own: an OR over both tables would read all
        the answers that were ever given.
        """
        screenings: Any = self.model._meta.get_field("screening").related_model
        asked: models.QuerySet[Screening] = screenings.objects.counting_for(full)
        return self.filter(screening__in=asked)


class ClearanceQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """Those that were not revoked, whatever their days."""
        return self.filter(revoked_at=None)

    def on_day(self, day: date) -> Self:
        return self.standing().filter(valid_from__lte=day, expires_on__gte=day)
