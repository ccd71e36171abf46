"""Is everything there that the product needs? Answers in words that name no secret."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from cryoclinic.celery import app
from cryoclinic.models import Heartbeat

WORKER = "worker"
BEAT = "beat"
SILENT_AFTER = timedelta(minutes=2)


def check_all() -> dict[str, str]:
    """``"ok"``, or what is wrong, for each of ``database``, ``broker``, ``beat``, ``worker``."""
    database = check_database()
    beats = dict.fromkeys((BEAT, WORKER), "unknown: no database")
    if database == "ok":
        beats = {name: check_heartbeat(name) for name in beats}
    return {"database": database, "broker": check_broker(), **beats}


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


def check_heartbeat(name: str) -> str:
    """Beat beats by itself, the worker when beat has asked it to: through broker and queue."""
    beat = Heartbeat.objects.filter(name=name).first()
    if beat is None:
        return "never seen"
    silent = timezone.now() - beat.beaten_at
    if silent > SILENT_AFTER:
        return f"silent for {int(silent.total_seconds())} s"
    return "ok"


def beat(name: str) -> None:
    """Say that ``BEAT`` or ``WORKER`` works."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beaten_at": timezone.now()})
