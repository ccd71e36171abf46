"""What changes in the back office has the courses that it hits looked at, whoever changes it.

Hours, absences, skills and what is in use are edited in the admin, in several forms, and no service
of ours is asked; so the table itself tells. A trigger only makes courses due in
``scheduling_coursecheck``: what is done about them is the worker's (``services/mending.py``).
Due since the beginning of time, so that no clock but the worker's counts; confirmed visits last.
"""

from typing import Any

import pgtrigger

ASK = """
INSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)
{courses}
ON CONFLICT (course_id) DO UPDATE
   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;
"""
HIT = """
SELECT a.course_id,
       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1
  FROM scheduling_appointment a
  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'
 WHERE a.status = 'booked' AND {where}
 GROUP BY a.course_id ORDER BY a.course_id
"""
WAITING = """
SELECT c.id, to_timestamp(0), 1
  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id
 WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = {clinic}
 ORDER BY c.id
"""
OF_THE_CLIENT = """
SELECT c.id, to_timestamp(0), 1
  FROM clients_answer q JOIN clients_screening s ON s.id = q.screening_id
  JOIN scheduling_course c ON c.client_id = s.client_id AND c.status = 'active'
 WHERE q.id = NEW.answer_id ORDER BY c.id
"""


def hit(where: str) -> str:
    """Ask for active courses with a booked session ``a`` (of course ``c``) to which it applies."""
    return ASK.format(courses=HIT.format(where=where))


def freed(clinic: str) -> str:
    """Ask for the clinic's courses that wait with a proposal: more is free than it was made for."""
    return ASK.format(courses=WAITING.format(clinic=clinic))


def _unless(operation: str, statement: str) -> str:
    return f"IF TG_OP <> '{operation}' THEN {statement} END IF;"


def _after(operation: Any, *statements: str, **options: Any) -> pgtrigger.Trigger:
    func = "\n".join([*statements, "RETURN NULL;"])
    return pgtrigger.Trigger(
        name="look_again", when=pgtrigger.After, operation=operation, func=func, **options
    )


def _to_come(clinic: str) -> str:
    """Sessions of the clinic from about today on; a day more, for zones behind UTC."""
    return f"a.clinic_id = {clinic} AND a.day >= current_date - 1"


_EVERY_WAY = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
_WHILE_ABSENT = """
    a.clinic_id = NEW.clinic_id
AND a.day BETWEEN lower(NEW.period)::date - 1 AND upper(NEW.period)::date + 1
AND (NEW.specialist_id IS NULL OR a.specialist_id = NEW.specialist_id)
AND (NEW.room_id IS NULL OR a.room_id = NEW.room_id)
AND (NEW.device_id IS NULL OR a.device_id = NEW.device_id)
AND NEW.period && CASE num_nonnulls(NEW.specialist_id, NEW.room_id, NEW.device_id)
                  WHEN 0 THEN a.visit ELSE a.treatment END
"""
_IN_THE_HOURS = f"""
    {_to_come("OLD.clinic_id")}
AND extract(isodow FROM a.day) = OLD.weekday + 1
AND a.day BETWEEN coalesce(OLD.valid_from, a.day) AND coalesce(OLD.valid_until, a.day)
AND (OLD.specialist_id IS NULL OR a.specialist_id = OLD.specialist_id)
"""
ABSENCE = _after(
    _EVERY_WAY,
    _unless("INSERT", freed("OLD.clinic_id")),
    _unless("DELETE", hit(_WHILE_ABSENT)),
)
HOURS = _after(
    _EVERY_WAY,
    _unless("DELETE", freed("NEW.clinic_id")),
    _unless("INSERT", hit(_IN_THE_HOURS)),
)
CLEARANCE = _after(
    pgtrigger.Insert | pgtrigger.UpdateOf("revoked_at"), ASK.format(courses=OF_THE_CLIENT)
)


# Asked anew, it begins with the clinic's first course again, and not before its time.
REMINDERS = pgtrigger.Trigger(
    name="rewrite_reminders",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    condition=pgtrigger.AnyChange("reminder_lead_hours", "quiet_from", "quiet_until", "time_zone"),
    func="""
INSERT INTO scheduling_reminderrewrite AS r (clinic_id, asked) VALUES (NEW.id, 1)
ON CONFLICT (clinic_id) DO UPDATE SET asked = r.asked + 1, begins_at = NULL, after = 0;
RETURN NULL;
""",
)


def in_use(kind: str) -> pgtrigger.Trigger:
    """Of a ``specialist``, ``room`` or ``device``: out of use, or in use again."""
    its_own = f"{_to_come('NEW.clinic_id')} AND a.{kind}_id = NEW.id"
    return _after(
        pgtrigger.UpdateOf("is_active"),
        f"IF NEW.is_active THEN {freed('NEW.clinic_id')} ELSE {hit(its_own)} END IF;",
    )


def able(kind: str) -> pgtrigger.Trigger:
    """Of the links between ``kind`` and procedure types: a skill gained or lost."""
    clinic = "SELECT r.clinic_id INTO at_clinic FROM scheduling_{0} r WHERE r.id = {1}.{0}_id;"
    its_own = f"""
        {_to_come("at_clinic")} AND a.{kind}_id = OLD.{kind}_id
    AND c.procedure_type_id = OLD.proceduretype_id
    """
    return _after(
        pgtrigger.Insert | pgtrigger.Delete,
        _unless("DELETE", clinic.format(kind, "NEW") + freed("at_clinic")),
        _unless("INSERT", clinic.format(kind, "OLD") + hit(its_own)),
        declare=[("at_clinic", "BIGINT")],
    )
