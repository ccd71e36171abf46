"""A million rows into tables of ours at once: what checks row by row is made anew after them.

One statement that checks or sorts a million rows costs a fraction of a million that check or sort
one. So indexes, foreign keys, unique and exclusion constraints come down first and go up again
over the finished rows, from PostgreSQL's own words for them; nothing is left unchecked. All of it
is the caller's one transaction: a failure takes back rows and changes alike, and a catalogue that
does not read the same afterwards is a failure.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

Report = Callable[[str], None]

# For sorting a million rows; and a load takes as long as it takes.
_SETTINGS = {
    "maintenance_work_mem": "256MB",
    "work_mem": "128MB",
    "jit": "off",
    "statement_timeout": "0",
}

# A primary key and what foreign keys point at stay: rows that come in the order of their ids cost
# next to nothing there.
_TAKEN_DOWN = """
SELECT con.conrelid::regclass::text AS owner, con.conname AS name, con.contype = 'f' AS is_key,
       format('ALTER TABLE %%s DROP CONSTRAINT %%I', con.conrelid::regclass, con.conname) AS down,
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', con.conrelid::regclass, con.conname,
              pg_get_constraintdef(con.oid)) AS up
  FROM pg_constraint con
 WHERE con.conrelid = ANY (%(tables)s::regclass[])
   AND (con.contype IN ('f', 'x') OR con.contype = 'u' AND NOT EXISTS (
        SELECT FROM pg_constraint key WHERE key.contype = 'f' AND key.conindid = con.conindid))
UNION ALL
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, false,
       format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
  FROM pg_index i
 WHERE i.indrelid = ANY (%(tables)s::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint con WHERE con.conindid = i.indexrelid)
 ORDER BY is_key DESC, owner, name
"""

_CATALOGUE = """
SELECT 'constraint', con.conrelid::regclass::text, con.conname, pg_get_constraintdef(con.oid),
       con.convalidated::text
  FROM pg_constraint con WHERE con.conrelid = ANY (%(tables)s::regclass[])
UNION ALL
SELECT 'index', i.indrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid),
       concat_ws(' ', i.indisvalid, i.indisready, i.indisclustered, i.indisreplident,
                 c.reltablespace, obj_description(i.indexrelid, 'pg_class'))
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE i.indrelid = ANY (%(tables)s::regclass[])
UNION ALL
SELECT 'trigger', t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid),
       t.tgenabled::text
  FROM pg_trigger t WHERE t.tgrelid = ANY (%(tables)s::regclass[]) AND NOT t.tgisinternal
 ORDER BY 1, 2, 3
"""

_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
 WHERE tgrelid = ANY (%(tables)s::regclass[]) AND NOT tgisinternal AND tgenabled <> 'D'
 ORDER BY 1, 2
"""
_ARRAY_CAST = re.compile(r"\(ARRAY\[([^\]]*)\]\)::text\[\]")
_ENABLE = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


class CatalogueChanged(RuntimeError):
    """Indexes, constraints or triggers are not what they were before."""


@dataclass(frozen=True, slots=True)
class _TakenDown:
    name: str
    down: str
    up: str


def catalogue(tables: Sequence[str]) -> list[tuple[str, ...]]:
    """Every constraint, index and trigger of the tables, as PostgreSQL describes it."""
    return _rows(_CATALOGUE, tables)


@contextmanager
def rebuilt_afterwards(tables: Sequence[str], report: Report) -> Iterator[None]:
    """Within it the tables have primary keys and checks alone, and no row trigger of them fires.

    Holds the tables, and those that they refer to, against everybody else until the transaction
    ends. ``report`` is told what is being made again.
    """
    with transaction.atomic(), _settings():
        # A table with checks pending can't be changed.
        _run("SET CONSTRAINTS ALL IMMEDIATE")
        before, triggers = catalogue(tables), _rows(_TRIGGERS, tables)
        for table, name, _enabled in triggers:
            _run(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        taken = [_TakenDown(name, down, up) for _, name, _, down, up in _rows(_TAKEN_DOWN, tables)]
        for each in taken:
            _run(each.down)
        yield
        # Keys to other rows last: they are checked by way of the indexes.
        for number, each in enumerate(reversed(taken), start=1):
            report(f"index or constraint {number} of {len(taken)}: {each.name}")
            _run(_as_it_was(each.up))
        for table, name, enabled in triggers:
            _run(f'ALTER TABLE {table} {_ENABLE[enabled]} TRIGGER "{name}"')
        if catalogue(tables) != before:
            raise CatalogueChanged(set(before) ^ set(catalogue(tables)))


def _as_it_was(definition: str) -> str:
    """The definition so that PostgreSQL reads back what it wrote.

    It writes a cast of a whole array in the way that means a cast of each element.
    """
    return _ARRAY_CAST.sub(r"(ARRAY[\1]::character varying[])::text[]", definition)


@contextmanager
def _settings() -> Iterator[None]:
    """The settings for a load; afterwards those that were in force, also in a longer transaction.

    After a failure PostgreSQL takes them back itself.
    """
    with connection.cursor() as cursor:
        usual = {}
        for name, value in _SETTINGS.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            usual[name] = cursor.fetchone()[0]
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield
        for name, value in usual.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _rows(sql: str, tables: Sequence[str]) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tables": list(tables)})
        return cursor.fetchall()


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
