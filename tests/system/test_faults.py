"""What `bench.faults` does to parts, tried on small ones."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.estate import Part, kept, small_disk
from bench.links import Network
from tests.worlds.engines import Engine
from tests.worlds.waiting import eventually


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends everything back."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(client: socket.socket) -> None:
            with client:
                while data := client.recv(100):
                    client.sendall(data)

        def accept() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_a_link_that_is_cut_is_silent_and_then_forgets_who_was_there(echo: int) -> None:
    link = Network().link(echo)
    with socket.create_connection(("127.0.0.1", link.port), timeout=60) as before:
        before.sendall(b"one")
        assert before.recv(10) == b"one"
        link.cut()
        before.sendall(b"two")
        before.settimeout(0.5)
        with pytest.raises(TimeoutError):
            before.recv(10)
        with socket.create_connection(("127.0.0.1", link.port), timeout=0.5) as meanwhile:
            meanwhile.sendall(b"three")
            with pytest.raises(TimeoutError):
                meanwhile.recv(10)
        link.mend()
        before.settimeout(60)
        with pytest.raises(ConnectionResetError):
            before.recv(10)
    with socket.create_connection(("127.0.0.1", link.port), timeout=60) as after:
        after.sendall(b"four")
        assert after.recv(10) == b"four"


def test_a_part_that_ends_is_started_again_unless_it_is_held_down(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "import time; time.sleep(600)"]
    part = Part("sleeper", Engine(program, tmp_path, 0, lambda: True))

    def frozen() -> bool:
        try:
            return Path(f"/proc/{part.tree()[0]}/stat").read_text().split()[2] == "T"
        except (FileNotFoundError, IndexError):  # it ended while we looked
            return False

    with kept([part]):
        os.kill(part.tree()[0], 9)
        eventually(lambda: part.restarts == 1)
        part.freeze()
        eventually(frozen)
        part.thaw()
        eventually(lambda: not frozen())
        part.kill()
        time.sleep(1.5)  # long enough for it to be started again, which must not happen
        assert part.restarts == 1
        part.start()
        assert part.restarts == 2


def test_a_small_disk_runs_full_and_has_room_again(tmp_path: Path) -> None:
    with small_disk(tmp_path, 2) as disk:
        if disk is None:
            pytest.skip("no disk can be mounted here: run as root")
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            (tmp_path / "more").write_bytes(b"x" * 10_000)
        disk.clear()
        (tmp_path / "more").write_bytes(b"x" * 10_000)
