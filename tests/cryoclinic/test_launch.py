"""What is in the way of a start is named in one sentence."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from cryoclinic import launch
from cryoclinic.embedded import PROJECT
from cryoclinic.launch import LaunchError


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def run_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(launch, "VAR", tmp_path)
    monkeypatch.setattr(launch, "RUN_LOCK", tmp_path / "run.lock")
    return tmp_path / "run.lock"


def test_port_in_use_is_named_with_another(taken_port: int) -> None:
    with pytest.raises(LaunchError) as refused:
        launch.check_port(taken_port)
    assert str(refused.value) == (
        f"Port {taken_port} is taken by another program: stop that one or choose another port, "
        f"e.g. PORT={taken_port + 1} make run."
    )


def test_port_that_cannot_be_is_named() -> None:
    with pytest.raises(LaunchError) as refused:
        launch.check_port(70000)
    assert str(refused.value) == "There is no port 70000: set PORT to 1024…65535."


def test_port_that_is_free_is_left_free(taken_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    launch.check_port(free)
    launch.check_port(free)


def test_second_run_in_a_folder_is_refused(run_lock: Path) -> None:
    with (
        launch.only_one(),
        pytest.raises(LaunchError, match=rf"already runs .*process {os.getpid()}\)"),
        launch.only_one(),
    ):
        pass
    assert launch.running_pid() is None


def test_run_after_a_killed_one_is_not_refused(run_lock: Path) -> None:
    run_lock.write_text("4194304")
    with launch.only_one():
        assert launch.running_pid() == os.getpid()


def test_redis_that_does_not_answer_is_named(taken_port: int) -> None:
    with pytest.raises(LaunchError) as refused:
        launch.check_redis(f"redis://user:secret@127.0.0.1:{taken_port}/0")
    said = str(refused.value)
    assert said.startswith(f"Redis can't be reached at 127.0.0.1:{taken_port} (")
    assert said.endswith("correct REDIS_URL, or unset REDIS_URL to do without Redis.")
    assert "secret" not in said


def test_redis_is_not_asked_for_where_none_is_configured() -> None:
    launch.check_redis("")


@pytest.mark.django_db
def test_database_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(connections["default"]), "pg_version", 140011)
    with pytest.raises(LaunchError) as refused:
        launch.check_database()
    assert str(refused.value) == (
        "The server in DATABASE_URL is PostgreSQL 14 and 15 or newer is needed: upgrade it, or "
        "unset DATABASE_URL to use the embedded server."
    )


def run_product(database_url: str) -> subprocess.CompletedProcess[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": database_url, "DEBUG": "1", "PORT": str(port)}
    environment |= {"DJANGO_SETTINGS_MODULE": "cryoclinic.settings", "REDIS_URL": ""}
    # The lock belongs to a run of the developer's that may be going on at this moment.
    program = (
        "import sys, pathlib; from cryoclinic import launch; "
        f"launch.RUN_LOCK = pathlib.Path('var/test-run-{port}.lock'); sys.exit(launch.main('run'))"
    )
    try:
        return subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=False,
            cwd=PROJECT,
            env=environment,
            text=True,
        )
    finally:
        (PROJECT / f"var/test-run-{port}.lock").unlink(missing_ok=True)


def test_run_names_a_database_server_that_is_not_there(taken_port: int) -> None:
    nobody = taken_port  # somebody listens, but it is no PostgreSQL and never answers
    done = run_product(f"postgres://ann:secret@127.0.0.1:{nobody}/clinic?connect_timeout=2")
    assert done.returncode == 1
    assert done.stderr.startswith(f"PostgreSQL can't be reached at 127.0.0.1:{nobody} (")
    assert done.stderr.endswith(
        "start it, correct DATABASE_URL, or unset DATABASE_URL to use the embedded server.\n"
    )
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def test_run_names_a_database_that_does_not_exist() -> None:
    server, _, rest = os.environ["DATABASE_URL"].rpartition("/")
    query = rest.partition("?")[2]
    done = run_product(f"{server}/no_such_database" + (f"?{query}" if query else ""))
    assert done.returncode == 1
    assert done.stderr.endswith(
        'database "no_such_database" does not exist: create it with “createdb no_such_database” or '
        "correct DATABASE_URL.\n"
    )


def test_processes_are_stopped_together_and_that_is_success(
    run_lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "import sys, pathlib; from cryoclinic import launch; "
        f"launch.VAR = pathlib.Path({str(run_lock.parent)!r}); "
        "sleep = [sys.executable, '-c', 'import time; print(\"up\", flush=True); time.sleep(60)']; "
        "launch.commands = lambda: {'one': sleep, 'two': sleep}; "
        "import os; sys.exit(launch.serve(dict(os.environ)))"
    )
    product = subprocess.Popen(
        [sys.executable, "-c", program], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert product.stdout is not None
    started: list[str] = []
    while len(started) < 2:
        line = product.stdout.readline()
        if line.rstrip().endswith("| up"):
            started.append(line)
    children = [int((run_lock.parent / f"{name}.pid").read_text()) for name in ("one", "two")]
    product.send_signal(signal.SIGINT)
    assert product.wait(timeout=30) == 0
    for child in children:
        while Path(f"/proc/{child}").exists():
            time.sleep(0.05)
    assert list(run_lock.parent.glob("*.pid")) == []
