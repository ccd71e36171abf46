import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cryoclinic", "0007_version_of_the_set_up"),
        ("scheduling", "0019_reminders_follow_the_clinic"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="device",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="cc65de84a79760c5ac515ff78010de0da8ab169f",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_99a70",
                    table="scheduling_device",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deviceproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="be76070dee0e8fb91f9e18d0236a26c4954c228d",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_851b1",
                    table="scheduling_device_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="8dab7f3b310c0c015c5912afe8d0e899350aa2ce",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_be8eb",
                    table="scheduling_room",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roomproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="83c3d24da07fac7e54410eb78306af59e11ea4bc",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_836b7",
                    table="scheduling_room_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialist",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="6c334611256dc81823b4802a5925d9e871c144e0",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_d4622",
                    table="scheduling_specialist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialistskill",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="3a9531a8da036cc720a2793370645da25ad57254",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_988d5",
                    table="scheduling_specialist_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workinghours",
            trigger=pgtrigger.compiler.Trigger(
                name="set_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())\nON CONFLICT (id) DO UPDATE SET version = excluded.version;\nRETURN NULL;\n",
                    hash="1b0d16196268446665c3fa0576ce2ae5d3f61751",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_set_up_changed_aa29c",
                    table="scheduling_workinghours",
                    when="AFTER",
                ),
            ),
        ),
    ]
