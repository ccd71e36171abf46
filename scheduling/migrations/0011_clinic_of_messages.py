"""Messages that are there get their clinic, reminders the lead time they were written for."""

from django.db import migrations

FORWARD = """
UPDATE scheduling_message m
   SET clinic_id = c.clinic_id,
       lead_hours = CASE m.kind WHEN 'reminder' THEN k.reminder_lead_hours[1] ELSE 0 END
  FROM scheduling_course c JOIN cryoclinic_clinic k ON k.id = c.clinic_id
 WHERE c.id = m.course_id
"""
# What the older schema can't hold: mails to the desk, and a second reminder of one visit.
BACKWARD = """
DELETE FROM scheduling_message WHERE course_id IS NULL;
DELETE FROM scheduling_message m USING scheduling_message longer
 WHERE m.kind = 'reminder' AND longer.kind = 'reminder' AND m.lead_hours < longer.lead_hours
   AND m.appointment_id = longer.appointment_id AND m.version = longer.version
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cryoclinic", "0005_reminders_and_quiet_hours"),
        ("scheduling", "0010_kinds_of_messages"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
