from django.db import migrations

FILL = """
INSERT INTO scheduling_coursecheck (course_id, due_at)
SELECT id, created_at FROM scheduling_course WHERE status = 'active'
ON CONFLICT (course_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0007_course_proposals"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
