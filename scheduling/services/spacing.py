"""Watching the gaps of running courses: what is, or will be, too far apart is put before the desk.

The figures are found and compared in the database, a few hundred courses at a time; where nothing
has changed, nothing is written. Any number of workers may run it at once: the unique index of open
alerts lets each be raised once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from cryoclinic.audit import service
from cryoclinic.models import User
from scheduling.locks import lock_idle_courses
from scheduling.models import Course, CourseAlert
from scheduling.selectors.running import running_courses
from scheduling.services.telling import ask_for_screenings

# A re-screening is called for this many days before the session that needs it.
RESCREENING_NOTICE_DAYS = 7

# One row per course and kind of what is wrong now. Days are the clinic's. The next gap is the one
# before the first session after today, or before the second where the course has not begun.
_REVIEW = """
WITH looked_at AS (
    SELECT c.id, c.sessions_planned, c.max_gap_days,
           (%(now)s::timestamptz AT TIME ZONE k.time_zone)::date AS today
      FROM scheduling_course c JOIN cryoclinic_clinic k ON k.id = c.clinic_id
     WHERE c.id = ANY (%(ids)s)
), live AS (
    SELECT a.course_id, a.day, lag(a.day) OVER of_course AS previous,
           s.valid_until, a.status
      FROM scheduling_appointment a JOIN clients_screening s ON s.id = a.screening_id
     WHERE a.course_id = ANY (%(ids)s) AND a.status IN ('booked', 'checked_in', 'completed')
    WINDOW of_course AS (PARTITION BY a.course_id ORDER BY a.day)
), next_gap AS (
    SELECT DISTINCT ON (l.course_id) l.course_id, l.previous, l.day
      FROM live l JOIN looked_at c ON c.id = l.course_id
     WHERE l.day > c.today AND l.previous IS NOT NULL
     ORDER BY l.course_id, l.day
), counted AS (
    SELECT c.id, count(l.day) AS live, max(l.day) AS last_day
      FROM looked_at c LEFT JOIN live l ON l.course_id = c.id
     GROUP BY c.id
), found AS (
    SELECT g.course_id, 'gap_too_long' AS kind,
           jsonb_build_object('last', g.previous, 'next', g.day,
                              'days', g.day - g.previous, 'max', c.max_gap_days) AS details
      FROM next_gap g JOIN looked_at c ON c.id = g.course_id
     WHERE g.day - g.previous > c.max_gap_days
    UNION ALL
    SELECT c.id, 'gap_too_long',
           jsonb_build_object('last', n.last_day, 'next', NULL, 'max', c.max_gap_days)
      FROM looked_at c JOIN counted n ON n.id = c.id
     WHERE n.live < c.sessions_planned AND c.today - n.last_day > c.max_gap_days
    UNION ALL
    SELECT c.id, 'sessions_missing',
           jsonb_build_object('live', n.live, 'planned', c.sessions_planned)
      FROM looked_at c JOIN counted n ON n.id = c.id
     WHERE n.live < c.sessions_planned
    UNION ALL
    SELECT l.course_id, 'rescreening_due',
           jsonb_build_object('session', min(l.day), 'valid_until', min(l.valid_until))
      FROM live l JOIN looked_at c ON c.id = l.course_id
     WHERE l.status = 'booked' AND l.day > l.valid_until AND l.day >= c.today
       AND l.day <= c.today + %(notice)s
     GROUP BY l.course_id
), raised AS (
    INSERT INTO scheduling_coursealert (course_id, kind, details, raised_at)
    SELECT f.course_id, f.kind, f.details, %(now)s FROM found f
     WHERE NOT EXISTS (
         SELECT FROM scheduling_coursealert a
          WHERE a.course_id = f.course_id AND a.kind = f.kind AND a.resolved_at IS NULL)
        ON CONFLICT (course_id, kind) WHERE resolved_at IS NULL DO NOTHING
    RETURNING id
), changed AS (
    UPDATE scheduling_coursealert a SET details = f.details FROM found f
     WHERE a.course_id = f.course_id AND a.kind = f.kind AND a.resolved_at IS NULL
       AND a.details <> f.details
    RETURNING a.id
), resolved AS (
    UPDATE scheduling_coursealert a SET resolved_at = %(now)s
     WHERE a.course_id = ANY (%(ids)s) AND a.resolved_at IS NULL
       AND NOT EXISTS (SELECT FROM found f WHERE f.course_id = a.course_id AND f.kind = a.kind)
    RETURNING a.id
)
SELECT (SELECT count(*) FROM raised) + (SELECT count(*) FROM changed)
     + (SELECT count(*) FROM resolved)
"""


def enforce_spacing(*, by: User, now: datetime) -> int:
    """Bring every alert up to date; return how many were raised, changed or resolved."""
    done = _resolve_of_closed(by=by, now=now)
    for ids in running_courses():
        done += review_courses(by=by, ids=ids, now=now)
    return done


@service
def review_courses(*, by: User, ids: Sequence[int], now: datetime) -> int:
    """Bring the alerts of these active courses up to date; return how many changed.

    Those that somebody is changing just now are left out: they are due for a look afterwards.
    """
    ids = lock_idle_courses(ids)
    figures: dict[str, Any] = {"ids": list(ids), "now": now, "notice": RESCREENING_NOTICE_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(_REVIEW, figures)
        [changed] = cursor.fetchone()
    ask_for_screenings(ids, notice_days=RESCREENING_NOTICE_DAYS, now=now)
    return changed


@service
def _resolve_of_closed(*, by: User, now: datetime) -> int:
    """A course that is held, stopped or over has nothing to be put right."""
    open_alerts = CourseAlert.objects.open().exclude(course__status=Course.Status.ACTIVE)
    return open_alerts.update(resolved_at=now)
