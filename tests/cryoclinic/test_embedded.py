"""The embedded PostgreSQL, on clusters of its own in a folder of the test."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from cryoclinic import embedded, embedded_programs
from cryoclinic.embedded import TEST, Cluster
from cryoclinic.embedded_programs import EmbeddedError


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr(embedded, "PROJECT", tmp_path)
    monkeypatch.setattr(embedded, "VAR", tmp_path / "var")
    cluster = Cluster("postgres", TEST.options)
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.home, ignore_errors=True)


def ask(cluster: Cluster, sql: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(cluster.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


def test_start_gives_a_server_for_a_role_without_powers(cluster: Cluster) -> None:
    assert cluster.start() == cluster.url
    sql = "SELECT current_user, current_database(), usesuper, usecreatedb, upper('ёж') FROM pg_user"
    assert ask(cluster, f"{sql} WHERE usename = current_user") == [
        ("cryoclinic", "cryoclinic", False, True, "ЁЖ")
    ]


def test_start_listens_on_no_port(cluster: Cluster) -> None:
    cluster.start()
    assert ask(cluster, "SHOW listen_addresses") == [("",)]
    assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700
    assert cluster.data.stat().st_mode & 0o777 == 0o700


def test_start_leaves_the_project_folder_as_it_was(cluster: Cluster) -> None:
    embedded.PROJECT.chmod(0o700)
    cluster.start()
    assert embedded.PROJECT.stat().st_mode & 0o777 == 0o700
    assert embedded.PROJECT.stat().st_uid == os.geteuid()


def test_start_by_many_at_once_is_one_start(cluster: Cluster) -> None:
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(cluster.start())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [cluster.url] * 4


def test_start_keeps_the_data(cluster: Cluster) -> None:
    cluster.start()
    ask(cluster, "CREATE TABLE kept AS SELECT 1 AS one; SELECT one FROM kept")
    assert cluster.stop() is True
    assert cluster.stop() is False
    cluster.start()
    assert ask(cluster, "SELECT one FROM kept") == [(1,)]


def test_start_recovers_from_a_kill_whose_pid_is_used_again(cluster: Cluster) -> None:
    cluster.start()
    pid_file = cluster.data / "postmaster.pid"
    first, *rest = pid_file.read_text().split("\n")
    os.kill(int(first), signal.SIGKILL)
    while embedded.runs(first, "postgres"):
        pass
    pid_file.write_text("\n".join([str(os.getpid()), *rest]))
    cluster.start()
    assert ask(cluster, "SELECT 1") == [(1,)]


def test_start_after_an_interrupted_creation_begins_afresh(cluster: Cluster) -> None:
    half = cluster.home / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    cluster.start()
    assert ask(cluster, "SELECT 1") == [(1,)]


def test_start_names_the_fix_for_data_of_another_version(cluster: Cluster) -> None:
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError) as refused:
        cluster.start()
    assert str(refused.value) == (
        f"The data in {cluster.data} was made by PostgreSQL 17 and the project brings 18: move "
        "that folder away to start afresh, or set DATABASE_URL to a server that can read it."
    )


def test_start_says_what_the_server_said(cluster: Cluster) -> None:
    broken = Cluster("postgres", ("max_connections=none",))
    with pytest.raises(EmbeddedError) as refused:
        broken.start()
    assert str(refused.value) == (
        "The embedded PostgreSQL failed in pg_ctl: FATAL:  invalid value for parameter "
        '"max_connections": "none". Or set DATABASE_URL.'
    )


def test_start_without_the_wheel_names_the_fix(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_programs, "WHEEL", "no_such_package")
    with pytest.raises(EmbeddedError) as refused:
        cluster.start()
    assert str(refused.value) == (
        "There is no embedded PostgreSQL for this platform or it is not installed: set "
        "DATABASE_URL to a PostgreSQL 15 or newer, e.g. postgres://user:password@localhost/name."
    )


def test_stop_when_idle_leaves_a_used_server(cluster: Cluster) -> None:
    cluster.start()
    connection = psycopg2.connect(cluster.url)
    assert cluster.stop(only_idle=True) is False
    connection.close()
    while ask(cluster, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'cryoclinic'") != [
        (1,)
    ]:
        pass
    assert cluster.stop(only_idle=True) is True


@pytest.mark.parametrize("folder", ["a folder, with 'quotes'", "long" * 30])
def test_socket_goes_elsewhere_where_its_path_would_not_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setattr(embedded, "root_home", lambda: tmp_path / folder)
    monkeypatch.setattr(embedded, "VAR", tmp_path / folder)
    (tmp_path / folder).mkdir()
    cluster = Cluster("postgres")
    assert cluster.socket_folder != cluster.data
    assert len(os.fsencode(cluster.socket_folder / ".s.PGSQL.5432")) <= embedded.SOCKET_PATH_LIMIT
    cluster.socket_folder.rmdir()


def test_command_prints_the_place_of_the_data() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cryoclinic.embedded", "where"],
        capture_output=True,
        check=True,
        cwd=embedded.PROJECT,
        text=True,
    )
    assert done.stdout.strip() == str(embedded.DEVELOPMENT.data)
