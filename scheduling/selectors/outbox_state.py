"""What the desk has to know of the outbox without opening it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from cryoclinic.models import Clinic
from scheduling.models import Message

# A mail that failed longer ago tells nobody anything that is still of use.
LATELY = timedelta(days=14)
# The worker looks several times a minute: what is overdue by this much is not being sent.
STUCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many failed lately, and since when the oldest that should be gone is due (or None)."""

    failed: int
    stuck_since: datetime | None

    def __bool__(self) -> bool:
        return bool(self.failed or self.stuck_since)


def outbox_state(clinic: Clinic, *, now: datetime) -> OutboxState:
    """One query, by index; ``stuck_since`` is on the clinic's clock."""
    failed = Q(status=Message.Status.FAILED, due_at__gte=now - LATELY)
    stuck = Q(status__in=[Message.Status.DUE, Message.Status.SENDING], due_at__lt=now - STUCK)
    # The states and the time once more for both: that is what the index can start from.
    unsettled = Message.objects.filter(
        clinic=clinic,
        status__in=[Message.Status.FAILED, Message.Status.DUE, Message.Status.SENDING],
        due_at__lt=now,
    )
    found = unsettled.aggregate(
        failed=Count("pk", filter=failed), since=Min("due_at", filter=stuck)
    )
    since: datetime | None = found["since"]
    return OutboxState(found["failed"], since and clinic.local(since))


def overdue_minutes(*, now: datetime) -> int:
    """How long the oldest message of all that should be gone has been due; 0 where all are.

    One that is being tried again counts too: the mail server may be what does not work.
    """
    late = Message.objects.pending().filter(due_at__lt=now - STUCK).order_by("due_at", "id")
    oldest = late.values_list("due_at", flat=True).first()
    return 0 if oldest is None else int((now - oldest).total_seconds() // 60)


def notice() -> str:
    """``"ok"``, or how long the oldest message has been due, for whoever watches ``/readyz``."""
    minutes = overdue_minutes(now=timezone.now())
    return f"overdue for {minutes} min" if minutes else "ok"
