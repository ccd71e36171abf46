"""The product as its users meet it: gunicorn processes on a port, spoken to over HTTP."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client as Browser

from cryoclinic.embedded import PROJECT
from cryoclinic.models import User

Data = Mapping[str, object]
Headers = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: ``location`` of a redirect, and how long it took, in seconds."""

    status: int
    body: str
    location: str | None
    seconds: float
    headers: Headers


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody signed in at a running server; safe to use from several threads."""

    port: int
    cookies: str
    csrf: str

    def post(self, path: str, data: Data, headers: Headers | None = None) -> Answer:
        body = urlencode({**data, "csrfmiddlewaretoken": self.csrf}, doseq=True)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, {**form, **(headers or {})})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def _ask(self, method: str, path: str, body: str | None, headers: Headers) -> Answer:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(
            method, path, body, {**headers, "Cookie": self.cookies, "Accept-Language": "en"}
        )
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return Answer(
            status=response.status,
            body=text,
            location=response.headers.get("Location"),
            headers=dict(response.headers),
            seconds=time.perf_counter() - began,
        )


@dataclass(frozen=True, kw_only=True)
class WebServer:
    """gunicorn on a port of its own, against the database of the test that started it."""

    port: int
    pid: int

    def visitor(self, user: User) -> Visitor:
        """The user, signed in by a session in the database that both sides share."""
        browser = Browser()
        browser.force_login(user)
        csrf = secrets.token_hex(16)
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        return Visitor(
            port=self.port,
            csrf=csrf,
            cookies=f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={csrf}",
        )


@contextmanager
def web_server(*, workers: int | None = 4, **environment: str) -> Iterator[WebServer]:
    """Run gunicorn against the present database until the block ends; ``workers`` None: as many
    as the product starts by itself.

    The database has to hold committed rows: use it under ``transactional_db``.
    """
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"],
        cwd=PROJECT,
        env={
            **os.environ,
            "DATABASE_URL": present_database(),
            "DEBUG": "1",
            "PORT": str(port),
            **({"WEB_CONCURRENCY": str(workers)} if workers else {}),
            **environment,
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield WebServer(port=port, pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


Call = tuple[Visitor, str, Data | None] | tuple[Visitor, str, Data | None, Headers]


def at_once(calls: Sequence[Call]) -> list[Answer]:
    """All of them at the same moment, each from a thread of its own; answers in order.

    A POST of the data with the headers, if any; a GET where there is no data.
    """
    start = Barrier(len(calls))

    def call(
        visitor: Visitor, path: str, data: Data | None, headers: Headers | None = None
    ) -> Answer:
        start.wait()
        return visitor.get(path) if data is None else visitor.post(path, data, headers)

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(lambda each: call(*each), calls))


def present_database(*, through: int | None = None) -> str:
    """The address of the database that Django is connected to now, or of a proxy's port to it."""
    from django.db import connection

    now = connection.settings_dict
    account = now["USER"] + (f":{now['PASSWORD']}" if now["PASSWORD"] else "")
    if through is not None:
        return f"postgres://{account}@127.0.0.1:{through}/{now['NAME']}"
    if str(now["HOST"]).startswith("/"):
        return f"postgres://{account}@/{now['NAME']}?host={now['HOST']}"
    return f"postgres://{account}@{now['HOST']}:{now['PORT'] or 5432}/{now['NAME']}"


def present_server() -> str | int:
    """Where its server listens: the path of a socket, or a port of this machine."""
    from django.db import connection

    host, port = str(connection.settings_dict["HOST"]), connection.settings_dict["PORT"] or 5432
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else int(port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until every worker could answer; a process that ended is an error at once."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn did not answer within a minute")
