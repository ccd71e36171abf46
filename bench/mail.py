"""Reminders per second beside a bare smtplib loop, and what a scan costs that finds nothing due.

`run()` yields one record per figure, on a database of its own that is dropped afterwards.
BENCH_MAIL_REMINDERS says how many go out in each of the rounds (2,000 unless told otherwise),
BENCH_MAIL_ROUNDS how many rounds there are (5), BENCH_MAIL_ROWS how large the outbox is in which
nothing is due (1,000,000).
"""

import os
import secrets
import smtplib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bench.database import scratch_database
from bench.processor import spent

Record = dict[str, Any]

SCAN = "scheduling.tasks.send_due_messages"
# The first mails of a process compile templates and connect; not timed.
WARM = 50
APPOINTMENTS, CLINICS = 120_000, 6
HOURS_LEFT = timedelta(hours=12)
REPEATS = 200
COPIED = 1000
PATIENCE = 300


def run() -> Iterator[Record]:
    reminders = int(os.environ.get("BENCH_MAIL_REMINDERS", "2000"))
    rounds = int(os.environ.get("BENCH_MAIL_ROUNDS", "5"))
    rows = int(os.environ.get("BENCH_MAIL_ROWS", "1000000"))
    with scratch_database("mail"):
        from scheduling import scale

        scale.load(appointments=APPOINTMENTS, clinics=CLINICS)
        yield throughput(reminders, rounds)
        yield scan(rows)


