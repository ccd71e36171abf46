"""The rules of a booking asked of the tables in plain SQL, which knows nothing of the services."""

from django.db import connection

_OVERLAP = """
SELECT 'two things at once: {what}' FROM scheduling_appointment a JOIN scheduling_appointment b
    ON a.id < b.id AND a.{what}_id = b.{what}_id AND a.{span} && b.{span}
 WHERE a.status <> 'cancelled' AND b.status <> 'cancelled' AND a.clinic_id = %(clinic)s
"""

_RULES = [
    *(
        _OVERLAP.format(what=what, span=span)
        for what, span in {
            "specialist": "treatment",
            "room": "treatment",
            "device": "treatment",
            "client": "visit",
        }.items()
    ),
    """
SELECT 'too close' FROM (
    SELECT day - lag(day) OVER (PARTITION BY course_id ORDER BY day) AS gap, course_id
      FROM scheduling_appointment
     WHERE status IN ('booked', 'checked_in', 'completed') AND clinic_id = %(clinic)s
) AS gaps JOIN scheduling_course c ON c.id = gaps.course_id WHERE gap < c.min_gap_days
""",
    """
SELECT 'more sessions than planned' FROM scheduling_course c
 WHERE c.clinic_id = %(clinic)s AND c.sessions_planned < (
    SELECT count(*) FROM scheduling_appointment a
     WHERE a.course_id = c.id AND a.status IN ('booked', 'checked_in', 'completed'))
""",
    """
SELECT 'half booked' FROM scheduling_course c
 WHERE c.clinic_id = %(clinic)s AND c.sessions_planned > (
    SELECT count(*) FROM scheduling_appointment a WHERE a.course_id = c.id)
""",
    """
SELECT 'not cleared on the day' FROM scheduling_appointment a
  JOIN clients_screening s ON s.id = a.screening_id
  JOIN clients_answer n ON n.screening_id = s.id AND n.present
 WHERE a.clinic_id = %(clinic)s AND a.status IN ('booked', 'checked_in', 'completed')
   AND NOT n.zone_bound AND (n.stops_until IS NULL OR a.day < n.stops_until)
""",
    """
SELECT 'a screening of somebody else' FROM scheduling_appointment a
  JOIN clients_screening s ON s.id = a.screening_id
 WHERE a.clinic_id = %(clinic)s AND s.client_id <> a.client_id
""",
    """
SELECT 'the day is not the clinic''s' FROM scheduling_appointment a
  JOIN cryoclinic_clinic c ON c.id = a.clinic_id
 WHERE a.clinic_id = %(clinic)s
   AND a.day <> (lower(a.treatment) AT TIME ZONE c.time_zone)::date
""",
    """
SELECT 'not on the record as it stands, with who did it' FROM scheduling_appointment a
 WHERE a.clinic_id = %(clinic)s AND NOT EXISTS (
    SELECT FROM scheduling_appointmentevent e
     WHERE e.pgh_obj_id = a.id AND e.status = a.status AND e.treatment = a.treatment
       AND e.pgh_context ? 'user'
       AND e.pgh_id = (SELECT max(pgh_id) FROM scheduling_appointmentevent f
                        WHERE f.pgh_obj_id = a.id))
""",
    """
SELECT 'a message for a time that is not that of its visit' FROM scheduling_message m
  JOIN scheduling_appointment a ON a.id = m.appointment_id
 WHERE a.clinic_id = %(clinic)s AND m.kind = 'reminder' AND m.status = 'due'
   AND (m.version <> a.schedule_version OR a.status NOT IN ('booked', 'checked_in'))
""",
]


def broken_rules(clinic_id: int) -> list[str]:
    """What is wrong with the clinic's bookings; nothing, one hopes."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_RULES), {"clinic": clinic_id})
        return [rule for (rule,) in cursor.fetchall()]
