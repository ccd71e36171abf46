"""A course's visits as the client counts them."""

from dataclasses import dataclass
from datetime import datetime

from scheduling.models import Appointment, Course


@dataclass(frozen=True, slots=True)
class Visit:
    """One live visit; its times are on the clinic's clock.

    ``number`` counts the course's live visits by date: the third that takes place is number 3,
    whatever was cancelled or missed in between. ``version`` is that of its schedule.
    """

    appointment: int
    number: int
    starts_at: datetime
    ends_at: datetime
    version: int


def visits_of(course: Course) -> tuple[Visit, ...]:
    """The course's live visits in the order of their dates, in one query; needs the clinic."""
    zone = course.clinic.zone
    live = Appointment.objects.filter(course=course).live().in_order()
    rows = live.values_list("pk", "visit", "schedule_version")
    return tuple(
        Visit(pk, number, span.lower.astimezone(zone), span.upper.astimezone(zone), version)
        for number, (pk, span, version) in enumerate(rows, start=1)
    )
