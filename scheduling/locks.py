"""The one order in which rows that bookings compete for are locked, and what a conflict means.

Client, course, specialists, rooms, devices; within each by primary key; always FOR NO KEY UPDATE,
which foreign keys to the same rows do not wait for. Exclusion constraints alone deadlock under
load: two transactions each wait for the other's uncommitted row. After the lock they only ever
have the last word. The client comes first with every change of a course too: two courses of one
client compete for the client's time.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, OperationalError, models
from django.db.models import QuerySet

from clients.models import Client
from scheduling import errors
from scheduling.models import Course, Device, Room, Specialist
from scheduling.planner import Slot

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK = "40P01"


def lock_client(client_id: int) -> None:
    _lock(Client.objects.filter(pk=client_id))


def lock_course(course_id: int) -> Course:
    """The course as it is now, its client's row and its own locked until the transaction ends."""
    courses = Course.objects.select_related("client")
    # PostgreSQL locks in the order in which the tables are named.
    return courses.select_for_update(no_key=True, of=("client", "self")).get(pk=course_id)


def lock_courses(course_ids: Iterable[int]) -> None:
    """For what touches many courses and no client's time."""
    _lock(Course.objects.filter(pk__in=set(course_ids)))


def lock_idle_courses(course_ids: Iterable[int]) -> list[int]:
    """The ids of those that nobody else is changing just now, locked."""
    idle = Course.objects.filter(pk__in=set(course_ids)).order_by("pk")
    return list(idle.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True))


def lock_resources(slots: Iterable[Slot]) -> None:
    """Every specialist, room and device that the slots need."""
    slots = list(slots)
    _lock(Specialist.objects.filter(pk__in={slot.specialist for slot in slots}))
    _lock(Room.objects.filter(pk__in={slot.room for slot in slots}))
    devices = {slot.device for slot in slots if slot.device is not None}
    if devices:
        _lock(Device.objects.filter(pk__in=devices))


def _lock(rows: QuerySet[models.Model]) -> None:
    list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


@contextmanager
def conflicts_in_words(**facts: object) -> Iterator[None]:
    """Raise the refusal that a broken constraint or a lock not had stands for.

    Goes around the whole transaction: after the error nothing more can be asked of it.
    """
    try:
        yield
    except (IntegrityError, OperationalError) as error:
        cause = error.__cause__
        if getattr(cause, "pgcode", None) in (LOCK_NOT_AVAILABLE, DEADLOCK):
            raise errors.Busy() from error
        name = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
        refusal = errors.of_constraint(name, **facts)
        if refusal is None:
            raise
        raise refusal from error
