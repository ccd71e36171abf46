"""A Redis server of the test's own, on a private socket; nobody else's is ever touched."""

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

PATIENCE = 60


@dataclass
class OwnRedis:
    """In ``folder``, which is kept over a restart as on a server that writes to its disk.

    ``kill`` and ``flush`` ask first whether this is the server that was started here: its folder,
    its process id and the key that was left there at the start.
    """

    folder: Path
    program: str
    mark: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def socket(self) -> str:
        return str(self.folder / "redis.sock")

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=self.socket, socket_timeout=10)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                self.program,
                *["--port", "0", "--unixsocket", self.socket, "--dir", str(self.folder)],
                *["--save", "", "--appendonly", "yes", "--appendfsync", "always"],
            ],
            stdout=(self.folder / "redis.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "redis.log").read_text()
            assert time.monotonic() < end, "redis-server does not answer"
            time.sleep(0.05)
        with self.client() as client:
            client.set("mark", self.mark)

    def check_own(self) -> None:
        """Fail where it is any other server than ours."""
        with self.client() as client:
            assert client.config_get("dir") == {"dir": os.path.realpath(self.folder)}
            assert client.info("server")["process_id"] == self.process.pid
            assert client.get("mark") == self.mark.encode()

    def flush(self) -> None:
        self.check_own()
        with self.client() as client:
            client.flushall()
            client.set("mark", self.mark)

    @contextmanager
    def full(self) -> Iterator[None]:
        """Until the block ends it answers, and refuses to write anything down."""
        self.check_own()
        with self.client() as client:
            client.config_set("maxmemory", "1")
            yield
            client.config_set("maxmemory", "0")

    @contextmanager
    def replica(self) -> Iterator[None]:
        """Until the block ends, of a primary that nobody can reach."""
        self.check_own()
        with self.client() as client:
            client.replicaof("127.0.0.1", "1")
            yield
            client.replicaof("NO", "ONE")

    def kill(self) -> None:
        """Gone without a word; what it had written to its disk comes back with ``start``."""
        self.check_own()
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.BusyLoadingError):
            return False
