"""The connection to the broker, as worker and beat use it."""

import socket

import pytest
from kombu import Producer
from kombu.exceptions import OperationalError

from cryoclinic.celery import LONGEST_PAUSE, PatientConnection, app


def test_the_application_s_connections_are_patient() -> None:
    with app.connection_for_write() as connection:
        assert type(connection) is PatientConnection


@pytest.fixture
def nobody() -> str:
    """An address at which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


def test_pauses_grow_to_a_few_seconds_and_no_further(nobody: str) -> None:
    pauses: list[float] = []

    def note(_error: Exception, pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 5:
            raise StopIteration

    connection = PatientConnection(nobody)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kombu.utils.functional.sleep", lambda _seconds: None)
        with pytest.raises(StopIteration):
            connection.ensure_connection(note)
    assert pauses == [2, 4, *[LONGEST_PAUSE] * 3]


def test_publishing_without_a_broker_is_an_error_that_beat_knows(nobody: str) -> None:
    """Kombu reconnects while it publishes, and calls the method by position then."""
    policy = {"max_retries": 1, "interval_start": 0, "interval_max": 0}
    with PatientConnection(nobody) as connection, pytest.raises(OperationalError):
        Producer(connection).publish({}, routing_key="any", retry=True, retry_policy=policy)
