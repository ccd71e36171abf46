"""The courses that the worker goes through from time to time."""

from collections.abc import Iterator

from scheduling.models import Course

BATCH = 500


def running_courses() -> Iterator[list[int]]:
    """The ids of all active courses in batches; each is read when it is asked for."""
    last = 0
    while ids := _next(last):
        yield ids
        last = ids[-1]


def _next(last: int) -> list[int]:
    courses = Course.objects.active().filter(pk__gt=last).order_by("pk")
    return list(courses.values_list("pk", flat=True)[:BATCH])
