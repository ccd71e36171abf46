"""Is everything there that the product needs? Answers in words that name no secret."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from cryoclinic.celery import app
from cryoclinic.models import Heartbeat

WORKER = "worker"
WORKER_SILENT_AFTER = timedelta(minutes=2)


def check_all() -> dict[str, str]:
    """``{"database": "ok", "broker": "ok", "worker": "ok"}``, or what is wrong with each."""
    database = check_database()
    return {
        "database": database,
        "broker": check_broker(),
        "worker": check_worker() if database == "ok" else "unknown: no database",
    }


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def check_broker() -> str:
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return "unreachable"
    return "ok"


def check_worker() -> str:
    """The worker beats through beat, queue and database, so one row tells of all three."""
    beat = Heartbeat.objects.filter(name=WORKER).first()
    if beat is None:
        return "never seen"
    silent = timezone.now() - beat.beaten_at
    if silent > WORKER_SILENT_AFTER:
        return f"silent for {int(silent.total_seconds())} s"
    return "ok"


def beat() -> None:
    """Say that the worker works."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"beaten_at": timezone.now()})
