"""The catalogue that a new installation starts with; what is there already is left as it is."""

from django.db import migrations

from procedures.catalogue import loading


def load(apps, schema_editor):
    loading.load(apps)


def unload(apps, schema_editor):
    loading.unload(apps)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_catalogue")]
    operations = [migrations.RunPython(load, unload)]
