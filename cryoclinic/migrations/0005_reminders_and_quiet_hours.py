"""A clinic reminds more than once, keeps quiet at night, and lets clients change a visit."""

import datetime

import django.contrib.postgres.fields
import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import cryoclinic.models


class Migration(migrations.Migration):
    dependencies = [
        ("cryoclinic", "0004_record_role_changes"),
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
            name="change_grace_minutes",
            field=models.PositiveSmallIntegerField(
                default=3,
                validators=[django.core.validators.MaxValueValidator(60)],
                verbose_name="minutes in which several changes become one e-mail",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="client_cutoff_hours",
            field=models.PositiveSmallIntegerField(
                default=24,
                validators=[django.core.validators.MaxValueValidator(168)],
                verbose_name="hours before a visit until which clients may change it themselves",
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="quiet_from",
            field=models.TimeField(
                default=datetime.time(21, 0), verbose_name="no e-mail to clients from"
            ),
        ),
        migrations.AddField(
            model_name="clinic",
            name="quiet_until",
            field=models.TimeField(default=datetime.time(8, 0), verbose_name="until"),
        ),
        migrations.AddField(
            model_name="clinic",
            name="undo_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="minutes in which a client may undo a cancellation",
            ),
        ),
        migrations.AddField(
            model_name="clinicevent",
            name="change_grace_minutes",
            field=models.PositiveSmallIntegerField(
                default=3,
                validators=[django.core.validators.MaxValueValidator(60)],
                verbose_name="minutes in which several changes become one e-mail",
            ),
        ),
        migrations.AddField(
            model_name="clinicevent",
            name="client_cutoff_hours",
            field=models.PositiveSmallIntegerField(
                default=24,
                validators=[django.core.validators.MaxValueValidator(168)],
                verbose_name="hours before a visit until which clients may change it themselves",
            ),
        ),
        migrations.AddField(
            model_name="clinicevent",
            name="quiet_from",
            field=models.TimeField(
                default=datetime.time(21, 0), verbose_name="no e-mail to clients from"
            ),
        ),
        migrations.AddField(
            model_name="clinicevent",
            name="quiet_until",
            field=models.TimeField(default=datetime.time(8, 0), verbose_name="until"),
        ),
        migrations.AddField(
            model_name="clinicevent",
            name="undo_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                validators=[django.core.validators.MaxValueValidator(1440)],
                verbose_name="minutes in which a client may undo a cancellation",
            ),
        ),
        # One reminder becomes the longer of two; the record keeps what was true then.
        migrations.RunSQL(
            """
            ALTER TABLE cryoclinic_clinic DROP CONSTRAINT cryoclinic_clinic_reminder_lead_hours_check;
            ALTER TABLE cryoclinic_clinic ALTER COLUMN reminder_lead_hours TYPE smallint[]
            USING CASE WHEN reminder_lead_hours > 2 THEN ARRAY[reminder_lead_hours, 2]::smallint[]
                       ELSE ARRAY[reminder_lead_hours] END;
            ALTER TABLE cryoclinic_clinicevent DROP CONSTRAINT cryoclinic_clinicevent_reminder_lead_hours_check;
            ALTER TABLE cryoclinic_clinicevent ALTER COLUMN reminder_lead_hours TYPE smallint[]
            USING ARRAY[reminder_lead_hours];
            """,
            """
            ALTER TABLE cryoclinic_clinic ALTER COLUMN reminder_lead_hours TYPE smallint
            USING reminder_lead_hours[1];
            ALTER TABLE cryoclinic_clinic ADD CONSTRAINT cryoclinic_clinic_reminder_lead_hours_check
            CHECK (reminder_lead_hours >= 0);
            ALTER TABLE cryoclinic_clinicevent ALTER COLUMN reminder_lead_hours TYPE smallint
            USING reminder_lead_hours[1];
            ALTER TABLE cryoclinic_clinicevent ADD CONSTRAINT cryoclinic_clinicevent_reminder_lead_hours_check
            CHECK (reminder_lead_hours >= 0);
            """,
            state_operations=[
                migrations.AlterField(
                    model_name="clinic",
                    name="reminder_lead_hours",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(168),
                            ]
                        ),
                        default=cryoclinic.models.two_reminders,
                        help_text="The longest first, with commas between them, such as 24, 2.",
                        size=4,
                        validators=[cryoclinic.models.validate_lead_hours],
                        verbose_name="hours before a visit at which it is reminded of",
                    ),
                ),
                migrations.AlterField(
                    model_name="clinicevent",
                    name="reminder_lead_hours",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(168),
                            ]
                        ),
                        default=cryoclinic.models.two_reminders,
                        help_text="The longest first, with commas between them, such as 24, 2.",
                        size=4,
                        validators=[cryoclinic.models.validate_lead_hours],
                        verbose_name="hours before a visit at which it is reminded of",
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clinic",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cryoclinic_clinicevent" ("address", "change_grace_minutes", "client_cutoff_hours", "currency", "email", "id", "is_demo", "language", "map_url", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "reminder_lead_hours", "screening_valid_days", "time_zone", "undo_minutes") VALUES (NEW."address", NEW."change_grace_minutes", NEW."client_cutoff_hours", NEW."currency", NEW."email", NEW."id", NEW."is_demo", NEW."language", NEW."map_url", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."quiet_from", NEW."quiet_until", NEW."reminder_lead_hours", NEW."screening_valid_days", NEW."time_zone", NEW."undo_minutes"); RETURN NULL;',
                    hash="9b5bd6a9811e32ac77cff5348bdfe11feb683adc",
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
                    func='INSERT INTO "cryoclinic_clinicevent" ("address", "change_grace_minutes", "client_cutoff_hours", "currency", "email", "id", "is_demo", "language", "map_url", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "reminder_lead_hours", "screening_valid_days", "time_zone", "undo_minutes") VALUES (NEW."address", NEW."change_grace_minutes", NEW."client_cutoff_hours", NEW."currency", NEW."email", NEW."id", NEW."is_demo", NEW."language", NEW."map_url", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."quiet_from", NEW."quiet_until", NEW."reminder_lead_hours", NEW."screening_valid_days", NEW."time_zone", NEW."undo_minutes"); RETURN NULL;',
                    hash="28ae689b8626ca12129e575e248a1c594bba8892",
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
                    func='INSERT INTO "cryoclinic_clinicevent" ("address", "change_grace_minutes", "client_cutoff_hours", "currency", "email", "id", "is_demo", "language", "map_url", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "reminder_lead_hours", "screening_valid_days", "time_zone", "undo_minutes") VALUES (OLD."address", OLD."change_grace_minutes", OLD."client_cutoff_hours", OLD."currency", OLD."email", OLD."id", OLD."is_demo", OLD."language", OLD."map_url", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."quiet_from", OLD."quiet_until", OLD."reminder_lead_hours", OLD."screening_valid_days", OLD."time_zone", OLD."undo_minutes"); RETURN NULL;',
                    hash="88ddccb47b2e683df2e9b636372dcad61b7d1542",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_02897",
                    table="cryoclinic_clinic",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="clinic",
            constraint=models.CheckConstraint(
                condition=models.Q(("quiet_until__lt", models.F("quiet_from"))),
                name="clinic_quiet_over_night",
                violation_error_message="Quiet hours go over midnight, such as 21:00 to 8:00.",
            ),
        ),
    ]
