"""A clinic made by the demo data is marked, so that the sign-in page can name its accounts."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cryoclinic", "0002_worker_account"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="clinic",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="clinic",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="clinic",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="clinic",
            name="is_demo",
            field=models.BooleanField(default=False, editable=False, verbose_name="demo"),
        ),
        migrations.AddField(
            model_name="clinicevent",
            name="is_demo",
            field=models.BooleanField(default=False, editable=False, verbose_name="demo"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clinic",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cryoclinic_clinicevent" ("address", "currency", "email", "id", "is_demo", "language", "map_url", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reminder_lead_hours", "screening_valid_days", "time_zone") VALUES (NEW."address", NEW."currency", NEW."email", NEW."id", NEW."is_demo", NEW."language", NEW."map_url", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."reminder_lead_hours", NEW."screening_valid_days", NEW."time_zone"); RETURN NULL;',
                    hash="84f15e40ad6b16da1328488b8497ae7e62cdbebf",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d3d39",
                    table="cryoclinic_clinic",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clinic",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cryoclinic_clinicevent" ("address", "currency", "email", "id", "is_demo", "language", "map_url", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reminder_lead_hours", "screening_valid_days", "time_zone") VALUES (NEW."address", NEW."currency", NEW."email", NEW."id", NEW."is_demo", NEW."language", NEW."map_url", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."reminder_lead_hours", NEW."screening_valid_days", NEW."time_zone"); RETURN NULL;',
                    hash="658068815002f0269dcc43c7492aa71457bfc671",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_09622",
                    table="cryoclinic_clinic",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clinic",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cryoclinic_clinicevent" ("address", "currency", "email", "id", "is_demo", "language", "map_url", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reminder_lead_hours", "screening_valid_days", "time_zone") VALUES (OLD."address", OLD."currency", OLD."email", OLD."id", OLD."is_demo", OLD."language", OLD."map_url", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."reminder_lead_hours", OLD."screening_valid_days", OLD."time_zone"); RETURN NULL;',
                    hash="ae8f05ceef0b5312b3a5a662efd61f3d55e19774",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_02897",
                    table="cryoclinic_clinic",
                    when="AFTER",
                ),
            ),
        ),
    ]
