"""``make run``: everything of the product in one terminal, from nothing to the sign-in page.

    python -m cryoclinic.launch [run | stop]

Whatever is in the way (a taken port, a server that can't be reached) ends it with one sentence that
says what to do.
"""

import fcntl
import os
import shlex
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.core.exceptions import ImproperlyConfigured

from cryoclinic import embedded
from cryoclinic.embedded import PROJECT, VAR
from cryoclinic.embedded_programs import EmbeddedError

RUN_LOCK = VAR / "run.lock"
OLDEST_POSTGRESQL = 15
DEMO_ACCOUNTS = ("reception", "cosmetologist", "manager")
DEMO_PASSWORD = "cryoclinic-demo"  # noqa: S105 (it is on the sign-in page)


class LaunchError(RuntimeError):
    """It can't start; the text is one sentence with the fix."""


@contextmanager
def only_one() -> Iterator[None]:
    """Hold this folder's run lock, which the system frees however the holder ends."""
    VAR.mkdir(exist_ok=True)
    with RUN_LOCK.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LaunchError(
                f"CryoClinic already runs from this folder (process {running_pid()}): "
                "use it, or stop it with Ctrl-C in its terminal or with “make stop”."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def running_pid() -> int | None:
    """The process that holds the run lock."""
    if not RUN_LOCK.exists():
        return None
    with RUN_LOCK.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return int(file.read() or 0) or None
    return None


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError as error:
            raise LaunchError(f"There is no port {port}: set PORT to 1024…65535.") from error
        except PermissionError as error:
            raise LaunchError(
                f"Port {port} is reserved for the system: choose another, e.g. PORT=8001 make run."
            ) from error
        except OSError as error:
            raise LaunchError(
                f"Port {port} is taken by another program: stop that one or choose another port, "
                f"e.g. PORT={port + 1} make run."
            ) from error


def check_database() -> None:
    from django.db import OperationalError, connection

    place = connection.settings_dict
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        if "does not exist" in reason:
            raise LaunchError(
                f"{reason.removeprefix('FATAL:').strip()}: create it with “createdb "
                f"{place['NAME']}” or correct DATABASE_URL."
            ) from error
        raise LaunchError(
            f"PostgreSQL can't be reached at {place['HOST'] or 'the local socket'}:"
            f"{place['PORT'] or 5432} ({reason}): start it, correct DATABASE_URL, or unset "
            "DATABASE_URL to use the embedded server."
        ) from error
    major = connection.get_database_version()[0]
    if major < OLDEST_POSTGRESQL:
        raise LaunchError(
            f"The server in DATABASE_URL is PostgreSQL {major} and "
            f"{OLDEST_POSTGRESQL} or newer is needed: upgrade it, or unset DATABASE_URL to use the "
            "embedded server."
        )


def check_redis(url: str) -> None:
    import redis

    if not url:
        return
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError) as error:
        place = urlsplit(url)
        raise LaunchError(
            f"Redis can't be reached at {place.hostname}:{place.port or 6379} ({error}): start it, "
            "correct REDIS_URL, or unset REDIS_URL to do without Redis."
        ) from error


