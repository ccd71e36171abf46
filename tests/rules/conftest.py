"""What the tests of the rules share: an attempt at the database, and the constraint it broke."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import DatabaseError, transaction


@pytest.fixture
def broken() -> Callable[[], AbstractContextManager[list[str]]]:
    """``with broken() as names:`` what the body does must fail; ``names`` is then the constraint.

    A trigger that names no constraint gives the first line of its message.
    """

    @contextmanager
    def attempt() -> Iterator[list[str]]:
        names: list[str] = []
        try:
            with transaction.atomic():
                yield names
                _check_deferred()
        except DatabaseError as error:
            diagnosis = error.__cause__.diag
            names.append(diagnosis.constraint_name or diagnosis.message_primary)
        else:
            pytest.fail("The database let it pass.")

    return attempt


def _check_deferred() -> None:
    """Foreign keys are checked at the commit, which a test never reaches."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
