"""What a clinic changes of when it reminds has its reminders to come rewritten."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cryoclinic", "0006_client_account"),
        ("scheduling", "0018_active_courses_by_id"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReminderRewrite",
            fields=[
                (
                    "clinic",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="cryoclinic.clinic",
                    ),
                ),
                ("asked", models.PositiveBigIntegerField()),
                ("done", models.PositiveBigIntegerField(db_default=0, default=0)),
                ("begins_at", models.DateTimeField(null=True)),
                ("after", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "verbose_name": "reminders to rewrite",
                "verbose_name_plural": "reminders to rewrite",
            },
        ),
        migrations.CreateModel(
            name="WatchedClinic",
            fields=[],
            options={
                "verbose_name": "clinic",
                "verbose_name_plural": "clinics",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("cryoclinic.clinic",),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="watchedclinic",
            trigger=pgtrigger.compiler.Trigger(
                name="rewrite_reminders",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."quiet_from" IS DISTINCT FROM (NEW."quiet_from") OR OLD."quiet_until" IS DISTINCT FROM (NEW."quiet_until") OR OLD."reminder_lead_hours" IS DISTINCT FROM (NEW."reminder_lead_hours") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))',
                    func="\nINSERT INTO scheduling_reminderrewrite AS r (clinic_id, asked) VALUES (NEW.id, 1)\nON CONFLICT (clinic_id) DO UPDATE SET asked = r.asked + 1, begins_at = NULL, after = 0;\nRETURN NULL;\n",
                    hash="822f8b61aa44807c7fda55438704b6bc522a011d",
                    operation="UPDATE",
                    pgid="pgtrigger_rewrite_reminders_01e16",
                    table="cryoclinic_clinic",
                    when="AFTER",
                ),
            ),
        ),
    ]
