from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from vitrine.core import scratch


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_gone_when_its_block_ends(place: Path) -> None:
    with scratch.folder() as folder:
        (folder / "a").write_text("b")
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_is_held_stays(place: Path) -> None:
    program = """
import sys, time
from vitrine.core import scratch
with scratch.folder() as folder:
    print(folder, flush=True)
    time.sleep(60)
"""
    environment = os.environ | {"TMPDIR": str(place)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout
        left = Path(process.stdout.readline().strip())
        os.utime(left, (0, 0))
        scratch.remove_left()
        assert left.is_dir()
        process.send_signal(signal.SIGKILL)
        process.wait()
    scratch.remove_left()
    assert not left.exists()


def test_a_folder_that_was_made_just_now_is_left_alone(place: Path) -> None:
    fresh = place / f"{scratch.PREFIX}fresh"
    fresh.mkdir()
    scratch.remove_left()
    assert fresh.is_dir()
