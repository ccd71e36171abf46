"""Beat's schedule, with a sign of life of its own."""

import logging
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, connection

from cryoclinic import health

logger = logging.getLogger(__name__)

HEARTBEAT = "heartbeat"


class Scheduler(PersistentScheduler):
    """Says that it works each time it asks the worker to say so: of a silent pair, which is it?"""

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        super().apply_entry(entry, producer=producer)
        if entry.name == HEARTBEAT:
            _say_so()


def _say_so() -> None:
    """Beat goes on without a database, and with a new connection once it is back."""
    try:
        health.beat(health.BEAT)
    except DatabaseError:
        logger.warning("beat could not say that it works: the database does not answer")
        connection.close()
