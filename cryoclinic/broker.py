"""The broker for one machine without Redis: kombu's filesystem transport, made safe to share.

kombu's own creates a message's file first and writes it afterwards, and truncates its routing table
before it locks it, so a second process now and then reads an empty file and dies of it. Here both
become visible whole.
"""

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

LONGEST_WAIT = 0.5  # seconds


class Channel(filesystem.Channel):
    """A queue is the files named after it in one folder, in the order of their names."""

    @cached_property
    def folder(self) -> Path:
        folder = Path(self.transport_options["folder"])
        for name in ("queue", "claimed", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        return folder

    @cached_property
    def data_folder_in(self) -> str:
        return str(self.folder / "queue")

    @cached_property
    def data_folder_out(self) -> str:
        return str(self.folder / "queue")

    @cached_property
    def processed_folder(self) -> str:
        return str(self.folder / "claimed")

    @property
    def control_folder(self) -> Path:
        return self.folder / "control"

    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: Any) -> None:
        name = f"{monotonic_ns():020}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.processed_folder) / name
        draft.write_text(dumps(payload))
        draft.replace(Path(self.data_folder_out) / name)

    def _queue_bind(self, *args: Any) -> None:
        with self._locked(fcntl.LOCK_EX):
            super()._queue_bind(*args)

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        with self._locked(fcntl.LOCK_SH):
            return list(super().get_table(exchange))

    @contextmanager
    def _locked(self, mode: int) -> Iterator[None]:
        with (self.control_folder / "lock").open("a") as file:
            fcntl.flock(file, mode)
            yield


class Transport(filesystem.Transport):
    """Looks often and waits briefly, so that a worker told to stop hears of it at once."""

    Channel = Channel
    polling_interval = 0.2

    def drain_events(self, connection: Any, timeout: float | None = None) -> Any:
        return super().drain_events(connection, min(timeout or LONGEST_WAIT, LONGEST_WAIT))
