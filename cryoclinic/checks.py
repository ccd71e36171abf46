"""What Django's checks refuse: settings with which the worker could lose work or do it twice.

``manage.py check`` says so, and worker and beat do not start (``cryoclinic.celery``).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, register

from cryoclinic.celery import app

# The value each must have, and what would happen otherwise.
EXACTLY: dict[str, tuple[tuple[Any, ...], str]] = {
    "accept_content": ((["json"],), "anything but JSON from the broker could run code"),
    "task_serializer": (("json",), "a task is an id and a name"),
    "task_acks_late": ((True,), "a worker that dies would take its task with it"),
    "task_reject_on_worker_lost": ((True,), "a worker that dies would take its task with it"),
    "task_always_eager": ((False,), "tasks would run in the web process"),
    "task_ignore_result": ((True,), "results would pile up in the broker"),
    "worker_prefetch_multiplier": ((1,), "tasks would expire behind a long one"),
    "worker_cancel_long_running_tasks_on_connection_loss": (
        (False,),
        "a broker that restarts would cut mails off while they are sent",
    ),
    "broker_connection_retry": ((True,), "worker and beat would end with the broker"),
    "broker_connection_retry_on_startup": ((True,), "worker and beat would end with the broker"),
    "broker_connection_max_retries": ((None, 0), "worker and beat would give up a broker in time"),
    "broker_channel_error_retry": ((True,), "a broker that refuses to write would end the worker"),
    "enable_utc": ((True,), "clock changes would skip or double periods"),
    "timezone": (("UTC",), "clock changes would skip or double periods"),
}


@register("delivery")
def check_delivery(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Settings under ``CELERY_`` that are not as they must be."""
    return [*_wrong_values(), *_time_limits(), *_periods()]


def _wrong_values() -> Iterator[CheckMessage]:
    for name, (allowed, otherwise) in EXACTLY.items():
        if app.conf[name] not in allowed:
            yield Error(
                f"CELERY_{name.upper()} is {app.conf[name]!r}: {otherwise}.",
                hint=f"Set it to {allowed[0]!r}.",
                id="cryoclinic.E001",
            )


def _time_limits() -> Iterator[CheckMessage]:
    """Redis gives a task that runs longer than its visibility timeout to a second worker."""
    soft, hard = app.conf.task_soft_time_limit, app.conf.task_time_limit
    visible = app.conf.broker_transport_options.get("visibility_timeout", float("inf"))
    if not (soft and hard and soft < hard < visible):
        yield Error(
            f"The task limits (soft {soft}, hard {hard}) and the broker's visibility timeout "
            f"({visible}) must rise in this order: else a task is done twice at once.",
            hint="Set CELERY_TASK_SOFT_TIME_LIMIT and CELERY_TASK_TIME_LIMIT.",
            id="cryoclinic.E002",
        )


def _periods() -> Iterator[CheckMessage]:
    """What no worker got to within its period is dropped; else an outage would be worked off."""
    for name, entry in app.conf.beat_schedule.items():
        period, expires = entry["schedule"], entry.get("options", {}).get("expires")
        if not isinstance(period, timedelta):
            yield Error(
                f"The period of “{name}” is no timedelta: by the clock, it could be skipped.",
                id="cryoclinic.E003",
            )
        elif not expires or expires > period.total_seconds():
            yield Error(
                f"“{name}” expires after {expires} s, its period is {period.total_seconds():g} s: "
                "after an outage the worker would be busy with what is long overtaken.",
                hint="Use every(…) of cryoclinic.periodic.",
                id="cryoclinic.E004",
            )
