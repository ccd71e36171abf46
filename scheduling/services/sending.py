"""The worker's side of the outbox: claim what is due, look again, send, say what came of it.

Nothing is held in the database while a mail server is waited for. A row in a worker's hands is
``sending`` until its lease runs out; ``attempts`` is the number of the claim, so a worker whose
lease ran out can't mark what another has claimed since.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pghistory
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cryoclinic.models import User
from scheduling import problems
from scheduling.emails import Mail, compose, kind_of
from scheduling.mail_facts import Facts, facts_of, told_by
from scheduling.models import Course, Message
from scheduling.models.message import MessageStatus
from scheduling.obstacles import obstacle
from scheduling.pacing import seconds_to_wait
from scheduling.post import Outcome, Post
from scheduling.selectors.claimed import Claimed, is_unchanged, messages_to_send, read_claimed

# Five minutes: a worker is stopped by its time limit long before its rows are another's, and that
# is far shorter than the time in which a reminder is of use.
LEASE = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT * 2.5)
# A batch that takes longer gives the rest of its rows back: slow servers, many rows.
BATCH_TIME = timedelta(seconds=60)
BATCH = 50
# A mail that had to wait longer, for those before it, its place in the minute or a connection, is
# made anew: what it says of today and tomorrow may be over.
LONG = timedelta(seconds=5)

MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)

# As ``_ours`` and ``_conclude`` have it.
_SENT = """
UPDATE scheduling_message
   SET status = 'sent', leased_until = NULL, problem = '', kind = %(kind)s, told = %(told)s,
       sent_at = %(sent_at)s, sent_to = %(sent_to)s, source = %(source)s,
       fell_back = %(fell_back)s
 WHERE id = %(id)s AND status = 'sending' AND attempts = %(attempts)s
"""

logger = logging.getLogger(__name__)


def send_due(
    *,
    now: datetime,
    limit: int = BATCH,
    by: User | None = None,
    when_full: Callable[[], None] = lambda: None,
) -> int:
    """Send up to ``limit`` messages that are due; return how many were claimed (0: none is due).

    Safe to run in any number of workers at once. Errors of the mail server never come out of here:
    they are on the rows. An error of ours does, with the row it struck left to its lease. ``by`` is
    the worker's account unless another is named. ``when_full`` is called before the first mail
    where as many were claimed as may be: more may be due.
    """
    actor = by or User.objects.worker()
    with pghistory.context(user=actor.pk):
        claimed = _claim(now, limit)
        if len(claimed) == limit:
            when_full()
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
    """One connection for all of them; whatever happens, the rows not begun are given back.

    All mails are made before the first goes: a processor that is not called away between two of
    them makes one in two thirds of the time.
    """
    waiting, end = set(ids), lease - LEASE + BATCH_TIME
    post = Post()
    try:
        made = []
        for claimed in read_claimed(ids, lease, now=timezone.now()):
            waiting.remove(claimed.message.pk)  # an error of ours leaves it to its lease
            ready = _make(claimed)
            if ready is not None:
                made.append((claimed, ready))
                waiting.add(claimed.message.pk)
        for claimed, ready in made:
            waiting.remove(claimed.message.pk)
            if not _send(claimed, ready, post, lease, end):
                waiting.add(claimed.message.pk)
                break
    finally:
        post.close()
        _give_back(waiting, lease)


def _send(claimed: Claimed, ready: "Ready", post: Post, lease: datetime, until: datetime) -> bool:
    """Deal with one mail that is made; False where it has to wait for a later round."""
    left = (until - timezone.now()).total_seconds()
    pause = seconds_to_wait(longest=left) if left > 0 else None
    if pause is None:
        return False
    if pause:
        time.sleep(pause)
    opened = post.open()
    if opened.error is not None:
        _retry(ready.message, problem=opened.problem)
        return True
    # Just before it goes: has anything been written since, or time gone by?
    late = timezone.now() - ready.made_at > LONG
    fresh = ready if not late and is_unchanged(claimed, lease) else _read_again(claimed, lease)
    if fresh is not None and timezone.now() < lease:
        _mark(fresh, post.deliver(fresh.mail))
    return True


def _read_again(claimed: Claimed, lease: datetime) -> "Ready | None":
    found = read_claimed([claimed.message.pk], lease, now=timezone.now())
    return _make(found[0]) if found else None


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that is made, and what of."""

    message: Message
    facts: Facts
    mail: Mail
    made_at: datetime


def _make(claimed: Claimed) -> Ready | None:
    """The mail as things are; None where the message is withdrawn, or has been tried enough."""
    message, facts, now = claimed.message, claimed.facts, timezone.now()
    if obstacle(message, facts, now):
        _withdraw_if_still(message)
        return None
    if message.attempts > MAX_ATTEMPTS:
        _conclude(message, Message.Status.FAILED, problem=message.problem or problems.NETWORK)
        return None
    return Ready(message, facts, compose(message, facts, now=now), made_at=now)


def _mark(ready: Ready, outcome: Outcome) -> None:
    if outcome.error is None:
        _mark_sent(ready.message, ready.facts, ready.mail)
    elif outcome.is_final:
        _conclude(ready.message, Message.Status.FAILED, problem=outcome.problem)
    else:
        _retry(ready.message, problem=outcome.problem)


def _mark_sent(message: Message, facts: Facts, mail: Mail) -> None:
    """Written in SQL, as it comes with every mail, and the ORM takes longer than the database."""
    told = told_by(message, facts)
    values = {
        "kind": kind_of(message, facts).value,
        "told": None if told is None else json.dumps(told),
        "sent_at": timezone.now(),
        "sent_to": mail.to[0],
        "source": mail.source,
        "fell_back": mail.fell_back,
        "id": message.pk,
        "attempts": message.attempts,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SENT, values)
        if not cursor.rowcount:
            _warn_of_loss(message, Message.Status.SENT)


def _withdraw_if_still(message: Message) -> None:
    """Look once more with the course locked, as those who change it lock it, and withdraw.

    Without the lock, a visit restored in between would find its message in our hands, leave it
    there, and be left without one.
    """
    with transaction.atomic():
        if message.course_id is not None:
            Course.objects.select_for_update(no_key=True).get(pk=message.course_id)
        fresh, now = messages_to_send().get(pk=message.pk), timezone.now()
        reason = obstacle(fresh, facts_of(fresh, now=now), now)
        status = Message.Status.WITHDRAWN if reason else Message.Status.DUE
        _conclude(message, status, problem=reason)


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
        _warn_of_loss(message, status)
    elif status == Message.Status.FAILED:
        logger.error("message %s failed: %s", message.pk, changes["problem"])


def _warn_of_loss(message: Message, status: MessageStatus) -> None:
    logger.warning("message %s was taken over before it was %s", message.pk, status.value)


def _give_back(ids: Collection[int], lease: datetime) -> None:
    """Rows that were claimed and not begun: the claim does not count as an attempt."""
    claimed = Message.objects.filter(pk__in=ids, leased_until=lease)
    claimed.filter(status=Message.Status.SENDING).update(
        status=Message.Status.DUE, leased_until=None, attempts=F("attempts") - 1
    )
