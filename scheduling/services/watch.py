"""Which courses the worker has to look at: written by every service that changes one.

A plain row per course, indexed by when it is due, so that a look which finds nothing to do reads
one entry of an index. Called inside the transaction of the change, after all that it locks. What
the back office changes is written by the tables' own triggers (``models/watch_triggers.py``).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from cryoclinic.audit import service
from cryoclinic.models import User

_LOOK = """
INSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)
SELECT DISTINCT id, %(at)s::timestamptz, 1 FROM unnest(%(ids)s::bigint[]) AS wanted (id) ORDER BY id
ON CONFLICT (course_id) DO UPDATE
   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1
"""
_ENROL = """
INSERT INTO scheduling_coursecheck (course_id, due_at)
SELECT c.id, %(now)s FROM scheduling_course c
 WHERE c.status = 'active'
   AND NOT EXISTS (SELECT FROM scheduling_coursecheck k WHERE k.course_id = c.id)
ON CONFLICT (course_id) DO NOTHING
"""


def look_again(courses: Iterable[int], *, at: datetime) -> None:
    """Let the worker look at the courses (ids) at that time or sooner."""
    ids = list(courses)
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_LOOK, {"ids": ids, "at": at})


@service
def enrol_courses(*, by: User, now: datetime) -> int:
    """Have the worker look at active courses that came about past the services; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_ENROL, {"now": now})
        return cursor.rowcount
