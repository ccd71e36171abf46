"""What beat asks of the worker, and how often. Read by the settings: imports nothing of Django."""

from datetime import timedelta
from typing import Any


def every(task: str, period: timedelta) -> dict[str, Any]:
    """A beat entry; what no worker got to within its period is dropped, the next one comes."""
    return {"task": task, "schedule": period, "options": {"expires": period.total_seconds()}}


SCHEDULE = {
    "messages": every("scheduling.tasks.send_due_messages", timedelta(seconds=15)),
    "outbox": every("scheduling.tasks.watch_outbox", timedelta(minutes=5)),
    "reminders": every("scheduling.tasks.complete_reminders", timedelta(minutes=5)),
    "rewriting": every("scheduling.tasks.rewrite_reminders", timedelta(minutes=1)),
    "spacing": every("scheduling.tasks.enforce_spacing", timedelta(minutes=2)),
    "review": every("scheduling.tasks.review_every_course", timedelta(hours=1)),
    "heartbeat": every("scheduling.tasks.beat_heartbeat", timedelta(seconds=15)),
}
