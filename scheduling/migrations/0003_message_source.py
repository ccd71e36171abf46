from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0002_kept_copies"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="source",
            field=models.TextField(blank=True, editable=False, verbose_name="as sent"),
        ),
    ]
