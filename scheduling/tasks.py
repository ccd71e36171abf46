"""What beat asks of the worker, every few seconds or minutes. What is due is a row, never a task:
a task that is lost is made up for by the next one, a task that comes twice finds nothing to do.
"""

import logging
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from cryoclinic import health
from cryoclinic.models import User
from scheduling.post import Post
from scheduling.selectors.outbox_state import overdue_minutes
from scheduling.services import mending, reminding, rewriting, sending, spacing, watch

logger = logging.getLogger(__name__)

# A batch more may begin until then; well within the task's time limit.
SENDING_TIME = timedelta(seconds=30)
SECONDS_TO_JOIN = 5
REWRITING_TIME = timedelta(seconds=30)
MENDING_TIME, COURSES_AT_ONCE = timedelta(seconds=60), 20


@shared_task
def send_due_messages() -> None:
    """Send until nothing is due, or leave the rest to the next run.

    Where more is due than the first claim takes, another process sends too, and asks a third where
    that is still so: a backlog is sent by as many as are free.
    """
    worker = User.objects.worker()
    until = timezone.now() + SENDING_TIME
    with closing(Post()) as post:
        send = partial(sending.send_due, by=worker, post=post)
        claimed = send(now=timezone.now(), when_full=_ask_for_another)
        while claimed and timezone.now() < until:
            claimed = send(now=timezone.now())


def _ask_for_another() -> None:
    """Once per run and for a moment only, so that nothing piles up where all are busy.

    Whoever asks goes on alone where the broker is away. Where mails are rationed, one process gets
    by with what all may send.
    """
    if not settings.MAILS_PER_MINUTE:
        with suppress(OperationalError):
            send_due_messages.apply_async(expires=SECONDS_TO_JOIN)


@shared_task
def watch_outbox() -> None:
    """Have the log say that mails are not going out, for whoever watches it."""
    minutes = overdue_minutes(now=timezone.now())
    if minutes:
        logger.error("the oldest unsent message has been due for %d minutes", minutes)


@shared_task
def enforce_spacing() -> None:
    """Mend, propose and raise alerts for the courses that changed or that time has come for; leave
    the rest to the next run.
    """
    worker = User.objects.worker()
    until = timezone.now() + MENDING_TIME
    while timezone.now() < until and mending.mend_due(
        by=worker, now=timezone.now(), limit=COURSES_AT_ONCE
    ):
        pass


@shared_task
def review_every_course() -> None:
    """Look at all active courses now and then, for what changed past the services."""
    worker, now = User.objects.worker(), timezone.now()
    watch.enrol_courses(by=worker, now=now)
    spacing.enforce_spacing(by=worker, now=now)


@shared_task
def complete_reminders() -> None:
    """Write the reminders of clients who agreed to e-mail after their visits were booked."""
    reminding.complete_reminders(by=User.objects.worker(), now=timezone.now())


@shared_task
def rewrite_reminders() -> None:
    """Have the reminders to come follow what clinics changed; leave the rest to the next run."""
    worker = User.objects.worker()
    until = timezone.now() + REWRITING_TIME
    while timezone.now() < until and rewriting.rewrite_reminders(by=worker, now=timezone.now()):
        pass


@shared_task
def beat_heartbeat() -> None:
    """Say that broker, worker and database work together."""
    health.beat(health.WORKER)
