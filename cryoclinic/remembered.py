"""What is read for every page and changes a few times a year, kept in the process while it holds.

The catalogue, the staff, the rooms and the hours are set up in the back office. Every table of
them has a trigger (``CHANGED``) that gives the set-up a new version; a reader asks for the version,
one short query, and reads anew when it is another than the last time. Nobody has to be told of a
change, whoever makes it. A request asks once; in a transaction, and outside of requests, every
reader asks, so what a booking is judged by is never older than the judging.
"""

import functools
import threading
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import pgtrigger
from django.core.signals import request_finished, request_started
from django.db import connection

Value = TypeVar("Value")

VERSION = "SELECT version FROM cryoclinic_setupversion"
# Random, not counted: a transaction that is undone must not leave behind a number that the next
# change is given again.
NEW_VERSION = """
INSERT INTO cryoclinic_setupversion (id, version) VALUES (1, gen_random_uuid())
ON CONFLICT (id) DO UPDATE SET version = excluded.version;
RETURN NULL;
"""


def changed(operation: Any) -> pgtrigger.Trigger:
    """The set-up changes with these operations on the table; one trigger per table."""
    return pgtrigger.Trigger(
        name="set_up_changed",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        func=NEW_VERSION,
    )


CHANGED = changed(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate)

# Of each thread: whether it is in a request, and which version that has seen.
_request = threading.local()
# The version that was seen last, and what was read of it.
_known: tuple[UUID | None, dict[Any, Any]] = (None, {})


def remembered(read: Callable[..., Value]) -> Callable[..., Value]:
    """Decorate a reader of the set-up: it is called again only after the set-up changed.

    Its arguments are positional and hashable. What it returns is shared by all who ask: nobody
    may change it.
    """

    @functools.wraps(read)
    def wrapper(*asked: Any) -> Value:
        version = _version()
        if version is None:
            return read(*asked)
        values, key = _of_version(version), (read, asked)
        if key not in values:
            values[key] = read(*asked)
        found: Value = values[key]
        return found

    return wrapper


def _version() -> UUID | None:
    """None before anything was ever set up: then nothing is kept."""
    if not getattr(_request, "is_open", False) or connection.in_atomic_block:
        return _ask()
    if _request.seen is None:
        _request.seen = _ask()
    return _request.seen


def _ask() -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        row = cursor.fetchone()
    return row[0] if row else None


def _begin_request(**_signal: object) -> None:
    _request.is_open, _request.seen = True, None


def _end_request(**_signal: object) -> None:
    _request.is_open = False


request_started.connect(_begin_request)
request_finished.connect(_end_request)


def _of_version(version: UUID) -> dict[Any, Any]:
    global _known  # noqa: PLW0603 (both together, so that threads never mix two versions)
    if _known[0] != version:
        _known = (version, {})
    return _known[1]
