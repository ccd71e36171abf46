from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import migrations
from django.db.models import Deferrable, Q

import scheduling.expressions


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0004_record_links"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_device_free",
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=ExclusionConstraint(
                condition=Q(Q(("status", "cancelled"), _negated=True), ("device__isnull", False)),
                deferrable=Deferrable.IMMEDIATE,
                expressions=[
                    (scheduling.expressions.IdRange("device_id"), "="),
                    ("treatment", "&&"),
                ],
                name="appointment_device_free",
            ),
        ),
    ]
