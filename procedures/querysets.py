"""The adjectives of the catalogue."""

from datetime import date
from typing import Self

from django.db import models


class CatalogueQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class ProtocolQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True, procedure_type__is_active=True, zone__is_active=True)


class PriceQuerySet(models.QuerySet):
    def on_day(self, day: date) -> Self:
        """The price in force on ``day`` for each procedure type and zone, one row each."""
        return (
            self.filter(valid_from__lte=day)
            .order_by("procedure_type_id", "zone_id", "-valid_from")
            .distinct("procedure_type_id", "zone_id")
        )
