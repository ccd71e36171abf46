"""The account that clients act as on their own page: nobody can sign in with it."""

from django.contrib.auth.hashers import make_password
from django.db import migrations

USERNAME = "client-by-link"


def create(apps, schema_editor):
    apps.get_model("cryoclinic", "User").objects.get_or_create(
        username=USERNAME,
        defaults={"first_name": "Client", "is_active": False, "password": make_password(None)},
    )


class Migration(migrations.Migration):
    dependencies = [("cryoclinic", "0005_reminders_and_quiet_hours")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
