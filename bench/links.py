"""Ports of loopback that lead to other ports, and can be cut as a network is."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine
from typing import Any

CHUNK = 1 << 16
NO_GOODBYE = struct.pack("ii", 1, 0)
"""Linger for no time: what a socket is told so that closing it resets the connection."""


class Network:
    """Carries the bytes of all links, on one thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="network", daemon=True).start()

    def link(self, port: int) -> Link:
        """A port that leads to `port`."""
        link = Link(port)
        self.run(link.open())
        link.network = self
        return link

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run this on the network's thread."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class Link:
    """One port that leads to another.

    Cut, it swallows what is sent either way and closes nothing, as a network does that lost its
    packets. Mended, it resets what its clients held open; the server is never told that these are
    gone.
    """

    port = 0
    network: Network

    def __init__(self, target: int) -> None:
        self._target = target
        self._cut = False
        self._lines: set[asyncio.Task[Any]] = set()
        self._silent: list[StreamWriter] = []
        self._orphans: list[StreamWriter] = []

    async def open(self) -> None:
        """Listen."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Let nothing through."""
        self.network.run(self._cut_now())

    def mend(self) -> None:
        """Let everything through that begins from now on."""
        self.network.run(self._mend_now())

    async def _cut_now(self) -> None:
        self._cut = True
        for line in list(self._lines):
            line.cancel()

    async def _mend_now(self) -> None:
        self._cut = False
        for client in self._silent:
            _reset(client)
        self._silent.clear()

    async def _accept(self, reader: StreamReader, client: StreamWriter) -> None:
        if self._cut:
            self._silent.append(client)
            return
        try:
            there, server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(client)
            return
        line = asyncio.ensure_future(_carry((reader, server), (there, client)))
        self._lines.add(line)
        try:
            await line
        except asyncio.CancelledError:
            self._silent.append(client)
            self._orphans.append(server)
        else:
            server.close()
            client.close()
        finally:
            self._lines.discard(line)


def _reset(client: StreamWriter) -> None:
    client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_GOODBYE)
    client.transport.abort()


async def _carry(*ways: tuple[StreamReader, StreamWriter]) -> None:
    """Carry bytes both ways until one side closes."""
    pumps = [asyncio.ensure_future(_pump(*way)) for way in ways]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()


async def _pump(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        return
