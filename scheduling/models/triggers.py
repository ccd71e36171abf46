"""Rules that no constraint over one row can hold.

Rule 4, no appointment on a day on which the client is not cleared, is written in SQL from the same
definition as ``clients.verdict``, so that neither can be wrong alone; a test compares the two over
random questionnaires.
"""

import pgtrigger

CLEARED_ON_THE_DAY = pgtrigger.Trigger(
    name="cleared_on_the_day",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("status", "treatment", "screening_id", "visit_check_id", "course_id"),
    declare=[("on_day", "DATE"), ("valid", "DATERANGE"), ("stopped_by", "TEXT")],
    func="""
        IF NEW.status NOT IN ('booked', 'checked_in', 'completed') THEN
            RETURN NEW;
        END IF;
        on_day := (lower(NEW.treatment) AT TIME ZONE NEW.time_zone)::date;
        SELECT daterange(s.asked_on, s.valid_until, '[]') INTO valid
          FROM clients_screening s
         WHERE s.id = NEW.screening_id AND s.follows_id IS NULL;
        IF valid IS NULL OR on_day < lower(valid)
           OR (NEW.status <> 'booked' AND NOT valid @> on_day) THEN
            RAISE EXCEPTION 'the screening does not count on %', on_day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_screened_on_the_day';
        END IF;
        IF NEW.status = 'completed' AND EXISTS (
            SELECT FROM clients_screening s
             WHERE s.id = NEW.visit_check_id AND s.asked_on <> on_day) THEN
            RAISE EXCEPTION 'the passing contraindications were not asked again on %', on_day
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'appointment_asked_again_on_the_day';
        END IF;
        SELECT a.id::text INTO stopped_by
          FROM scheduling_course c
          JOIN procedures_zone z ON z.id = c.zone_id
          JOIN clients_screening s ON s.id = NEW.screening_id OR s.follows_id = NEW.screening_id
          JOIN clients_answer a ON a.screening_id = s.id AND a.present
         WHERE c.id = NEW.course_id
           AND (a.stops_until IS NULL OR on_day < a.stops_until)
           AND (NOT a.zone_bound OR z.covers_all OR z.id = ANY (a.affected_zones)
                OR EXISTS (SELECT FROM procedures_zone w
                            WHERE w.covers_all AND w.id = ANY (a.affected_zones)))
           AND NOT EXISTS (SELECT FROM clients_clearance p
                            WHERE p.answer_id = a.id AND p.revoked_at IS NULL
                              AND on_day BETWEEN p.valid_from AND p.expires_on)
         LIMIT 1;
        IF stopped_by IS NOT NULL THEN
            RAISE EXCEPTION 'a contraindication stops the procedure on %', on_day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_cleared_on_the_day';
        END IF;
        RETURN NEW;
    """,
)

REVIEWED_BEFORE_CHECK_IN = pgtrigger.Trigger(
    name="reviewed_before_check_in",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),
    func="""
        IF NEW.status IN ('checked_in', 'completed') AND EXISTS (
            SELECT FROM scheduling_previsitanswer a
             WHERE a.appointment_id = NEW.id AND a.changed AND a.reviewed_at IS NULL) THEN
            RAISE EXCEPTION 'an answer given before the visit is not reviewed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_answer_reviewed';
        END IF;
        RETURN NEW;
    """,
)

NOTE_IS_CLOSED = """
    IF EXISTS (SELECT FROM scheduling_sessionnote n
                WHERE n.id = {note_id} AND n.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a closed note is not changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'note_closed_is_immutable';
    END IF;
"""

EXPOSURE_OF_AN_OPEN_NOTE = pgtrigger.Trigger(
    name="exposure_of_an_open_note",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func=f"""
        IF TG_OP <> 'INSERT' THEN {NOTE_IS_CLOSED.format(note_id="OLD.note_id")} END IF;
        IF TG_OP <> 'DELETE' THEN {NOTE_IS_CLOSED.format(note_id="NEW.note_id")} END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)

CLOSED_NOTE_STAYS = pgtrigger.Trigger(
    name="closed_note_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF OLD.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a closed note is not changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'note_closed_is_immutable';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)

ADDENDUM_TO_A_CLOSED_NOTE = pgtrigger.Trigger(
    name="addendum_to_a_closed_note",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT FROM scheduling_sessionnote n
                        WHERE n.id = NEW.note_id AND n.closed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'an open note is edited, not added to'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'addendum_after_closing';
        END IF;
        RETURN NEW;
    """,
)
