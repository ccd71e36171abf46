"""The product as it runs: web server, worker and beat as processes, on a database of their own."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg2
import redis

PROJECT = Path(__file__).resolve().parents[2]
CELERY = ["celery", "--quiet", "--app=cryoclinic"]
PROGRAMS = {
    "web": ["gunicorn"],
    "worker": [*CELERY, "worker", "--without-gossip", "--without-mingle"],
    "beat": [*CELERY, "beat", "--pidfile="],
}
# How long a person would wait before calling it broken; nothing is measured by it.
PATIENCE = 120


class Product:
    """One installation in ``folder``. Its processes end with ``stop``, each by its own id."""

    def __init__(self, folder: Path, database_url: str, smtp_port: int) -> None:
        self.folder = folder
        self.database_url = database_url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
            "E2E_FOLDER": str(folder),
            "DEBUG": "1",
            "DATABASE_URL": database_url,
            "REDIS_PREFIX": f"e2e-{secrets.token_hex(4)}",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "SITE_URL": self.url,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "PYTHONPATH": str(PROJECT),
            "PYTHONWARNINGS": "ignore",
        }

    def run(self, *command: str) -> None:
        """Run a program of the project to its end."""
        subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT,
            env=self.environment | {"STATEMENT_TIMEOUT_SECONDS": "0"},
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self, *names: str, at: datetime | None = None) -> None:
        """Start these programs, at another time than now where ``at`` is given."""
        for name in names:
            self.running[name] = subprocess.Popen(
                [sys.executable, *_under(at), *PROGRAMS[name]],
                cwd=PROJECT,
                env=self.environment,
                stdout=(self.folder / f"{name}.log").open("ab"),
                stderr=subprocess.STDOUT,
            )
        path = "/readyz" if "worker" in names else "/healthz"
        self.wait(lambda: _answers(self.url + path), f"{path} to answer 200")

    def forget(self) -> None:
        """Take away what the processes left in Redis, where they used one."""
        if url := self.environment.get("REDIS_URL"):
            with redis.Redis.from_url(url) as server:
                for key in server.scan_iter(f"{self.environment['REDIS_PREFIX']}:*", count=1000):
                    server.delete(key)

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running = {}

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        """Until it holds; a process that ended in the meantime, or our patience, is a failure."""
        end = time.monotonic() + PATIENCE
        while not holds():
            dead = [name for name, process in self.running.items() if process.poll() is not None]
            if dead or time.monotonic() > end:
                raise AssertionError(f"waited for {what}; ended: {dead}\n{self.logs()}")
            time.sleep(0.2)

    def logs(self) -> str:
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{file.name}:\n{file.read_text()[-3000:]}" for file in files)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the product's database."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()


@contextmanager
def own_database(server_url: str, template: str) -> Iterator[str]:
    """A copy of the template beside the suite's database, gone at the end; its address."""
    name = f"e2e_{secrets.token_hex(4)}"
    _on_server(server_url, f'CREATE DATABASE {name} TEMPLATE "{template}"')
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        _on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True  # databases are made outside transactions
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _under(at: datetime | None) -> Sequence[str]:
    if at is None:
        return ["-m"]
    return [str(Path(__file__).with_name("under_clock.py")), at.isoformat()]


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
