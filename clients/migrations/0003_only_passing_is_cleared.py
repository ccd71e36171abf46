"""A clearance's kind is its answer's kind: with the check on it, an absolute one can't be cleared."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_people_and_screening")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE clients_clearance ADD CONSTRAINT clearance_of_a_passing_answer"
            " FOREIGN KEY (answer_id, kind) REFERENCES clients_answer (id, kind)",
            "ALTER TABLE clients_clearance DROP CONSTRAINT clearance_of_a_passing_answer",
        ),
    ]
