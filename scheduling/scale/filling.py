"""``INSERT … SELECT`` into a model's table, the columns that are not named filled as a model is."""

from collections.abc import Mapping

from django.db import connection, models


def fill(model: type[models.Model], columns: Mapping[str, str], source: str) -> int:
    """Insert what ``source`` (FROM and what follows) yields; returns how many rows.

    ``columns`` says for columns of the table what they get, in SQL; all others get the default of
    their field. Where the id is named, the ids given out later follow on it.
    """
    usual = {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.local_concrete_fields
        if field.column not in columns
        and not (field.generated or field.primary_key or field.has_db_default())
    }
    names = ", ".join(f'"{name}"' for name in (*columns, *usual))
    values = ", ".join((*columns.values(), *("%s" for _name in usual)))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} {source}", [*usual.values()])
        written = cursor.rowcount
        if "id" in columns and not model._meta.pk.name.startswith("pgh"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
    return written


def last_id(model: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")
        return cursor.fetchone()[0]


def make(name: str, query: str) -> None:
    """A temporary table of what the query yields, with statistics for the joins to come."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {query}")
        cursor.execute(f"ANALYZE {name}")
