"""HTTP connections that nobody can hold open, or fill, by sending slowly or without end."""

from __future__ import annotations

import asyncio
import json
from asyncio import TimerHandle
from enum import Enum
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from vitrine.http.problems import MEDIA_TYPE


class Phase(Enum):
    """What a connection is about to receive."""

    HEAD = "head"
    BODY = "body"
    NOTHING = "nothing"


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol with limits of size and time; times in seconds.

    The head of a request has `head_bytes` (and what one read of the socket brings along) and
    `head_seconds`. A body may be late by `body_grace` and then comes with `body_rate` bytes a
    second on average; no time counts while we do not read. Whoever takes nothing of an answer for
    `silence` is cut off. Beyond `most` connections a new one is closed at once.
    """

    head_bytes = 65_536
    head_seconds = 10.0
    body_grace = 15.0
    body_rate = 4_096
    silence = 30.0
    linger = 5.0
    most = 800
    look_every = 1.0

    _phase = Phase.HEAD
    _since = 0.0
    _received = 0
    _unsent = 0
    _stuck = 0.0
    _timer: TimerHandle | None = None

    # uvicorn narrows the argument against asyncio in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch the connection, or close it where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
            return
        self._enter(Phase.HEAD)
        self._timer = self.loop.call_later(self.look_every, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse a head that goes on and on."""
        before = self._since
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._since == before:
            self._received += len(data)
            if self._phase is Phase.NOTHING:
                self._enter(Phase.HEAD)  # line breaks, which begin no request
        if self._phase is Phase.HEAD and self._received > self.head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too long.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._enter(Phase.HEAD)
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; those behind a body are dropped, for nobody reads them."""
        if self._phase is Phase.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._enter(Phase.BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of the request is there."""
        self._enter(Phase.NOTHING)
        super().on_message_complete()

    def _enter(self, phase: Phase) -> None:
        self._phase, self._received = phase, 0
        # Never the same twice: a clock may stand still between two requests of one read.
        self._since = max(self.loop.time(), self._since + 1e-6)

    def _look(self) -> None:
        self._timer = self.loop.call_later(self.look_every, self._look)
        if self._takes_nothing():
            self.transport.abort()
        elif not self.transport.is_closing() and self._is_late():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not come in time.")

    def _takes_nothing(self) -> bool:
        unsent = self.transport.get_write_buffer_size()
        moves = unsent == 0 or unsent < self._unsent
        self._stuck = 0.0 if moves else self._stuck + self.look_every
        self._unsent = unsent
        return self._stuck > self.silence

    def _is_late(self) -> bool:
        spent = self.loop.time() - self._since
        if self._phase is Phase.HEAD:
            return spent > self.head_seconds
        if self._phase is Phase.NOTHING:
            return False
        if self.cycle.response_complete:  # refused before it was read
            return spent > self.linger
        if self.flow.read_paused:
            self._since += self.look_every
            return False
        return self._received < (spent - self.body_grace) * self.body_rate

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Say why, unless an answer is under way, and close."""
        answers = self.cycle is not None and not self.cycle.response_complete
        if not (answers and self.cycle.response_started):
            self.transport.write(_answer(status, detail))
        self.transport.close()


def _answer(status: HTTPStatus, detail: str) -> bytes:
    code = status.name.lower()
    body = json.dumps(_problem(status, code, detail)).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


def _problem(status: HTTPStatus, code: str, detail: str) -> dict[str, Any]:
    kind = f"urn:vitrine:problem:{code}"
    return {
        "type": kind,
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        "request_id": "",
        "fields": {},
    }
