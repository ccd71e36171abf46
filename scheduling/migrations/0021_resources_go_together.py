"""How few combinations of specialist, room and device there are.

Without this PostgreSQL takes the three for independent, expects a group for every appointment, and
sorts what is busy where it could hash it: a quarter of that statement's time.
"""

from django.db import migrations

CREATE = """
CREATE STATISTICS appointment_resources (ndistinct)
    ON specialist_id, room_id, device_id FROM scheduling_appointment
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0020_changes_of_the_set_up")]

    operations = [migrations.RunSQL(CREATE, "DROP STATISTICS appointment_resources")]