def prepare() -> None:
    """Bring database and files to the state of the code. Harmless to repeat."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if settings.DEBUG:
        call_command("seed_demo", "--if-empty")
    else:  # a site of its own, with its own people: nothing of the demo
        call_command("collectstatic", verbosity=0, interactive=False)


def commands() -> dict[str, list[str]]:
    """The processes by name."""
    celery = [sys.executable, "-m", "celery", "--quiet", "--app=cryoclinic"]
    return {
        "web": [sys.executable, "-m", "gunicorn"],
        "worker": [*celery, "worker", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--pidfile="],
    }


def greet_when_up(port: int, *, demo: bool) -> None:
    """Say where to go as soon as somebody answers there."""
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.1)
    else:
        return
    lines = [f"CryoClinic is ready: http://127.0.0.1:{port}"]
    if demo:
        names = f"{', '.join(DEMO_ACCOUNTS[:-1])} or {DEMO_ACCOUNTS[-1]}"
        lines.append(f"Sign in as {names}, password {DEMO_PASSWORD}. Mail goes to var/mail.")
    lines.append("Ctrl-C stops everything.")
    print("\n" + "\n".join(f"  {line}" for line in lines) + "\n", flush=True)


def serve(environment: dict[str, str]) -> int:
    """Run the processes until one ends or somebody asks us to stop; the exit status."""
    from honcho.manager import Manager

    manager = Manager()
    for name, command in commands().items():
        # The number is for “make stop”, should we be killed without a chance to stop them.
        line = f"echo $$ > {shlex.quote(str(pid_file(name)))}; exec {shlex.join(command)}"
        manager.add_process(name, line, cwd=str(PROJECT), env=environment)
    signal.signal(signal.SIGHUP, _terminal_closed)
    manager.loop()
    for name in commands():
        pid_file(name).unlink(missing_ok=True)
    # honcho answers a signal with 128 + its number: that is how one stops this.
    stopped = {128 + signal.SIGINT, 128 + signal.SIGTERM, -signal.SIGINT, -signal.SIGTERM}
    return 0 if manager.returncode in stopped else int(manager.returncode or 0)


def _terminal_closed(*_: object) -> None:
    """Stop in good order, without printing to a terminal that is gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.kill(os.getpid(), signal.SIGTERM)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def pid_file(name: str) -> Path:
    return VAR / f"{name}.pid"


def run() -> int:
    # The processes get the environment as it was; our own commands may take their time.
    environment = os.environ | {
        "PYTHONUNBUFFERED": "1",
        # On a developer's machine these two are no news.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges,"
        "ignore:Using settings.DEBUG leads to a memory",
    }
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryoclinic.settings")
    os.environ.setdefault("STATEMENT_TIMEOUT_SECONDS", "0")
    from django.conf import settings

    signal.signal(signal.SIGTERM, _interrupted)
    with only_one():
        check_port(settings.PORT)
        print("Preparing the database (the first time this takes up to a minute)…", flush=True)
        if settings.EMBEDDED_DATABASE:
            embedded.DEVELOPMENT.start()
        try:
            django.setup()
            check_database()
            check_redis(settings.REDIS_URL)
            prepare()
            demo = has_demo_accounts()
            threading.Thread(
                target=greet_when_up, args=[settings.PORT], kwargs={"demo": demo}, daemon=True
            ).start()
            return serve(environment)
        finally:
            if settings.EMBEDDED_DATABASE:
                embedded.DEVELOPMENT.stop()


def has_demo_accounts() -> bool:
    from django.contrib.auth import get_user_model
    from django.db import connection

    found = get_user_model().objects.filter(username__in=DEMO_ACCOUNTS).count()
    connection.close()
    return found == len(DEMO_ACCOUNTS)


def stop() -> int:
    """Stop a running product, or what a killed one left behind, and the embedded servers."""
    pid = running_pid()
    if pid and embedded.runs(str(pid), "cryoclinic.launch"):
        os.kill(pid, signal.SIGTERM)
        while running_pid() == pid:
            time.sleep(0.1)
    for name, command in commands().items():
        left = pid_file(name).read_text().strip() if pid_file(name).exists() else ""
        if left and embedded.runs(left, command[2]):
            _end(left, command[2])
        pid_file(name).unlink(missing_ok=True)
    for cluster in (embedded.DEVELOPMENT, embedded.TEST):
        with suppress(EmbeddedError):  # what can't be had does not run either
            cluster.stop()
    return 0


def _end(pid: str, what: str) -> None:
    os.kill(int(pid), signal.SIGTERM)
    for _ in range(150):
        if not embedded.runs(pid, what):
            return
        time.sleep(0.1)
    os.kill(int(pid), signal.SIGKILL)


def main(command: str) -> int:
    os.chdir(PROJECT)
    try:
        return stop() if command == "stop" else run()
    except (LaunchError, EmbeddedError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
