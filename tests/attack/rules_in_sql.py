"""The rules of design §3 asked of the tables in plain SQL, which knows nothing of the services.

Each query yields the rule's number and what is wrong. What data cannot show (that a GET changes
nothing, what a mail says) is tested where it happens.
"""

from django.db import connection

_LIVE = "a.status IN ('booked', 'checked_in', 'completed')"

# Sorted by their beginning, two overlap only if one begins before the latest end so far.
_OVERLAP = """
SELECT 'rule 1: two things at once: {what}' FROM (
    SELECT lower(a.{span}) < max(upper(a.{span})) OVER (
               PARTITION BY a.{what}_id ORDER BY lower(a.{span}), a.id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS clashes
      FROM scheduling_appointment a
     WHERE a.status <> 'cancelled' AND a.{what}_id IS NOT NULL AND a.clinic_id = %(clinic)s
) AS visits WHERE clashes
"""

_BOOKINGS = [
    *(
        _OVERLAP.format(what=what, span=span)
        for what, span in {
            "specialist": "treatment",
            "room": "treatment",
            "device": "treatment",
            "client": "visit",
        }.items()
    ),
    f"""
SELECT 'rule 2: too close' FROM (
    SELECT a.day - lag(a.day) OVER (PARTITION BY a.course_id ORDER BY a.day) AS gap, a.course_id
      FROM scheduling_appointment a WHERE {_LIVE} AND a.clinic_id = %(clinic)s
) AS gaps JOIN scheduling_course c ON c.id = gaps.course_id WHERE gap < c.min_gap_days
""",
    f"""
SELECT 'rule 3: more sessions than planned' FROM scheduling_course c
  JOIN scheduling_appointment a ON a.course_id = c.id AND {_LIVE}
 WHERE c.clinic_id = %(clinic)s GROUP BY c.id HAVING count(*) > c.sessions_planned
""",
    """
SELECT 'rule 3: two open courses of one procedure on one zone' FROM scheduling_course c
 WHERE c.clinic_id = %(clinic)s AND c.status IN ('active', 'held')
 GROUP BY c.client_id, c.procedure_type_id, c.zone_id HAVING count(*) > 1
""",
    """
SELECT 'rule 5: half booked' FROM scheduling_course c
  LEFT JOIN scheduling_appointment a ON a.course_id = c.id
 WHERE c.clinic_id = %(clinic)s GROUP BY c.id HAVING count(a.id) < c.sessions_planned
""",
    """
SELECT 'rule 5: a course without its indication' FROM scheduling_course c
 WHERE c.clinic_id = %(clinic)s AND NOT EXISTS (
    SELECT FROM scheduling_course_indications i WHERE i.course_id = c.id)
""",
]

_CLEARANCE = [
    f"""
SELECT 'rule 4: not cleared on the day' FROM scheduling_appointment a
  JOIN scheduling_course c ON c.id = a.course_id
  JOIN procedures_zone z ON z.id = c.zone_id
  JOIN clients_screening s ON s.id = a.screening_id
  JOIN clients_answer n ON n.screening_id = s.id AND n.present
 WHERE a.clinic_id = %(clinic)s AND {_LIVE}
   AND (n.stops_until IS NULL OR a.day < n.stops_until)
   AND (NOT n.zone_bound OR z.covers_all OR z.id = ANY (n.affected_zones))
   AND NOT EXISTS (SELECT FROM clients_clearance p
                    WHERE p.answer_id = n.id AND p.revoked_at IS NULL
                      AND a.day BETWEEN p.valid_from AND p.expires_on)
""",
    f"""
SELECT 'rule 4: a screening of somebody else, or of later' FROM scheduling_appointment a
  JOIN clients_screening s ON s.id = a.screening_id
 WHERE a.clinic_id = %(clinic)s
   AND (s.client_id <> a.client_id OR s.follows_id IS NOT NULL OR {_LIVE} AND s.asked_on > a.day)
""",
    """
SELECT 'rule 4: attended with a screening that had ended' FROM scheduling_appointment a
  JOIN clients_screening s ON s.id = a.screening_id
 WHERE a.clinic_id = %(clinic)s AND a.status IN ('checked_in', 'completed')
   AND a.day > s.valid_until
""",
    """
SELECT 'rule 4: completed, but not asked again on the day' FROM scheduling_appointment a
  LEFT JOIN clients_screening s ON s.id = a.visit_check_id AND s.follows_id = a.screening_id
 WHERE a.clinic_id = %(clinic)s AND a.status = 'completed' AND s.asked_on IS DISTINCT FROM a.day
""",
]

