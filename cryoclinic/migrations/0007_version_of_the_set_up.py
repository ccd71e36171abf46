import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cryoclinic", "0006_client_account"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetUpVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.UUIDField()),
            ],
            options={
                "verbose_name": "version of the set-up",
                "verbose_name_plural": "versions of the set-up",
                "default_permissions": (),
            },
        ),
        # Without a version nothing is kept; from here on there always is one.
        migrations.RunSQL(
            "INSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())",
            migrations.RunSQL.noop,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="clinic",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="62e6dbf2cb1c839e384ff72bc3f1a31ec735bd5d",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_8d921",
                    table="cryoclinic_clinic",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="e0d8f503a273c5ae512955d71eb5d3c3566dff2d",
                    level="STATEMENT",
                    operation='UPDATE OF "username", "first_name", "last_name"',
                    pgid="pgtrigger_set_up_changed_b212c",
                    table="cryoclinic_user",
                    when="AFTER",
                ),
            ),
        ),
    ]
