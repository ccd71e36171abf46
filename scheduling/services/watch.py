"""Which courses the worker has to look at: written by every service that changes one.

A plain row per course, indexed by when it is due, so that a look which finds nothing to do reads
one entry of an index. Called inside the transaction of the change, after the course is locked.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from cryoclinic.audit import service
from cryoclinic.models import User

_LOOK = """
INSERT INTO scheduling_coursecheck AS k (course_id, due_at)
SELECT id, %(at)s + place * interval '1 microsecond'
  FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS asked (id, place) ORDER BY id
ON CONFLICT (course_id) DO UPDATE SET due_at = least(k.due_at, excluded.due_at)
"""
_ENROL = """
INSERT INTO scheduling_coursecheck (course_id, due_at)
SELECT c.id, %(now)s FROM scheduling_course c
 WHERE c.status = 'active'
   AND NOT EXISTS (SELECT FROM scheduling_coursecheck k WHERE k.course_id = c.id)
ON CONFLICT (course_id) DO NOTHING
"""


def look_again(courses: Iterable[int], *, at: datetime) -> None:
    """Let the worker look at the courses (ids) at that time or sooner, in the order given."""
    ids = list(courses)
    if ids:
        with connection.cursor() as cursor:
            # The order is in the last digits; what is due "now" has to be due by now.
            first = at - timedelta(microseconds=len(ids))
            cursor.execute(_LOOK, {"ids": ids, "at": first})


@service
def enrol_courses(*, by: User, now: datetime) -> int:
    """Have the worker look at active courses that came about past the services; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_ENROL, {"now": now})
        return cursor.rowcount
