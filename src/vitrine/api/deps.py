"""What handlers ask for: the runtime, the caller, a session committed before the answer.

What waits for nothing is async: any other dependency runs on a thread of its own, and the two turns
of the interpreter's lock that this takes are most of what it costs on a busy machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from vitrine.api import audited
from vitrine.api.streams import Streams
from vitrine.services.accounts import Caller
from vitrine.wiring import Runtime


async def get_runtime(request: Request) -> Runtime:
    """The running Vitrine."""
    runtime: Runtime = request.app.state.runtime
    return runtime


async def get_caller(request: Request) -> Caller:
    """Who is calling, as the guard found out."""
    caller: Caller = request.state.caller
    return caller


def get_address(request: Request) -> str:
    """The address the connection came from; a header is asked only of trusted proxies."""
    return request.client.host if request.client else "unknown"


async def get_streams(request: Request) -> Streams:
    """The event streams of this process."""
    streams: Streams = request.app.state.streams
    return streams


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]
StreamsDep = Annotated[Streams, Depends(get_streams)]
CallerDep = Annotated[Caller, Depends(get_caller)]


def read_session(runtime: RuntimeDep) -> Iterator[Session]:
    """A session for looking only."""
    with runtime.sessions.read() as session:
        yield session


def write_session(runtime: RuntimeDep, request: Request) -> Iterator[Session]:
    """A session that is committed when the handler returns, with what the audit log tells of it."""
    request.scope[audited.WRITING] = True
    try:
        with runtime.sessions.write() as session:
            yield session
            audited.record_with(session, request)
    finally:  # what was refused has rolled back
        audited.record_after(request)


# With the default scope the answer is sent first, and a commit that fails goes unnoticed.
ReadSession = Annotated[Session, Depends(read_session, scope="function")]
WriteSession = Annotated[Session, Depends(write_session, scope="function")]
