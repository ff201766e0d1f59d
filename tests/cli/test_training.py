"""Commands that fine-tune, where PyTorch is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vitrine.cli import app
from vitrine.core.errors import Invalid


@pytest.mark.parametrize(
    "command",
    [["train", "encoder", "snapshot"], ["train", "detector", "snapshot"], ["adapt", "folder"]],
)
def test_without_pytorch_they_say_how_to_install_it(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [name for name in sys.modules if name.startswith("vitrine.finetune")]:
        monkeypatch.delitem(sys.modules, name)
    told = CliRunner().invoke(app, command)
    assert isinstance(told.exception, Invalid)
    assert 'pip install "vitrine[train]"' in told.exception.message
    assert list(tmp_path.iterdir()) == []


def test_help_says_what_is_needed_and_what_is_kept() -> None:
    told = " ".join(CliRunner().invoke(app, ["adapt", "--help"]).output.split())
    assert "without people" in told
    assert "--end-to-end" in told
