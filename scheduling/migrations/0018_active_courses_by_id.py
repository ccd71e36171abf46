from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_optional_mail"),
        ("cryoclinic", "0005_reminders_and_quiet_hours"),
        ("procedures", "0003_record_advice_links"),
        ("scheduling", "0017_answers_before_visits"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="course",
            index=models.Index(
                condition=models.Q(("status", "active")), fields=["id"], name="course_active"
            ),
        ),
    ]
