"""The worker and its clock; how they are tuned stands in the settings under ``CELERY_``."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryoclinic.settings")

# Kombu's own pause grows to 30 seconds, two scans of the outbox.
LONGEST_PAUSE = 5


class PatientConnection(Connection):
    """Asks every few seconds whether a broker that is away is back, however long it has been, and
    lets go of a lost one whatever its channels have in hand.
    """

    def _ensure_connection(
        self,
        errback: Any = None,
        max_retries: int | None = None,
        interval_start: float = 2,
        interval_step: float = 2,
        interval_max: float = LONGEST_PAUSE,
        **more: Any,
    ) -> Any:
        """Kombu's own, which its other methods call by position and by name."""
        return super()._ensure_connection(
            errback, max_retries, interval_start, interval_step, interval_max, **more
        )

    def maybe_close_channel(self, channel: Any) -> None:
        """Close it also where it waited for a task: kombu's Redis channel first reads what it waits
        for, and where that fails stays open. Closed once more by the worker, when the connection
        knows no broker any longer, one with a task in hand ends the worker (kombu 5.7).
        """
        super().maybe_close_channel(channel)
        if not channel.closed:
            super().maybe_close_channel(channel)


class PatientAMQP(AMQP):
    Connection = PatientConnection


app = Celery("cryoclinic", amqp=PatientAMQP)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_project_logging(**_kwargs: Any) -> None:
    """Log as the web processes do: Celery's own set-up would print task arguments."""
    from django.conf import settings  # the settings may not be read yet when this file is

    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def refuse_to_lose_work(**_kwargs: Any) -> None:
    """End worker and beat where the settings could lose a task, or have it done twice."""
    from django.core.checks import run_checks  # the apps may not be ready when this file is read

    found = [check for check in run_checks(tags=["delivery"]) if check.is_serious()]
    if found:
        # Celery only logs an Exception here, and goes on.
        raise SystemExit("\n".join(str(check) for check in found))


@worker_process_init.connect
def leave_the_group(**_kwargs: Any) -> None:
    """Of a worker's processes, so that what tells its whole group to stop tells the worker alone.

    ``make run`` and terminals do. The worker then has its processes finish what they have begun.
    """
    os.setpgrp()
