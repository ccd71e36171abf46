"""Writes that outlive the connection to the database they were begun on."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

Result = TypeVar("Result")

PAUSE = timedelta(seconds=0.5)

logger = logging.getLogger(__name__)


def reconnecting(write: Callable[[], Result], *, patience: timedelta) -> Result:
    """What ``write`` returns, called again where the database was lost or did not let it in time,
    over a new connection where the old one is no good.

    For a statement that may be repeated, as it can have been carried out and the answer lost.
    After ``patience``, and at once in a transaction, which went with its connection, the error
    (``OperationalError`` or ``InterfaceError``) is raised.
    """
    until = time.monotonic() + patience.total_seconds()
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() >= until:
                raise
            logger.warning(
                "the database did not take it and is asked again: %s", type(error).__name__
            )
        time.sleep(PAUSE.total_seconds())
        connection.close_if_unusable_or_obsolete()
