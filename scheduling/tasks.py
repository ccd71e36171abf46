"""What beat asks of the worker, every few seconds or minutes. What is due is a row, never a task:
a task that is lost is made up for by the next one, a task that comes twice finds nothing to do.
"""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from cryoclinic import health
from cryoclinic.models import User
from scheduling.services import reminding, sending, spacing

# A batch more may begin until then; well within the task's time limit.
SENDING_TIME = timedelta(seconds=30)


@shared_task
def send_due_messages() -> None:
    """Send until nothing is due, or leave the rest to the next run."""
    worker = User.objects.worker()
    until = timezone.now() + SENDING_TIME
    while timezone.now() < until and sending.send_due(by=worker, now=timezone.now()):
        pass


@shared_task
def enforce_spacing() -> None:
    """Raise and resolve the alerts of courses whose sessions are too far apart, or missing."""
    spacing.enforce_spacing(by=User.objects.worker(), now=timezone.now())


@shared_task
def complete_reminders() -> None:
    """Write the reminders of clients who agreed to e-mail after their visits were booked."""
    reminding.complete_reminders(by=User.objects.worker(), now=timezone.now())


@shared_task
def beat_heartbeat() -> None:
    """Say that beat, broker, worker and database all work."""
    health.beat()
