"""Programs and servers that run for the length of a block, on loopback."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
import uvicorn
from pydantic import BaseModel, SecretStr
from starlette.types import ASGIApp

from vitrine.core.settings import Settings

PORTS = (12_000, 32_000)
_dice = random.SystemRandom()  # tests have the other kind told the same in every process


@dataclass(frozen=True)
class Program:
    """A started program and the file its output goes to."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, ready: Callable[[], bool], seconds: float = 40.0) -> None:
        """Return once `ready` says so, or fail the test with the program's output."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{self.process.args!r} is not ready:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def stop(self, ending: int = signal.SIGTERM, seconds: float = 10.0) -> int:
        """End it by a signal, by force if it lives on after `seconds`; its exit code."""
        with suppress(ProcessLookupError):
            self.process.send_signal(ending)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            os.killpg(self.process.pid, signal.SIGKILL)  # and whatever it started
        return self.process.wait()


@contextmanager
def started(
    command: list[str], folder: Path, *, ending: int = signal.SIGKILL, **options: Any
) -> Iterator[Program]:
    """A program that runs for as long as the block, and surely no longer.

    It ends by the signal `ending`, which should be kinder where a killed one leaves things behind.
    """
    log = folder / "output.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
            **options,
        )
    program = Program(process, log)
    try:
        yield program
    finally:
        program.stop(ending)


def free_port() -> int:
    """A port of loopback that nobody listens on.

    It is none of those that connections are given: one of these might be taken, or be told twice,
    before a program listens there.
    """
    while True:
        port = _dice.randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def found(name: str, advice: str) -> str:
    """The path of a program; without it the test is skipped, or fails where CI promised it."""
    beside = Path(sys.executable).with_name(name)
    if beside.exists():
        return str(beside)
    return shutil.which(name) or _missing(name, advice)


def _missing(name: str, advice: str) -> NoReturn:
    message = f"{name} is not installed: {advice}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def answers(url: str) -> bool:
    """Whether anything speaks HTTP there."""
    try:
        return httpx.get(url, timeout=2.0).status_code < 500
    except httpx.HTTPError:
        return False


@contextmanager
def served(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The URL of an ASGI app behind a real socket, at a free port unless one is named."""
    config = uvicorn.Config(app, host, port or free_port(), log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://{host}:{config.port}"
    finally:
        server.should_exit = True
        thread.join()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment variables that make the same settings in another process."""
    return {
        f"VITRINE_{name.upper()}": json.dumps(_bare(value))
        if isinstance(value, BaseModel)
        else str(value)
        for name, value in settings
    }


def _bare(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _bare(held) for name, held in value}
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, Path) else value
