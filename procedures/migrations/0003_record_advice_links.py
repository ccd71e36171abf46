"""The record of changes covers which procedure types an advice is for."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import cryoclinic.audit


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0002_load_catalogue"),
    ]

    operations = [
        migrations.CreateModel(
            name="AftercareProcedureType",
            fields=[],
            options={
                "verbose_name": "procedure type of advice",
                "verbose_name_plural": "procedure types of advice",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("procedures.aftercare_procedure_types",),
        ),
        migrations.CreateModel(
            name="AftercareProcedureTypeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_role",
                    models.CharField(db_default=cryoclinic.audit.SessionUser(), max_length=63),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "aftercare",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="procedures.aftercare",
                    ),
                ),
                (
                    "proceduretype",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="procedures.proceduretype",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="aftercareproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "procedures_aftercareproceduretypeevent" ("aftercare_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id") VALUES (NEW."aftercare_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."proceduretype_id"); RETURN NULL;',
                    hash="6ee3becbe829120520f3c98a7ad7fdf90c587572",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f649e",
                    table="procedures_aftercare_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="aftercareproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "procedures_aftercareproceduretypeevent" ("aftercare_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id") VALUES (NEW."aftercare_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."proceduretype_id"); RETURN NULL;',
                    hash="703f882a6d8a374f1f4c9513688a7e67faad5303",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ba3b6",
                    table="procedures_aftercare_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="aftercareproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "procedures_aftercareproceduretypeevent" ("aftercare_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id") VALUES (OLD."aftercare_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."proceduretype_id"); RETURN NULL;',
                    hash="224d5eb07da871f90928b8995ef0abcf8e93acdf",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_50aa9",
                    table="procedures_aftercare_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="aftercareproceduretypeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1622681db7b75e766dcddbecdaf6fc3fc0f3d676",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3b657",
                    table="procedures_aftercareproceduretypeevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
