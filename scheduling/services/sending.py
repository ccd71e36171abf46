"""The worker's side of the outbox: claim what is due, look again, send, say what came of it.

Nothing is held in the database while a mail server is waited for. A row in a worker's hands is
``sending`` until its lease runs out; ``attempts`` is the number of the claim, so a worker whose
lease ran out can't mark what another has claimed since.
"""

import json
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import pghistory
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cryoclinic.models import User
from cryoclinic.reconnecting import reconnecting
from scheduling import problems
from scheduling.emails import Mail, compose, kind_of
from scheduling.mail_facts import facts_of, told_by
from scheduling.models import Course, Message
from scheduling.models.message import MessageStatus
from scheduling.obstacles import obstacle
from scheduling.pacing import seconds_to_wait
from scheduling.post import Outcome, Post
from scheduling.selectors.claimed import Claimed, messages_to_send, read_claimed, unchanged_of

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

# Mails are looked at, handed over and marked together: as many as go in so long a time, one where
# the server takes longer than that, and at most a handful.
TOGETHER = timedelta(milliseconds=20)
HANDFUL = 20

# How long a database that is away is waited for with what came of mails; a restart takes less.
PATIENCE = timedelta(seconds=20)

# As ``_ours`` and ``_conclude`` have it.
_SENT = """
UPDATE scheduling_message m
   SET status = 'sent', leased_until = NULL, problem = '', kind = s.kind, told = s.told,
       sent_at = s.sent_at, sent_to = s.sent_to, source = s.source, fell_back = s.fell_back
  FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::jsonb[], %s::timestamptz[],
              %s::text[], %s::text[], %s::boolean[])
       AS s (id, attempts, kind, told, sent_at, sent_to, source, fell_back)
 WHERE m.id = s.id AND m.status = 'sending' AND m.attempts = s.attempts
RETURNING m.id
"""

logger = logging.getLogger(__name__)


def send_due(
    *,
    now: datetime,
    limit: int = BATCH,
    by: User | None = None,
    post: Post | None = None,
    when_full: Callable[[], None] = lambda: None,
) -> int:
    """Send up to ``limit`` messages that are due; return how many were claimed (0: none is due).

    Safe to run in any number of workers at once. Errors of the mail server never come out of here:
    they are on the rows. An error of ours does, with the row it struck left to its lease. ``by`` is
    the worker's account unless another is named. ``post`` is a connection to use and leave open.
    ``when_full`` is called before the first mail where as many were claimed as may be: more may be
    due.
    """
    actor = by or User.objects.worker()
    with pghistory.context(user=actor.pk):
        claimed = _claim(now, limit)
        if len(claimed) == limit:
            when_full()
        if claimed:
            with nullcontext(post) if post else closing(Post()) as connected:
                _send_all(claimed, connected, lease=now + LEASE)
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


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that is made, and what of."""

    claimed: Claimed
    mail: Mail
    made_at: datetime

    @property
    def message(self) -> Message:
        return self.claimed.message


def _send_all(ids: Sequence[int], post: Post, *, lease: datetime) -> None:
    """All mails are made, then they go; whatever happens, the rows not begun are given back.

    Made one after the other, without a word to server or database, they take two thirds of the
    time.
    """
    waiting, end = set(ids), lease - LEASE + BATCH_TIME
    made: deque[Ready] = deque()
    try:
        for claimed in read_claimed(ids, lease, now=timezone.now()):
            waiting.remove(claimed.message.pk)  # an error of ours leaves it to its lease
            ready = _make(claimed)
            if ready is not None:
                made.append(ready)
        while made and _wait_for_place(end):
            _send_some(made, post, lease)
    finally:
        _give_back([*waiting, *(ready.message.pk for ready in made)], lease)


def _wait_for_place(until: datetime) -> bool:
    """Where mails are rationed, for the next one's turn; False where that comes too late."""
    left = (until - timezone.now()).total_seconds()
    pause = seconds_to_wait(longest=left) if left > 0 else None
    if pause:
        time.sleep(pause)
    return pause is not None


def _send_some(made: deque[Ready], post: Post, lease: datetime) -> None:
    """Take from ``made`` and deal with those that go together, or with the first where none can.

    Whatever happens, those that the server took are marked.
    """
    opened = post.open()
    if opened.error is not None:
        _retry(made.popleft().message, problem=opened.problem)
        return
    # Just before they go: has anything been written since, or time gone by?
    some = list(islice(made, 1 if settings.MAILS_PER_MINUTE else HANDFUL))
    begun, unchanged = timezone.now(), unchanged_of([ready.claimed for ready in some], lease)
    sent: list[Sent] = []
    try:
        for number, ready in enumerate(some):
            if number and timezone.now() - begun >= TOGETHER:
                break
            made.popleft()
            same = ready.message.pk in unchanged and begun - ready.made_at <= LONG
            fresh = ready if same else _read_again(ready.claimed, lease)
            if fresh is None or timezone.now() >= lease:
                continue
            outcome = post.deliver(fresh.mail)
            if outcome.error is not None:
                _fail(fresh.message, outcome)
                break  # with another connection
            sent.append(Sent(fresh, timezone.now()))
    finally:
        _mark_sent(sent)


def _read_again(claimed: Claimed, lease: datetime) -> Ready | None:
    found = read_claimed([claimed.message.pk], lease, now=timezone.now())
    return _make(found[0]) if found else None


def _make(claimed: Claimed) -> Ready | None:
    """The mail as things are; None where the message is withdrawn, or has been tried enough."""
    message, facts, now = claimed.message, claimed.facts, timezone.now()
    if obstacle(message, facts, now):
        _withdraw_if_still(message)
        return None
    if message.attempts > MAX_ATTEMPTS:
        _conclude(message, Message.Status.FAILED, problem=message.problem or problems.NETWORK)
        return None
    return Ready(claimed, compose(message, facts, now=now).write(), made_at=now)


class Sent(NamedTuple):
    ready: Ready
    at: datetime


def _mark_sent(sent: Sequence[Sent]) -> None:
    """Written in SQL, as it comes with every mail, and the ORM takes longer than the database."""
    if not sent:
        return
    columns = [list(column) for column in zip(*map(_marks, sent), strict=True)]
    marked = reconnecting(partial(_write_marks, columns), patience=PATIENCE)
    for ready, _at in sent:
        if ready.message.pk not in marked:
            _warn_of_loss(ready.message, Message.Status.SENT)


def _write_marks(columns: list[Any]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_SENT, columns)
        return {pk for (pk,) in cursor.fetchall()}


def _marks(sent: Sent) -> tuple[object, ...]:
    """What ``_SENT`` takes of one mail."""
    message, facts, mail = sent.ready.message, sent.ready.claimed.facts, sent.ready.mail
    told = told_by(message, facts)
    return (
        message.pk,
        message.attempts,
        kind_of(message, facts).value,
        None if told is None else json.dumps(told),
        sent.at,
        mail.to[0],
        mail.source,
        mail.fell_back,
    )


def _fail(message: Message, outcome: Outcome) -> None:
    if outcome.is_final:
        _conclude(message, Message.Status.FAILED, problem=outcome.problem)
    else:
        _retry(message, problem=outcome.problem)


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
    write = partial(_ours(message).update, status=status, leased_until=None, **changes)
    if not reconnecting(write, patience=PATIENCE):
        _warn_of_loss(message, status)
    elif status == Message.Status.FAILED:
        logger.error("message %s failed: %s", message.pk, changes["problem"])


def _warn_of_loss(message: Message, status: MessageStatus) -> None:
    logger.warning("message %s was taken over before it was %s", message.pk, status.value)


def _give_back(ids: Sequence[int], lease: datetime) -> None:
    """Rows that were claimed and not begun: the claim does not count as an attempt."""
    claimed = Message.objects.filter(pk__in=ids, leased_until=lease)
    write = partial(
        claimed.filter(status=Message.Status.SENDING).update,
        status=Message.Status.DUE,
        leased_until=None,
        attempts=F("attempts") - 1,
    )
    reconnecting(write, patience=PATIENCE)
