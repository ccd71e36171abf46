"""The worker's world: Redis, a mail server, worker and beat processes, and proxies in between."""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from celery import Celery

from cryoclinic.embedded import PROJECT
from tests.attack.messages.own_redis import OwnRedis
from tests.attack.messages.proxy import Proxy
from tests.e2e.processes import PROGRAMS
from tests.smtp import Postbox
from tests.web import present_database

SCAN = "scheduling.tasks.send_due_messages"
# How long a person would wait before calling it broken; nothing is measured by it.
PATIENCE = 180
DONE = re.compile(
    rf"^([0-9.]+) INFO celery\.app\.trace: Task {re.escape(SCAN)}\[\S+ succeeded in ([0-9.e-]+)s"
)


@dataclass
class Laboratory:
    """``to_redis`` and ``to_smtp`` are where the processes believe their servers to be, and
    ``to_database`` where there is one.
    """

    folder: Path
    redis: OwnRedis
    to_redis: Proxy
    to_smtp: Proxy
    post: Postbox
    to_database: Proxy | None = None
    beat_period: float = 1
    mail_timeout: int = 60
    mail_url: str = "smtp://127.0.0.1:{port}"
    settings: str = "tests.attack.messages.settings"
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.prefix = f"lab-{secrets.token_hex(4)}"
        self.database = present_database()

    def start(self, *names: str) -> None:
        """Start ``worker``, ``worker-2``, ``beat``…: what is before the dash says which program."""
        for name in names:
            program = name.partition("-")[0]
            own = {
                "worker": [f"--hostname={name}@laboratory"],
                "beat": [f"--schedule={self.folder / name}-schedule"],
            }
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *PROGRAMS[program], *own[program]],
                cwd=PROJECT,
                env=self._environment(),
                stdout=(self.folder / f"{name}.log").open("ab"),
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def kill(self, name: str) -> None:
        """As the kernel does when memory runs out: not a moment to tidy up.

        The worker's own processes, which share its connection to Redis, end with it.
        """
        pool, process = self.processes(name), self.running.pop(name)
        assert process.poll() is None, self.logs()
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.wait(lambda: not any(map(_lives, pool)), "the worker's processes to end")

    def processes(self, name: str) -> list[int]:
        """The ids of the worker's own processes, which do its tasks."""
        pid = self.running[name].pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in children.split()]

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()
        self.running = {}

    def scan(self) -> None:
        """Ask the worker to send what is due, as beat does."""
        app = Celery(broker=f"redis+socket://{self.redis.socket}", set_as_current=False)
        app.conf.broker_transport_options = {"global_keyprefix": f"{self.prefix}:"}
        with app.connection_for_write() as connection:
            app.send_task(SCAN, connection=connection, ignore_result=True)

    def scans(self) -> list[tuple[float, float]]:
        """When each scan that is done began and ended (Unix time), in that order."""
        logs = [file.read_text() for file in self.folder.glob("worker*.log")]
        found = [match for log in logs for line in log.splitlines() if (match := DONE.match(line))]
        times = [(float(match[1]), float(match[2])) for match in found]
        return sorted((end - seconds, end) for end, seconds in times)

    def rounds(self) -> list[tuple[float, float]]:
        """As ``scans``, with those that ran beside each other as one: a worker has several
        processes, and one that finds nothing may end long before the one that took it all.
        """
        rounds: list[tuple[float, float]] = []
        for scan in self.scans():
            beside = rounds.pop() if rounds and scan[0] <= rounds[-1][1] else scan
            rounds.append((beside[0], max(beside[1], scan[1])))
        return rounds

    def wait(self, holds: Callable[[], bool], what: str, *, patience: int = PATIENCE) -> None:
        """Until it holds; a process that ended in the meantime, or our patience, is a failure."""
        end = time.monotonic() + patience
        while not holds():
            dead = [name for name, process in self.running.items() if process.poll() is not None]
            if dead or time.monotonic() > end:
                raise AssertionError(f"waited for {what}; ended: {dead}\n{self.logs()}")
            time.sleep(0.02)

    def logs(self) -> str:
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{file.name}:\n{file.read_text()[-3000:]}" for file in files)

    @contextmanager
    def holding(self, statement: str, *values: object) -> Iterator["Held"]:
        """Keep the lock that the statement takes until the block ends."""
        connection = psycopg2.connect(self.database)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                yield Held(self, connection.get_backend_pid(), cursor.execute)
        finally:
            connection.close()

    def end_sessions(self, pids: Sequence[int]) -> None:
        """A session that waits goes on without its client; here it ends as its client did."""
        for pid in pids:
            self.ask("SELECT pg_terminate_backend(%s, 10000)", pid)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        mail = self.mail_url.format(port=self.to_smtp.port)
        database = self.database
        if self.to_database is not None:
            database = present_database(through=self.to_database.port)
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "E2E_FOLDER": str(self.folder),
            "BEAT_PERIOD_SECONDS": str(self.beat_period),
            "DEBUG": "1",
            "DATABASE_URL": database,
            "REDIS_URL": f"redis://127.0.0.1:{self.to_redis.port}/0",
            "REDIS_PREFIX": self.prefix,
            "EMAIL_URL": f"{mail}{'&' if '?' in mail else '?'}timeout={self.mail_timeout}",
            "SITE_URL": "http://127.0.0.1:8000",
            "PYTHONPATH": str(PROJECT),
            "PYTHONWARNINGS": "ignore",
        }


def _lives(pid: int) -> bool:
    """False also of one that is dead and that nobody has asked after yet."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@dataclass
class Held:
    """A lock that the test holds; what is executed is committed together with its release."""

    laboratory: Laboratory
    pid: int
    execute: Callable[..., None]

    def waiting(self) -> list[int]:
        """The database sessions that wait for it."""
        query = "SELECT pid FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
        return [pid for (pid,) in self.laboratory.ask(query, self.pid)]

    def wait(self) -> list[int]:
        """Until a worker waits for it; its sessions."""
        self.laboratory.wait(lambda: bool(self.waiting()), "the worker to wait for the lock")
        return self.waiting()
