"""Foreign keys over several columns, which keep the copies on an appointment true.

A constraint can only look at its own row, so an appointment carries what the rules need from its
course (client, clinic, number of sessions, minimum gap) and from its clinic (time zone). These keys
make a wrong copy impossible and carry a change over; the rules are then checked anew.
"""

from django.db import migrations

KEYS = {
    "appointment_course_copy": (
        "scheduling_appointment",
        "(course_id, client_id, clinic_id, sessions_planned, min_gap_days)",
        "scheduling_course (id, client_id, clinic_id, sessions_planned, min_gap_days)",
        "ON UPDATE CASCADE",
    ),
    "appointment_clinic_copy": (
        "scheduling_appointment",
        "(clinic_id, time_zone)",
        "cryoclinic_clinic (id, time_zone)",
        "ON UPDATE CASCADE",
    ),
    "appointment_screening_of_client": (
        "scheduling_appointment",
        "(screening_id, client_id)",
        "clients_screening (id, client_id)",
        "",
    ),
    "appointment_visit_check_of_client": (
        "scheduling_appointment",
        "(visit_check_id, client_id)",
        "clients_screening (id, client_id)",
        "",
    ),
}


def add(name: str) -> migrations.RunSQL:
    table, columns, target, action = KEYS[name]
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns}"
        f" REFERENCES {target} {action}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0001_courses_and_appointments"),
        ("clients", "0002_people_and_screening"),
        ("cryoclinic", "0001_staff_and_clinic"),
    ]
    operations = [add(name) for name in KEYS]
