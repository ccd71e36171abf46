"""A check that finds nothing proves nothing: every query of the rules finds what is wrong."""

from datetime import timedelta

import pytest
from django.db import connection

from scheduling.models import Appointment, Course, Message, Payment
from scheduling.services.booking import book_course
from scheduling.services.courses import record_payment
from scheduling.wishes import Wishes
from tests import factories
from tests.attack.rules_in_sql import broken_rules
from tests.fixtures import Practice
from tests.scheduling.services.test_booking import proposal_for

pytestmark = pytest.mark.django_db

LAWLESS = [Appointment, Course, Message, Payment]
DROP = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', conrelid::regclass, conname)
  FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('x', 'u', 'f', 'c')
"""
UNIQUE = """
SELECT format('DROP INDEX %%s', indexrelid::regclass) FROM pg_index
 WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary
"""


@pytest.fixture
def lawless(practice: Practice, reception) -> Course:
    """A course as it should be, in tables that nothing guards any more."""
    course = book_course(
        by=reception,
        client=practice.person,
        clinic=practice.clinic,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
        indications=[practice.indication],
        wishes=Wishes(),
        slots=proposal_for(practice).plan.slots,
        screening=practice.screening,
    )
    record_payment(by=reception, course=course, amount=course.price)
    assert broken_rules(practice.clinic.pk) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in [model._meta.db_table for model in LAWLESS]:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for query in (DROP, UNIQUE):
                cursor.execute(query, [table])
                for (statement,) in cursor.fetchall():
                    cursor.execute(statement)
    return course


FIRST, SECOND = (
    f"(SELECT id FROM scheduling_appointment ORDER BY treatment LIMIT 1 OFFSET {n})" for n in (0, 1)
)
# What is done in SQL, and a rule that it breaks.
CRIMES = {
    f"UPDATE scheduling_appointment SET treatment = (SELECT treatment FROM scheduling_appointment"
    f" WHERE id = {FIRST}) WHERE id = {SECOND}": "rule 1: two things at once: specialist",
    f"UPDATE scheduling_appointment SET visit = (SELECT visit FROM scheduling_appointment"
    f" WHERE id = {FIRST}) WHERE id = {SECOND}": "rule 1: two things at once: client",
    "UPDATE scheduling_course SET min_gap_days = 9": "rule 2: too close",
    "UPDATE scheduling_course SET sessions_planned = 9": "rule 3: more sessions than planned",
    "UPDATE scheduling_course SET sessions_planned = 12": "rule 5: half booked",
    "DELETE FROM scheduling_course_indications": "rule 5: a course without its indication",
    "INSERT INTO clients_answer (screening_id, contraindication_id, question, kind, zone_bound,"
    " present, affected_zones, comment) SELECT s.id, min(c.id), '', 'absolute', false, true, '{}',"
    " '' FROM clients_screening s, procedures_contraindication c GROUP BY s.id": (
        "rule 4: not cleared on the day"
    ),
    "UPDATE scheduling_appointment SET client_id = client_id + 1": (
        "rule 4: a screening of somebody else, or of later"
    ),
    "UPDATE scheduling_appointment SET status = 'completed'": (
        "rule 4: completed, but not asked again on the day"
    ),
    "UPDATE scheduling_appointment SET status = 'checked_in', treatment ="
    " tstzrange(lower(treatment) + interval '90 day', upper(treatment) + interval '90 day')": (
        "rule 4: attended with a screening that had ended"
    ),
    # Where it is the day before at any hour until 11:00 UTC, or the day after from 10:00 UTC on.
    "UPDATE scheduling_appointment SET time_zone = CASE WHEN"
    " extract(hour FROM lower(treatment) AT TIME ZONE 'UTC') < 11"
    " THEN 'Pacific/Pago_Pago' ELSE 'Pacific/Kiritimati' END": (
        "rule 12: the day is not the clinic's"
    ),
    "UPDATE scheduling_appointment SET treatment ="
    " tstzrange(lower(treatment) + interval '1 min', upper(treatment) + interval '1 min')": (
        "rule 12: not on the five minutes of the clinic's clock"
    ),
    f"UPDATE scheduling_appointment SET status = 'cancelled' WHERE id = {FIRST}": (
        "rule 7: not on the record as it stands"
    ),
    "UPDATE scheduling_course SET status = 'held'": (
        "rule 7: a course not on the record as it stands"
    ),
    "UPDATE scheduling_appointment SET course_id = course_id + 1": (
        "rule 6: another appointment than it was"
    ),
    f"DELETE FROM scheduling_appointment WHERE id = {FIRST}": "rule 6: an appointment that is gone",
    "UPDATE scheduling_appointment SET schedule_version = 2": (
        "rule 9: a reminder for a time that is not that of its visit"
    ),
    "UPDATE scheduling_message SET lead_hours = 0, kind = 'reminder', appointment_id = NULL": (
        "rule 9: two mails of one kind about one time"
    ),
    "UPDATE scheduling_payment SET amount = amount + 1": (
        "rule 13: another payment than was received"
    ),
}


@pytest.mark.parametrize(("crime", "rule"), CRIMES.items(), ids=CRIMES.values())
def test_what_is_wrong_is_found(lawless, crime, rule):
    with connection.cursor() as cursor:
        cursor.execute(crime)
    assert rule in broken_rules(lawless.clinic_id)


def test_a_second_open_course_is_found(lawless):
    factories.CourseFactory(
        clinic=lawless.clinic,
        client=lawless.client,
        procedure_type=lawless.procedure_type,
        zone=lawless.zone,
    )
    assert "rule 3: two open courses of one procedure on one zone" in broken_rules(
        lawless.clinic_id
    )


def test_a_change_by_nobody_is_found(clinic):
    course = factories.CourseFactory(clinic=clinic, client=factories.ClientFactory())
    factories.make_appointment(course, day=clinic.today() + timedelta(days=1))
    assert "rule 7: a change by nobody" in broken_rules(clinic.pk)
