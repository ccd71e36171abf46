"""Rows by the hundred thousand: PostgreSQL's COPY into tables of ours, past the row triggers."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import connection


class CopiedTable:
    """Rows on their way into one table, by COPY."""

    def __init__(self, name: str, columns: str) -> None:
        self.name, self.columns = name, columns
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {name}")
            self.ids = count(cursor.fetchone()[0] + 1)
        self.lines = io.StringIO()

    def add(self, *values: Any) -> int:
        """Queue a row; returns the id it gets."""
        pk = next(self.ids)
        cells = ("\\N" if value is None else str(value) for value in (pk, *values))
        self.lines.write("\t".join(cells) + "\n")
        return pk

    def flush(self) -> None:
        self.lines.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self.name} (id, {self.columns}) FROM STDIN", self.lines)
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{self.name}', 'id'), max(id))"
                f" FROM {self.name}"
            )
        self.lines = io.StringIO()


@contextmanager
def no_row_triggers(tables: Sequence[str]) -> Iterator[None]:
    """Within it no row trigger of the tables fires; constraints and generated columns work as ever.

    After a failure the transaction takes the change of the tables back.
    """
    _row_triggers("DISABLE", tables)
    yield
    _row_triggers("ENABLE", tables)


def _row_triggers(verb: str, tables: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks pending can't change
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")
