"""The adjectives of courses, appointments and what they need. Overlap is written here, once."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import DecimalField, ExpressionWrapper, F, Q, Sum, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from cryoclinic.models import Clinic

Span = tuple[datetime, datetime]


class ResourceQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def of(self, clinic: "Clinic") -> Self:
        return self.filter(clinic=clinic)


class UnavailabilityQuerySet(models.QuerySet):
    def overlapping(self, span: Span) -> Self:
        """Those that share an instant with the half-open span."""
        return self.filter(period__overlap=span)


class CourseQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(status="active")

    def open(self) -> Self:
        """Under way or on hold: sessions may still be booked."""
        return self.filter(status__in=["active", "held"])

    def with_money(self) -> Self:
        """Adds ``agreed``, ``paid`` and ``balance`` (what is still to pay), all derived."""
        nothing = Value(Decimal(0), output_field=DecimalField())
        return self.annotate(
            agreed=ExpressionWrapper(
                F("price") * F("sessions_planned"),
                output_field=DecimalField(max_digits=12, decimal_places=2),
            ),
            paid=Coalesce(Sum("payments__amount"), nothing),
            balance=F("agreed") - F("paid"),
        )


class AppointmentQuerySet(models.QuerySet):
    def live(self) -> Self:
        """To come, under way or done: what counts towards the course."""
        return self.filter(status__in=["booked", "checked_in", "completed"])

    def occupying(self) -> Self:
        """What takes specialist, room, device and client: all that is not cancelled."""
        return self.exclude(status="cancelled")

    def upcoming(self) -> Self:
        return self.filter(status__in=["booked", "checked_in"])

    def undoable(self, now: datetime) -> Self:
        """Cancelled by the client, who may still take it back."""
        return self.filter(status="cancelled", undo_until__gt=now)

    def on_day(self, day: date) -> Self:
        return self.filter(day=day)

    def between_days(self, first: date, last: date) -> Self:
        """From ``first`` to ``last``, both included, on the clinic's calendar."""
        return self.filter(day__gte=first, day__lte=last)

    def in_order(self) -> Self:
        return self.order_by("treatment", "id")


class PreVisitAnswerQuerySet(models.QuerySet):
    def to_review(self) -> Self:
        """Something has changed, and nobody of the clinic has looked at it yet."""
        return self.filter(changed=True, reviewed_at=None)


class MessageQuerySet(models.QuerySet):
    def pending(self) -> Self:
        return self.filter(status__in=["due", "retrying", "sending"])

    def withdrawable(self) -> Self:
        """Pending and in no worker's hands."""
        return self.filter(status__in=["due", "retrying"])

    def due(self, now: datetime) -> Self:
        """Pending, past their time, and not in another worker's hands."""
        return (
            self.pending()
            .filter(due_at__lte=now)
            .filter(Q(leased_until=None) | Q(leased_until__lte=now))
        )


class CourseAlertQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(resolved_at=None)


class CourseProposalQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status="open")

    def of(self, clinic: "Clinic") -> Self:
        return self.filter(course__clinic=clinic)
