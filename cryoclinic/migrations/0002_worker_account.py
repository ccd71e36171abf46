"""The account that the background worker acts as: nobody can sign in with it."""

from django.contrib.auth.hashers import make_password
from django.db import migrations

USERNAME = "worker"


def create(apps, schema_editor):
    apps.get_model("cryoclinic", "User").objects.get_or_create(
        username=USERNAME,
        defaults={"first_name": "CryoClinic", "is_active": False, "password": make_password(None)},
    )


class Migration(migrations.Migration):
    dependencies = [("cryoclinic", "0001_staff_and_clinic")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
