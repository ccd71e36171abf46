"""The connection is ended by another one, as a server that restarts ends it."""

from datetime import timedelta

import psycopg2
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from cryoclinic.reconnecting import reconnecting
from tests.web import present_database

LONG, NONE = timedelta(minutes=1), timedelta(0)


def our_session() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(session: int) -> None:
    other = psycopg2.connect(present_database())
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [session])
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_what_was_lost_with_its_connection_is_done_over_another() -> None:
    before = our_session()
    end(before)
    assert reconnecting(our_session, patience=LONG) != before


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_it_is_an_error_at_once() -> None:
    """What was written before in it is gone: the statement alone would be half of it."""
    calls: list[None] = []

    def write() -> int:
        calls.append(None)
        return our_session()

    def lose_and_write() -> None:
        with transaction.atomic():
            end(our_session())
            reconnecting(write, patience=LONG)

    with pytest.raises(DatabaseError):
        lose_and_write()
    connection.close()
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_tried_until_it_is_done_and_a_connection_that_works_is_kept() -> None:
    sessions: list[int] = []

    def fail_twice() -> str:
        sessions.append(our_session())
        if len(sessions) < 3:
            raise OperationalError
        return "done"

    assert reconnecting(fail_twice, patience=LONG) == "done"
    assert sessions == [sessions[0]] * 3


@pytest.mark.django_db(transaction=True)
def test_patience_has_an_end() -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(our_session())
        raise OperationalError

    with pytest.raises(OperationalError):
        reconnecting(fail, patience=NONE)
    assert len(calls) == 1
