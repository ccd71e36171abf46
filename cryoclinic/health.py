"""Is everything there that the product needs? Answers in words that name no secret."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from cryoclinic.celery import app
from cryoclinic.models import Heartbeat

WORKER = "worker"
BEAT = "beat"
SILENT_AFTER = timedelta(minutes=2)
NO_DATABASE = "unknown: no database"


def check_all() -> dict[str, str]:
    """``"ok"``, or what is wrong, for each of ``database``, ``broker``, ``beat``, ``worker``."""
    database = check_database()
    beats = dict.fromkeys((BEAT, WORKER), NO_DATABASE)
    if database == "ok":
        beats = {name: check_heartbeat(name) for name in beats}
    return {"database": database, "broker": check_broker(), **beats}


def notices(*, database: str) -> dict[str, str]:
    """``"ok"``, or what somebody should look at, for each of ``READYZ_NOTICES``.

    They are about the work, not about what the work needs. ``database`` is its check.
    """
    if database != "ok":
        return dict.fromkeys(settings.READYZ_NOTICES, NO_DATABASE)
    return {name: import_string(path)() for name, path in settings.READYZ_NOTICES.items()}


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
