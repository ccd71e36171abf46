"""A TCP proxy of the test's own, between the worker and its servers, that can misbehave.

It listens on a port of loopback and passes everything on to ``upstream``: the path of a private
socket, or a port. Then it can hold back the server's words, close every connection, or refuse new
ones as a machine does where nothing listens.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Proxy:
    """All methods may be called from any thread; they return when what they say has come true.

    ``connections`` counts those that came. ``held`` is what the server said and the client was
    not told.
    """

    upstream: str | int
    connections: int = 0
    held: bytes = b""
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def __enter__(self) -> Self:
        # Bound and never listening: the port stays ours while it refuses, and refuses for real.
        self._place = _bound(0)
        self.port = self._place.getsockname()[1]
        self._flows = asyncio.Event()
        self._flows.set()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.accept()
        return self

    def __exit__(self, *_error: object) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._place.close()

    def accept(self) -> None:
        """Take new connections (again)."""
        self._do(self._accept())

    def refuse(self) -> None:
        """Close every connection and refuse new ones: the server is gone."""
        self._do(self._refuse())

    def stall(self) -> None:
        """From now on the server's words are held back; what the client says goes through."""
        self._do(self._turn(self._flows.clear))

    def flow(self) -> None:
        """Tell what was held back, and everything from now on."""
        self._do(self._turn(self._flows.set))

    def cut(self) -> None:
        """Close every connection, with what was held back in it."""
        self._do(self._cut())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _accept(self) -> None:
        if self._server is None:
            listening = _bound(self.port)
            self._server = await asyncio.start_server(self._serve, sock=listening)

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _turn(self, switch: Callable[[], None]) -> None:
        switch()

    async def _cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self.held = b""

    async def _serve(
        self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        self._open.add(to_client)
        try:
            from_server, to_server = await self._connect()
            self._open.add(to_server)
            await _either(self._pass(from_client, to_server), self._tell(from_server, to_client))
            self._open.discard(to_server)
            to_server.close()
        except OSError:
            pass  # nobody upstream: the client is told by the closed connection
        finally:
            self._running.discard(task)
            self._open.discard(to_client)
            to_client.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection("127.0.0.1", self.upstream)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()

    async def _tell(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            if not self._flows.is_set():
                self.held += chunk
                await self._flows.wait()
                self.held = b""
            writer.write(chunk)
            await writer.drain()


async def _either(*ways: Awaitable[None]) -> None:
    """Until one side is done; the other has nobody left to talk to."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound
