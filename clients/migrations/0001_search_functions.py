"""What clients are found by, as functions that generated columns and searches share.

The search text is lower case, with ё as е, and holds the phone's digits as typed in one run.
Both are IMMUTABLE and lean on no extension.
"""

from django.db import migrations

SEARCH_TEXT = """
CREATE FUNCTION clients_search_text(name text, phone text, email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(lower(name), 'ё', 'е') || ' ' || phone || ' ' || lower(email);
"""

TRIGRAMS = """
CREATE FUNCTION clients_trigrams(search text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(DISTINCT substr(search, i, 3)), '{}')
      FROM generate_series(1, length(search) - 2) AS i
);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(SEARCH_TEXT, "DROP FUNCTION clients_search_text(text, text, text)"),
        migrations.RunSQL(TRIGRAMS, "DROP FUNCTION clients_trigrams(text)"),
    ]
