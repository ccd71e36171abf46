"""The worker's side of the outbox: claim what is due, look again, send, say what came of it.

Nothing is held in the database while a mail server is waited for. A row in a worker's hands is
``sending`` until its lease runs out; ``attempts`` is the number of the claim, so a worker whose
lease ran out can't mark what another has claimed since.
"""

import logging
import random
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta

import pghistory
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cryoclinic.models import User
from scheduling import problems
from scheduling.emails import Mail, compose, kind_of
from scheduling.mail_facts import Facts, facts_of, told_by
from scheduling.models import Course, Message
from scheduling.models.message import MessageStatus
from scheduling.obstacles import obstacle

# Five minutes: a worker is stopped by its time limit long before its rows are another's, and that
# is far shorter than the time in which a reminder is of use.
LEASE = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT * 2.5)
# A batch that takes longer gives the rest of its rows back: slow servers, many rows.
BATCH_TIME = timedelta(seconds=60)
BATCH = 50

MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)

logger = logging.getLogger(__name__)


def send_due(*, now: datetime, limit: int = BATCH, by: User | None = None) -> int:
    """Send up to ``limit`` messages that are due; return how many were claimed (0: none is due).

    Safe to run in any number of workers at once. Errors of the mail server never come out of here:
    they are on the rows. An error of ours does, with the row it struck left to its lease. ``by`` is
    the worker's account unless another is named.
    """
    actor = by or User.objects.worker()
    with pghistory.context(user=actor.pk):
        claimed = _claim(now, limit)
        if claimed:
            _send_all(claimed, lease=now + LEASE)
        return len(claimed)


def _claim(now: datetime, limit: int) -> list[int]:
    with transaction.atomic():
        due = Message.objects.due(now).order_by("due_at", "id")
        locked = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
        ids = list(locked.values_list("pk", flat=True)[:limit])
        Message.objects.filter(pk__in=ids).update(
            status=Message.Status.SENDING, leased_until=now + LEASE, attempts=F("attempts") + 1
        )
    return ids


def _send_all(ids: Sequence[int], *, lease: datetime) -> None:
    """One connection for all of them; whatever happens, the rows not begun are given back."""
    waiting = list(ids)
    connection = get_connection()
    try:
        while waiting and timezone.now() < lease - LEASE + BATCH_TIME:
            _send_one(waiting.pop(0), lease, connection)
    finally:
        _give_back(waiting, lease)
        _close(connection)


def _send_one(pk: int, lease: datetime, connection: BaseEmailBackend) -> None:
    message = _read(pk, lease)
    if message is None:
        return
    now = timezone.now()
    facts = facts_of(message, now=now)
    if obstacle(message, facts, now):
        _withdraw_if_still(message)
        return
    if message.attempts > MAX_ATTEMPTS:
        _conclude(message, Message.Status.FAILED, problem=message.problem or problems.NETWORK)
        return
    try:
        waited = connection.open()
    except OSError as error:  # smtplib's own errors are OSErrors too
        # Whatever the server said, it was to us and not about this mail.
        _retry(message, problem=_problem(error))
        return
    if waited:  # as long as it pleased the server: what was read may hold no more
        _send_one(pk, lease, connection)
        return
    _hand_over(message, facts, compose(message, facts, now=now), connection)


def _hand_over(message: Message, facts: Facts, mail: Mail, connection: BaseEmailBackend) -> None:
    try:
        connection.send_messages([mail])
    except (OSError, ValueError) as error:  # ValueError: no mail can be addressed like that
        _close(connection)
        if _is_final(error):
            _conclude(message, Message.Status.FAILED, problem=_problem(error))
        else:
            _retry(message, problem=_problem(error))
    else:
        source = mail.message().as_bytes().decode("utf-8", "replace")
        _conclude(
            message,
            Message.Status.SENT,
            kind=kind_of(message, facts),
            told=told_by(message, facts),
            sent_at=timezone.now(),
            sent_to=mail.to[0],
            source=source,
            fell_back=mail.fell_back,
            problem="",
        )


def _read(pk: int, lease: datetime) -> Message | None:
    """The claimed row with all it is about; None where the claim is not ours any more."""
    message = _whole().get(pk=pk)
    ours = message.status == Message.Status.SENDING and message.leased_until == lease
    return message if ours and timezone.now() < lease else None


def _withdraw_if_still(message: Message) -> None:
    """Look once more with the course locked, as those who change it lock it, and withdraw.

    Without the lock, a visit restored in between would find its message in our hands, leave it
    there, and be left without one.
    """
    with transaction.atomic():
        if message.course_id is not None:
            Course.objects.select_for_update(no_key=True).get(pk=message.course_id)
        fresh, now = _whole().get(pk=message.pk), timezone.now()
        reason = obstacle(fresh, facts_of(fresh, now=now), now)
        status = Message.Status.WITHDRAWN if reason else Message.Status.DUE
        _conclude(message, status, problem=reason)


def _whole() -> QuerySet[Message]:
    return Message.objects.select_related("clinic", "client", "course__clinic", "appointment")


def _retry(message: Message, *, problem: str) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        _conclude(message, Message.Status.FAILED, problem=problem)
        return
    due_at = timezone.now() + pause_after(message.attempts)
    _conclude(message, Message.Status.RETRYING, due_at=due_at, problem=problem)


def pause_after(attempts: int) -> timedelta:
    """Twice as long each time, up to two hours, and up to a quarter more by chance.

    The chance part keeps what failed together from coming back together.
    """
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return pause * random.uniform(1, 1.25)  # noqa: S311 (spreads load; guards nothing)


def _ours(message: Message) -> QuerySet[Message]:
    """The row as long as this claim of it holds."""
    return Message.objects.filter(
        pk=message.pk, status=Message.Status.SENDING, attempts=message.attempts
    )


def _conclude(message: Message, status: MessageStatus, **changes: object) -> None:
    done = _ours(message).update(status=status, leased_until=None, **changes)
    if not done:
        logger.warning("message %s was taken over before it was %s", message.pk, status.value)
    elif status == Message.Status.FAILED:
        logger.error("message %s failed: %s", message.pk, changes["problem"])


def _give_back(ids: Sequence[int], lease: datetime) -> None:
    """Rows that were claimed and not begun: the claim does not count as an attempt."""
    claimed = Message.objects.filter(pk__in=ids, leased_until=lease)
    claimed.filter(status=Message.Status.SENDING).update(
        status=Message.Status.DUE, leased_until=None, attempts=F("attempts") - 1
    )


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        logger.info("the mail server did not say goodbye")


def _codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _text in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _is_final(error: Exception) -> bool:
    """A 5xx, or an address that no mail can carry: trying again changes nothing."""
    codes = _codes(error)
    return isinstance(error, ValueError) or (bool(codes) and min(codes) >= 500)


def _problem(error: Exception) -> str:
    """A code without a word of the server's answer, which may quote the address."""
    if isinstance(error, ValueError):
        return problems.BAD_ADDRESS
    codes = _codes(error)
    return problems.refused_by_server(codes[0]) if codes else problems.NETWORK
