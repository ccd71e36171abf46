"""The record of changes covers skills, indications and what rooms and devices are for."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import cryoclinic.audit


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0003_record_advice_links"),
        ("scheduling", "0003_message_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="CourseIndication",
            fields=[],
            options={
                "verbose_name": "indication of a course",
                "verbose_name_plural": "indications of courses",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("scheduling.course_indications",),
        ),
        migrations.CreateModel(
            name="DeviceProcedureType",
            fields=[],
            options={
                "verbose_name": "procedure type of a device",
                "verbose_name_plural": "procedure types of devices",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("scheduling.device_procedure_types",),
        ),
        migrations.CreateModel(
            name="RoomProcedureType",
            fields=[],
            options={
                "verbose_name": "procedure type of a room",
                "verbose_name_plural": "procedure types of rooms",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("scheduling.room_procedure_types",),
        ),
        migrations.CreateModel(
            name="SpecialistSkill",
            fields=[],
            options={
                "verbose_name": "skill of a specialist",
                "verbose_name_plural": "skills of specialists",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("scheduling.specialist_skills",),
        ),
        migrations.CreateModel(
            name="CourseIndicationEvent",
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
                    "course",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.course",
                    ),
                ),
                (
                    "indication",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="procedures.indication",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DeviceProcedureTypeEvent",
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
                    "device",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.device",
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
        migrations.CreateModel(
            name="RoomProcedureTypeEvent",
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
                (
                    "room",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.room",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SpecialistSkillEvent",
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
                (
                    "specialist",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.specialist",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseindication",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_courseindicationevent" ("course_id", "id", "indication_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."course_id", NEW."id", NEW."indication_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\'); RETURN NULL;',
                    hash="c6b9aa267b44463b784490bee3b93ff7d865f75f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a0177",
                    table="scheduling_course_indications",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseindication",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_courseindicationevent" ("course_id", "id", "indication_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."course_id", NEW."id", NEW."indication_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\'); RETURN NULL;',
                    hash="e2cf5bd6cb7b07483f48c4d4a2880cad011ef7ae",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3abc3",
                    table="scheduling_course_indications",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseindication",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_courseindicationevent" ("course_id", "id", "indication_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."course_id", OLD."id", OLD."indication_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\'); RETURN NULL;',
                    hash="8ad8f46d09b44fec5a53ed1c2d90537eda86fa50",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_59f69",
                    table="scheduling_course_indications",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deviceproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_deviceproceduretypeevent" ("device_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id") VALUES (NEW."device_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."proceduretype_id"); RETURN NULL;',
                    hash="5385b8a30a2a8c8dd7ed9f679acb9dea85d46822",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_653bf",
                    table="scheduling_device_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deviceproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_deviceproceduretypeevent" ("device_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id") VALUES (NEW."device_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."proceduretype_id"); RETURN NULL;',
                    hash="6910e0028c6779c705ec6ea482123c62a1e40ae9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_28a3d",
                    table="scheduling_device_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deviceproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_deviceproceduretypeevent" ("device_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id") VALUES (OLD."device_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."proceduretype_id"); RETURN NULL;',
                    hash="b20f27d9c22bc0b8344a4228dbb15c896394b4e2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_50aa8",
                    table="scheduling_device_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roomproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_roomproceduretypeevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id", "room_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."proceduretype_id", NEW."room_id"); RETURN NULL;',
                    hash="846a6ee28a48698c44568b230288750add4fff30",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_30136",
                    table="scheduling_room_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roomproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_roomproceduretypeevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id", "room_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."proceduretype_id", NEW."room_id"); RETURN NULL;',
                    hash="f6795d15adcc58168982ae7b8ad2004947de87cc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d73e5",
                    table="scheduling_room_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roomproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_roomproceduretypeevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id", "room_id") VALUES (OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."proceduretype_id", OLD."room_id"); RETURN NULL;',
                    hash="69b428449ca06d05b521b14c96d9c7075fa97f26",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1f83d",
                    table="scheduling_room_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialistskill",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_specialistskillevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id", "specialist_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."proceduretype_id", NEW."specialist_id"); RETURN NULL;',
                    hash="4623735e38edc42be154f2bf399860544b5b98e1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3d42f",
                    table="scheduling_specialist_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialistskill",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_specialistskillevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id", "specialist_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."proceduretype_id", NEW."specialist_id"); RETURN NULL;',
                    hash="98704cb1db2f54bcd66ee436d09c3ddaaa98b186",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3dce3",
                    table="scheduling_specialist_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialistskill",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_specialistskillevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "proceduretype_id", "specialist_id") VALUES (OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."proceduretype_id", OLD."specialist_id"); RETURN NULL;',
                    hash="d3d2f3cd2aeaf0caecf6385830e5be9a6a2c03df",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ba4cc",
                    table="scheduling_specialist_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courseindicationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6091f6e008c5876017133feba66fdf25cbc4252d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_61045",
                    table="scheduling_courseindicationevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deviceproceduretypeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="04fb85b706699d1cb9d41b0caa1925ed29c39cb1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c2968",
                    table="scheduling_deviceproceduretypeevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roomproceduretypeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a9846d2a3f613e7c77708eed5b9ded5f19cce128",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b575c",
                    table="scheduling_roomproceduretypeevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialistskillevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a5e0c95ffda4f150202e0275acead63927046a85",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6fc2c",
                    table="scheduling_specialistskillevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