_TIMES = [
    """
SELECT 'rule 12: the day is not the clinic''s' FROM scheduling_appointment a
  JOIN cryoclinic_clinic c ON c.id = a.clinic_id
 WHERE a.clinic_id = %(clinic)s
   AND a.day <> (lower(a.treatment) AT TIME ZONE c.time_zone)::date
""",
    """
SELECT 'rule 12: not on the five minutes of the clinic''s clock' FROM scheduling_appointment a
  JOIN cryoclinic_clinic c ON c.id = a.clinic_id
 WHERE a.clinic_id = %(clinic)s
   AND extract(epoch FROM lower(a.treatment) AT TIME ZONE c.time_zone)::bigint %% 300 <> 0
""",
]

# The newest event of each row is the row as it stands; all name somebody.
_RECORD = [
    """
SELECT 'rule 7: not on the record as it stands' FROM scheduling_appointment a
 WHERE a.clinic_id = %(clinic)s AND NOT EXISTS (
    SELECT FROM (SELECT * FROM scheduling_appointmentevent e WHERE e.pgh_obj_id = a.id
                  ORDER BY e.pgh_id DESC LIMIT 1) AS last
     WHERE (last.status, last.treatment, last.specialist_id, last.room_id, last.schedule_version)
         = (a.status, a.treatment, a.specialist_id, a.room_id, a.schedule_version))
""",
    """
SELECT 'rule 7: a course not on the record as it stands' FROM scheduling_course c
 WHERE c.clinic_id = %(clinic)s AND c.status IS DISTINCT FROM (
    SELECT e.status FROM scheduling_courseevent e WHERE e.pgh_obj_id = c.id
     ORDER BY e.pgh_id DESC LIMIT 1)
""",
    """
SELECT 'rule 7: a change by nobody' FROM scheduling_appointment a
  JOIN scheduling_appointmentevent e ON e.pgh_obj_id = a.id
 WHERE a.clinic_id = %(clinic)s AND NOT coalesce(e.pgh_context ? 'user', false)
""",
    """
SELECT 'rule 6: another appointment than it was' FROM scheduling_appointment a
  JOIN scheduling_appointmentevent e ON e.pgh_obj_id = a.id
 WHERE a.clinic_id = %(clinic)s AND (e.course_id, e.client_id) <> (a.course_id, a.client_id)
""",
    """
SELECT 'rule 6: an appointment that is gone' FROM scheduling_appointmentevent e
 WHERE e.clinic_id = %(clinic)s
   AND NOT EXISTS (SELECT FROM scheduling_appointment a WHERE a.id = e.pgh_obj_id)
""",
    """
SELECT 'rule 8: a note changed after it was closed' FROM scheduling_appointment a
  JOIN scheduling_sessionnote n ON n.appointment_id = a.id
 WHERE a.clinic_id = %(clinic)s AND n.closed_at IS NOT NULL AND (
    SELECT count(*) FROM scheduling_sessionnoteevent e
     WHERE e.pgh_obj_id = n.id AND e.closed_at IS NOT NULL) <> 1
""",
    """
SELECT 'rule 8: a closed note of a session that is not completed' FROM scheduling_appointment a
  JOIN scheduling_sessionnote n ON n.appointment_id = a.id
 WHERE a.clinic_id = %(clinic)s AND n.closed_at IS NOT NULL AND a.status <> 'completed'
""",
]

_MAILS_AND_MONEY = [
    """
SELECT 'rule 9: a reminder for a time that is not that of its visit' FROM scheduling_message m
  JOIN scheduling_appointment a ON a.id = m.appointment_id
 WHERE a.clinic_id = %(clinic)s AND m.kind = 'reminder' AND m.status IN ('due', 'retrying')
   AND (m.version <> a.schedule_version OR a.status IN ('cancelled', 'missed'))
""",
    """
SELECT 'rule 9: two mails of one kind about one time' FROM scheduling_message m
 WHERE m.clinic_id = %(clinic)s
 GROUP BY m.course_id, m.appointment_id, m.kind, m.lead_hours, m.version HAVING count(*) > 1
""",
    """
SELECT 'rule 13: another payment than was received' FROM scheduling_payment p
  JOIN scheduling_course c ON c.id = p.course_id
  LEFT JOIN scheduling_paymentevent e ON e.pgh_obj_id = p.id
 WHERE c.clinic_id = %(clinic)s GROUP BY p.id
HAVING count(*) <> 1 OR min(e.amount) IS DISTINCT FROM p.amount
""",
]

_RULES = [*_BOOKINGS, *_CLEARANCE, *_TIMES, *_RECORD, *_MAILS_AND_MONEY]


def broken_rules(clinic_id: int) -> list[str]:
    """What is wrong at the clinic; nothing, one hopes."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_RULES), {"clinic": clinic_id})
        return [rule for (rule,) in cursor.fetchall()]
