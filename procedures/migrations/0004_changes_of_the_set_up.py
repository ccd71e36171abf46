import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cryoclinic", "0007_version_of_the_set_up"),
        ("procedures", "0003_record_advice_links"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="indication",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="7b710a3f0aacc4aace00ad4f4b03125c85eabdda",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_11339",
                    table="procedures_indication",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="price",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="71d8a19acbe4fd3b03b14352918dd588be8fd1f4",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_4f4a4",
                    table="procedures_price",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="8e0ce127572965ad24bce13a05a4d4b97386271f",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_ee689",
                    table="procedures_proceduretype",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="protocol",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="a4cef0a6b78f05256c987ad4620b7c083a976f2e",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_79491",
                    table="procedures_protocol",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="zone",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="b8cae9c502981e775973bebb0b3ff06325dce0ca",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_4f6bf",
                    table="procedures_zone",
                    when="AFTER",
                ),
            ),
        ),
    ]
