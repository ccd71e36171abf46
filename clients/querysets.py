"""The adjectives of people and screenings."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from clients.models import Screening


class ClientQuerySet(models.QuerySet["Client"]):
    pass


class ScreeningQuerySet(models.QuerySet["Screening"]):
    def full(self) -> Self:
        """Those that asked everything, not the repeats at a visit."""
        return self.filter(follows=None)

    def valid_on(self, day: date) -> Self:
        return self.filter(asked_on__lte=day, valid_until__gte=day)


class AnswerQuerySet(models.QuerySet):
    def present(self) -> Self:
        return self.filter(present=True)

    def counting_for(self, screening: "Screening") -> Self:
        """The answers of the screening and of the visits at which it was asked again."""
        return self.filter(Q(screening=screening) | Q(screening__follows=screening))


class ClearanceQuerySet(models.QuerySet):
    def on_day(self, day: date) -> Self:
        return self.filter(revoked_at=None, valid_from__lte=day, expires_on__gte=day)
