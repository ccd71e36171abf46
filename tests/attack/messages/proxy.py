"""A TCP proxy of the test's own, between the worker and its servers, that can misbehave.

It listens on a port of loopback and passes everything on to ``upstream``: the path of a private
socket, or a port. Then it can hold back the server's words, close every connection, or refuse new
ones as a machine does where nothing listens.
"""

import asyncio
import socket
import threading
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Coroutine
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
    _stalled: bool = False
    _open: dict[asyncio.Task[None], asyncio.Event] = field(default_factory=dict)

    def __enter__(self) -> Self:
        # Bound and never listening: the port stays ours while it refuses, and refuses for real.
        self._place = _bound(0)
        self.port = self._place.getsockname()[1]
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
        self._do(self._hold(new_ones=True))

    def hang(self) -> None:
        """Hold them back on the connections that are open now, and serve new ones as ever."""
        self._do(self._hold(new_ones=False))

    def flow(self) -> None:
        """Tell what was held back, and everything from now on."""
        self._do(self._flow())

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

    async def _hold(self, *, new_ones: bool) -> None:
        self._stalled = new_ones
        for flows in self._open.values():
            flows.clear()

    async def _flow(self) -> None:
        self._stalled = False
        for flows in self._open.values():
            flows.set()

    async def _cut(self) -> None:
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.held = b""

    async def _serve(self, from_client: Reader, to_client: Writer) -> None:
        self.connections += 1
        task, flows = asyncio.current_task(), asyncio.Event()
        assert task is not None
        if not self._stalled:
            flows.set()
        self._open[task] = flows
        try:
            from_server, to_server = await self._connect()
            try:
                await _either(
                    _pass(from_client, to_server), self._tell(from_server, to_client, flows)
                )
            finally:
                to_server.transport.abort()
        except OSError:
            pass  # nobody upstream, or somebody broke off: the other side is told by the close
        finally:
            del self._open[task]
            to_client.transport.abort()

    async def _connect(self) -> tuple[Reader, Writer]:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection("127.0.0.1", self.upstream)

    async def _tell(self, reader: Reader, writer: Writer, flows: asyncio.Event) -> None:
        while chunk := await reader.read(65536):
            if not flows.is_set():
                self.held += chunk
                await flows.wait()
                self.held = b""
            writer.write(chunk)
            await writer.drain()


async def _pass(reader: Reader, writer: Writer) -> None:
    while chunk := await reader.read(65536):
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