def throughput(reminders: int, rounds: int) -> Record:
    """One worker, from row to mark, against a loop that sends the same bytes to the same server.

    Both are timed from the first mail to the last of a round; they take turns.
    """
    ours, reference, cost = [], [], Counter[str]()
    with _process(["bench.mail_server"], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with _Worker(port) as worker:
            worker.send(WARM)
            processes = {"worker": worker.pid, "mail_server": server.pid}
            for _number in range(rounds):
                before = spent(processes)
                sent = worker.send(reminders)
                cost.update(spent(processes))
                cost.subtract(before)
                times = [sent_at.timestamp() for sent_at, _to, _source in sent]
                ours.append(_per_second(times))
                reference.append(_bare_loop(port, sent))
    ratio = median(ours) / median(reference)
    return {
        "name": "mail.reminders",
        "value": round(median(ours)),
        "unit": "mails per second, one worker",
        "reference": round(median(reference)),
        "ratio": round(ratio, 2),
        "goal": 0.5,
        "ok": ratio >= 0.5,
        "mails": reminders * rounds,
        "processor_ms_per_mail": {
            name: round(cost[name] / reminders / rounds, 1) for name in processes
        },
    }


def scan(rows: int) -> Record:
    """The statements of `send_due` with nothing due, against reading one row by its primary key.

    Both are what the database takes, with the way there and back, without the work of the ORM.
    """
    from django.utils import timezone

    from cryoclinic.models import User
    from scheduling.models import Message
    from scheduling.services.sending import send_due

    _fill(rows)
    worker = User.objects.worker()
    keys = list(Message.objects.order_by("message_id").values_list("pk", flat=True)[:REPEATS])

    def look() -> None:
        assert send_due(by=worker, now=timezone.now()) == 0

    ours = [_in_database(look) for _key in keys]
    by_key = [_in_database(lambda pk=pk: Message.objects.only("pk").get(pk=pk)) for pk in keys]
    value, reference = median(ours), median(by_key)
    return {
        "name": "mail.scan_of_nothing_due",
        "value": round(value, 2),
        "unit": "ms in the database",
        "reference": round(reference, 2),
        "ratio": round(value / reference, 1),
        "goal": 5,
        "ok": value < 5,
        "rows": Message.objects.count(),
        "pending": Message.objects.pending().count(),
    }


class _Worker:
    """One worker of the product, as production starts it, and its broker."""

    def __init__(self, smtp_port: int) -> None:
        self.smtp_port = smtp_port

    def __enter__(self) -> "_Worker":
        from tests.e2e.processes import PROGRAMS
        from tests.web import present_database

        self.folder = tempfile.TemporaryDirectory(prefix="bench-mail-")
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "bench.worker_settings",
            "E2E_FOLDER": self.folder.name,
            "DATABASE_URL": present_database(),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "REDIS_PREFIX": f"bench-{secrets.token_hex(4)}",
            "PYTHONWARNINGS": "ignore",
        }
        self._stack = _process(PROGRAMS["worker"], env=self.environment)
        self.pid = self._stack.__enter__().pid
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)
        self.folder.cleanup()

    def send(self, number: int) -> Sequence[tuple[datetime, str, str]]:
        """Have so many reminders sent; when, to whom and the bytes, in the order of sending."""
        from scheduling.models import Message

        sent = Message.objects.filter(pk__in=_due_reminders(number), status="sent")
        sent = sent.order_by("sent_at")
        end = time.monotonic() + PATIENCE
        while sent.count() < number:
            subprocess.run(
                [sys.executable, "-m", "celery", "--quiet", "--app=cryoclinic", "call", SCAN],
                env=self.environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            assert time.monotonic() < end, f"{sent.count()} of {number} sent"
            time.sleep(1)
        return list(sent.values_list("sent_at", "sent_to", "source"))


@contextmanager
def _process(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-m", *command], env=env, stdout=stdout) as process:
        try:
            yield process
        finally:
            process.terminate()


def _due_reminders(number: int) -> Sequence[int]:
    """So many reminders that would be due in the days to come are due now; their ids.

    The first of each visit: of two that are due, only the later one goes out.
    """
    from django.utils import timezone

    from scheduling.models import Message

    now = timezone.now()
    waiting = Message.objects.filter(
        status="due",
        kind="reminder",
        lead_hours=24,
        appointment__treatment__startswith__gt=now + HOURS_LEFT,
    )
    chosen = list(
        waiting.filter(due_at__gt=now).order_by("pk").values_list("pk", flat=True)[:number]
    )
    assert len(chosen) == number, "more appointments are needed"
    Message.objects.filter(pk__in=chosen).update(due_at=now)
    return chosen


def _bare_loop(port: int, sent: Sequence[tuple[datetime, str, str]]) -> float:
    """Mails per second of smtplib alone over one connection."""
    mails = [(to, source.replace("\n", "\r\n").encode()) for _sent_at, to, source in sent]
    times = []
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for to, content in mails:
            connection.sendmail("noreply@127.0.0.1", [to], content)
            times.append(time.time())
    return _per_second(times)


def _per_second(times: Sequence[float]) -> float:
    return (len(times) - 1) / (times[-1] - times[0])


def _fill(rows: int) -> None:
    """As many as years leave behind: one in twenty is due some day, the others were sent.

    Copies of rows that are there, each with another version; without their audit.
    """
    from django.db import connection

    from scheduling.bulk import rebuilt_afterwards
    from scheduling.models import Message

    columns = [field.column for field in Message._meta.concrete_fields if not field.primary_key]
    values = {
        "version": "m.version + n",
        "message_id": "gen_random_uuid()",
        "source": "''",
        "status": "CASE WHEN n % 20 = 0 THEN 'due' ELSE 'sent' END",
        "sent_at": "now()",
        "due_at": "now() + CASE WHEN n % 20 = 0 THEN 1 ELSE -1 END * n * interval '1 hour'",
    }
    copies = -(-(rows - Message.objects.count()) // COPIED)
    statement = f"""
        INSERT INTO scheduling_message ({", ".join(columns)})
        SELECT {", ".join(values.get(column, f"m.{column}") for column in columns)}
          FROM (SELECT * FROM scheduling_message ORDER BY id LIMIT {COPIED}) m,
               generate_series(1, {copies}) n
    """
    with (
        rebuilt_afterwards(["scheduling_message"], report=lambda doing: None),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE scheduling_message")


def _in_database(call: Callable[[], object]) -> float:
    """Milliseconds for which the call waited for statements."""
    from django.db import connection

    spent = 0.0

    def timed(execute: Callable[..., Any], *statement: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            spent += time.perf_counter() - began

    with connection.execute_wrapper(timed):
        call()
    return spent * 1000
