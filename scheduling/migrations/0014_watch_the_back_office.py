"""What changes in the back office has the courses that it hits looked at."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_optional_mail"),
        ("scheduling", "0013_calendar_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="WatchedClearance",
            fields=[],
            options={
                "verbose_name": "clearance",
                "verbose_name_plural": "clearances",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("clients.clearance",),
        ),
        migrations.AddField(
            model_name="coursecheck",
            name="asked",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="device",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NEW.is_active THEN \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = NEW.clinic_id\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n ELSE \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND a.clinic_id = NEW.clinic_id AND a.day >= current_date - 1 AND a.device_id = NEW.id\n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="df9bbf0b466489e53c78f63224be40a1386fd09e",
                    operation='UPDATE OF "is_active"',
                    pgid="pgtrigger_look_again_c8968",
                    table="scheduling_device",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deviceproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE at_clinic BIGINT;",
                    func="IF TG_OP <> 'DELETE' THEN SELECT r.clinic_id INTO at_clinic FROM scheduling_device r WHERE r.id = NEW.device_id;\nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = at_clinic\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nIF TG_OP <> 'INSERT' THEN SELECT r.clinic_id INTO at_clinic FROM scheduling_device r WHERE r.id = OLD.device_id;\nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND \n        a.clinic_id = at_clinic AND a.day >= current_date - 1 AND a.device_id = OLD.device_id\n    AND c.procedure_type_id = OLD.proceduretype_id\n    \n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="be336c558273b33b79649545b1cfa61e1fb40c68",
                    operation="INSERT OR DELETE",
                    pgid="pgtrigger_look_again_696cb",
                    table="scheduling_device_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NEW.is_active THEN \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = NEW.clinic_id\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n ELSE \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND a.clinic_id = NEW.clinic_id AND a.day >= current_date - 1 AND a.room_id = NEW.id\n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="e638c3e3d5c7025acd415db96a3a204cd9d5e134",
                    operation='UPDATE OF "is_active"',
                    pgid="pgtrigger_look_again_951b8",
                    table="scheduling_room",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roomproceduretype",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE at_clinic BIGINT;",
                    func="IF TG_OP <> 'DELETE' THEN SELECT r.clinic_id INTO at_clinic FROM scheduling_room r WHERE r.id = NEW.room_id;\nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = at_clinic\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nIF TG_OP <> 'INSERT' THEN SELECT r.clinic_id INTO at_clinic FROM scheduling_room r WHERE r.id = OLD.room_id;\nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND \n        a.clinic_id = at_clinic AND a.day >= current_date - 1 AND a.room_id = OLD.room_id\n    AND c.procedure_type_id = OLD.proceduretype_id\n    \n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="2dc400fcdeab6f785842abfbce4386f421a21022",
                    operation="INSERT OR DELETE",
                    pgid="pgtrigger_look_again_35dd4",
                    table="scheduling_room_procedure_types",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialist",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NEW.is_active THEN \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = NEW.clinic_id\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n ELSE \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND a.clinic_id = NEW.clinic_id AND a.day >= current_date - 1 AND a.specialist_id = NEW.id\n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="7f8da683c50bd07af97761ec5cabd873c64e145c",
                    operation='UPDATE OF "is_active"',
                    pgid="pgtrigger_look_again_e7d63",
                    table="scheduling_specialist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="specialistskill",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE at_clinic BIGINT;",
                    func="IF TG_OP <> 'DELETE' THEN SELECT r.clinic_id INTO at_clinic FROM scheduling_specialist r WHERE r.id = NEW.specialist_id;\nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = at_clinic\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nIF TG_OP <> 'INSERT' THEN SELECT r.clinic_id INTO at_clinic FROM scheduling_specialist r WHERE r.id = OLD.specialist_id;\nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND \n        a.clinic_id = at_clinic AND a.day >= current_date - 1 AND a.specialist_id = OLD.specialist_id\n    AND c.procedure_type_id = OLD.proceduretype_id\n    \n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="e50039447976818c358bf7f98c36ad32aaf834a1",
                    operation="INSERT OR DELETE",
                    pgid="pgtrigger_look_again_a08a1",
                    table="scheduling_specialist_skills",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="unavailability",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TG_OP <> 'INSERT' THEN \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = OLD.clinic_id\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nIF TG_OP <> 'DELETE' THEN \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND \n    a.clinic_id = NEW.clinic_id\nAND a.day BETWEEN lower(NEW.period)::date - 1 AND upper(NEW.period)::date + 1\nAND (NEW.specialist_id IS NULL OR a.specialist_id = NEW.specialist_id)\nAND (NEW.room_id IS NULL OR a.room_id = NEW.room_id)\nAND (NEW.device_id IS NULL OR a.device_id = NEW.device_id)\nAND NEW.period && CASE num_nonnulls(NEW.specialist_id, NEW.room_id, NEW.device_id)\n                  WHEN 0 THEN a.visit ELSE a.treatment END\n\n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="0469d7629eefb159e3910e1706ecd8f7d45e80d4",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_look_again_69c97",
                    table="scheduling_unavailability",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workinghours",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TG_OP <> 'DELETE' THEN \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM scheduling_courseproposal p JOIN scheduling_course c ON c.id = p.course_id\n WHERE p.status = 'open' AND c.status = 'active' AND c.clinic_id = NEW.clinic_id\n ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nIF TG_OP <> 'INSERT' THEN \nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT a.course_id,\n       to_timestamp(0) + bool_or(a.confirmed_at IS NOT NULL)::integer * interval '1 second', 1\n  FROM scheduling_appointment a\n  JOIN scheduling_course c ON c.id = a.course_id AND c.status = 'active'\n WHERE a.status = 'booked' AND \n    a.clinic_id = OLD.clinic_id AND a.day >= current_date - 1\nAND extract(isodow FROM a.day) = OLD.weekday + 1\nAND a.day BETWEEN coalesce(OLD.valid_from, a.day) AND coalesce(OLD.valid_until, a.day)\nAND (OLD.specialist_id IS NULL OR a.specialist_id = OLD.specialist_id)\n\n GROUP BY a.course_id ORDER BY a.course_id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n END IF;\nRETURN NULL;",
                    hash="9e4c03894e4631891e7c073fac43390d5bd62057",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_look_again_21e02",
                    table="scheduling_workinghours",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="watchedclearance",
            trigger=pgtrigger.compiler.Trigger(
                name="look_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO scheduling_coursecheck AS k (course_id, due_at, asked)\n\nSELECT c.id, to_timestamp(0), 1\n  FROM clients_answer q JOIN clients_screening s ON s.id = q.screening_id\n  JOIN scheduling_course c ON c.client_id = s.client_id AND c.status = 'active'\n WHERE q.id = NEW.answer_id ORDER BY c.id\n\nON CONFLICT (course_id) DO UPDATE\n   SET due_at = least(k.due_at, excluded.due_at), asked = k.asked + 1;\n\nRETURN NULL;",
                    hash="361e4258a29f5928a9a842f8a37e4c4e2752a259",
                    operation='INSERT OR UPDATE OF "revoked_at"',
                    pgid="pgtrigger_look_again_3e0af",
                    table="clients_clearance",
                    when="AFTER",
                ),
            ),
        ),
    ]
