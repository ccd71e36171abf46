"""The migrated database that test databases are copied from; migrating takes many times longer.

It stays on the server, beside the database that it is named after, until a migration changes.
"""

import hashlib
import importlib.metadata
import re
from pathlib import Path

from django.db import connection
from django.db.backends.utils import CursorWrapper

from cryoclinic.embedded import PROJECT

# What a migrated database depends on, besides the installed packages.
SOURCES = ("*/migrations/*.py", "procedures/catalogue/*.py")
NAME_LIMIT = 63  # bytes: PostgreSQL's


def ready() -> str:
    """The template's name, once it is there. Call it before the tests' database is in use."""
    print_of_now = fingerprint(PROJECT)
    stem = f"template_{connection.settings_dict['NAME']}"[: NAME_LIMIT - len(print_of_now) - 1]
    name = f"{stem}_{print_of_now}"
    with connection._nodb_cursor() as cursor:
        # The other workers of the suite wait here for the one that migrates.
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [stem])
        cursor.execute("SELECT datname FROM pg_database")
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for stale in there:
                if re.fullmatch(re.escape(stem) + "_[0-9a-f]{12}", stale):
                    _run(cursor, "DROP DATABASE IF EXISTS {}", stale)
            # Renamed when it is whole: a kill leaves no half of a template.
            _run(cursor, "ALTER DATABASE {} RENAME TO {}", _migrated(f"{stem}_new"), name)
    return name


def fingerprint(project: Path) -> str:
    """Twelve hexadecimal digits, others whenever a migration would do something else."""
    found = hashlib.sha256()
    for path in sorted(path for source in SOURCES for path in project.glob(source)):
        found.update(bytes(path.relative_to(project)) + b"\0" + path.read_bytes())
    for package in sorted(f"{p.name} {p.version}" for p in importlib.metadata.distributions()):
        found.update(package.encode())
    return found.hexdigest()[:12]


def _migrated(name: str) -> str:
    settings = connection.settings_dict
    usual, usual_test = settings["NAME"], settings["TEST"]["NAME"]
    settings["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        settings["NAME"], settings["TEST"]["NAME"] = usual, usual_test
    return name


def _run(cursor: CursorWrapper, statement: str, *names: str) -> None:
    cursor.execute(statement.format(*map(connection.ops.quote_name, names)))
