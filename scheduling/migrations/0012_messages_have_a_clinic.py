"""Every message has a clinic, and goes out once per kind, lead and version."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_optional_mail"),
        ("cryoclinic", "0005_reminders_and_quiet_hours"),
        ("scheduling", "0011_clinic_of_messages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="cryoclinic.clinic",
                verbose_name="clinic",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("clinic", "course", "appointment", "kind", "lead_hours", "version"),
                name="message_once",
                nulls_distinct=False,
            ),
        ),
    ]
