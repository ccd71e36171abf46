"""Messages about changes, to the desk too, and several reminders of one visit."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_optional_mail"),
        ("cryoclinic", "0005_reminders_and_quiet_hours"),
        ("scheduling", "0009_course_link_version"),
    ]

    operations = [
        migrations.CreateModel(
            name="SendingPace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "sending pace",
                "verbose_name_plural": "sending pace",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="message",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="message",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="message",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_once",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_by_due",
        ),
        migrations.AddField(
            model_name="message",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="cryoclinic.clinic",
                verbose_name="clinic",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="lead_hours",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="hours before the visit"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="told",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="messageevent",
            name="lead_hours",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="hours before the visit"
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="client",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="clients.client",
                verbose_name="client",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="course",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="scheduling.course",
                verbose_name="course",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("course_booked", "course booked"),
                    ("reminder", "reminder"),
                    ("moved", "visits changed"),
                    ("cancelled", "visits cancelled"),
                    ("missed", "visit missed"),
                    ("rescreening_due", "new screening needed"),
                    ("aftercare", "after a session"),
                    ("course_finished", "course finished"),
                    ("proposals_waiting", "proposals waiting"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="version",
            field=models.PositiveBigIntegerField(default=1, verbose_name="version of the schedule"),
        ),
        migrations.AlterField(
            model_name="messageevent",
            name="client",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="clients.client",
                verbose_name="client",
            ),
        ),
        migrations.AlterField(
            model_name="messageevent",
            name="course",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.course",
                verbose_name="course",
            ),
        ),
        migrations.AlterField(
            model_name="messageevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("course_booked", "course booked"),
                    ("reminder", "reminder"),
                    ("moved", "visits changed"),
                    ("cancelled", "visits cancelled"),
                    ("missed", "visit missed"),
                    ("rescreening_due", "new screening needed"),
                    ("aftercare", "after a session"),
                    ("course_finished", "course finished"),
                    ("proposals_waiting", "proposals waiting"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="messageevent",
            name="version",
            field=models.PositiveBigIntegerField(default=1, verbose_name="version of the schedule"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["clinic", "-due_at", "-id"], name="message_by_due"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_messageevent" ("appointment_id", "client_id", "course_id", "created_at", "due_at", "id", "kind", "lead_hours", "message_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "sent_at", "sent_to", "status", "version") VALUES (NEW."appointment_id", NEW."client_id", NEW."course_id", NEW."created_at", NEW."due_at", NEW."id", NEW."kind", NEW."lead_hours", NEW."message_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."problem", NEW."sent_at", NEW."sent_to", NEW."status", NEW."version"); RETURN NULL;',
                    hash="234df951e447819d5b995ca3d5b17c4d2f8011bf",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7c7dd",
                    table="scheduling_message",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."appointment_id" IS DISTINCT FROM (NEW."appointment_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."course_id" IS DISTINCT FROM (NEW."course_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lead_hours" IS DISTINCT FROM (NEW."lead_hours") OR OLD."message_id" IS DISTINCT FROM (NEW."message_id") OR OLD."problem" IS DISTINCT FROM (NEW."problem") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at") OR OLD."sent_to" IS DISTINCT FROM (NEW."sent_to") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "scheduling_messageevent" ("appointment_id", "client_id", "course_id", "created_at", "due_at", "id", "kind", "lead_hours", "message_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "sent_at", "sent_to", "status", "version") VALUES (NEW."appointment_id", NEW."client_id", NEW."course_id", NEW."created_at", NEW."due_at", NEW."id", NEW."kind", NEW."lead_hours", NEW."message_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."problem", NEW."sent_at", NEW."sent_to", NEW."status", NEW."version"); RETURN NULL;',
                    hash="f50e41ccb68918847ad8ef8e14d855ef642e5374",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4f8e3",
                    table="scheduling_message",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_messageevent" ("appointment_id", "client_id", "course_id", "created_at", "due_at", "id", "kind", "lead_hours", "message_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "problem", "sent_at", "sent_to", "status", "version") VALUES (OLD."appointment_id", OLD."client_id", OLD."course_id", OLD."created_at", OLD."due_at", OLD."id", OLD."kind", OLD."lead_hours", OLD."message_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."problem", OLD."sent_at", OLD."sent_to", OLD."status", OLD."version"); RETURN NULL;',
                    hash="407e2709b8ff0a71e3cfb426ea5b448c627a64c4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_cb62e",
                    table="scheduling_message",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("client__isnull", False), ("course__isnull", False)),
                    models.Q(
                        ("appointment", None),
                        ("client", None),
                        ("course", None),
                        ("kind", "proposals_waiting"),
                    ),
                    _connector="OR",
                ),
                name="message_to_a_client_or_the_desk",
            ),
        ),
    ]
