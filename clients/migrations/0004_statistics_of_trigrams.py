"""How often each trigram occurs, for ten thousand of them instead of one thousand.

Without it PostgreSQL takes a rare part of a name for a common one, and reads the whole table
backwards for it instead of asking the index.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_only_passing_is_cleared")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE clients_client ALTER COLUMN trigrams SET STATISTICS 1000",
            "ALTER TABLE clients_client ALTER COLUMN trigrams SET STATISTICS -1",
        ),
    ]
