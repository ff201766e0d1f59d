"""Every command of docs/models/own.md, on tiny checkpoints and a hub on this machine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import onnxruntime
import pytest
from typer.testing import CliRunner

from tests.worlds import checkpoints
from tests.worlds.hub import hub
from vitrine.cli import app
from vitrine.sample import PRODUCTS, draw_catalogue

PAGE = Path(__file__).parents[2] / "docs" / "models" / "own.md"
OPENCLIP = Path(__file__).parents[1] / "worlds" / "openclip"
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where one works: products, their photos, a manifest, a checkpoint, and a hub that answers."""
    draw_catalogue(tmp_path, products=PRODUCTS[:6], size=(60, 80))
    (tmp_path / "images").rename(tmp_path / "photos")
    for table in (tmp_path / "products.csv", tmp_path / "manifest.jsonl"):
        table.write_text(table.read_text().replace("images/", "photos/"))
    checkpoints.write_clip(tmp_path / "checkpoint")
    monkeypatch.chdir(tmp_path)
    offered = {
        "patrickjohncyh/fashion-clip": checkpoints.write_clip(tmp_path / "hub", safe=False),
        "Marqo/marqo-fashionSigLIP": OPENCLIP / "siglip",
        "some/bare": without_weights(tmp_path / "bare"),
    }
    with hub(offered) as address:
        for name, value in {
            "HF_ENDPOINT": address,
            "HF_HOME": str(tmp_path / "cache"),
            "VITRINE_DATA_DIR": str(tmp_path / "data"),
            "VITRINE_VISION__DETECTOR": "none",
        }.items():
            monkeypatch.setenv(name, value)
        yield tmp_path


def without_weights(folder: Path) -> Path:
    shutil.copytree(OPENCLIP / "clip", folder)
    (folder / "open_clip_pytorch_model.bin").unlink()
    return folder


def run(line: str) -> tuple[int, str]:
    """The exit code and all that a line of a shell prints, `A=b vitrine do this`."""
    words = shlex.split(line)
    start = words.index("vitrine")
    environment = dict(word.split("=", 1) for word in words[:start])
    if re.search(r"convert \w+/", line):  # where the hub is is read once in a process
        done = subprocess.run(
            [sys.executable, "-m", "vitrine", *words[start + 1 :]],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
    told = CliRunner().invoke(app, words[start + 1 :], env=environment)
    return told.exit_code, f"{told.output}{told.exception or ''}"


def has(provider: str) -> bool:
    names = [name.lower() for name in onnxruntime.get_available_providers()]
    return any(name.startswith(provider) for name in names)


@pytest.mark.timeout(900)
def test_every_command_of_the_page_does_what_it_says(shop: Path) -> None:
    built = ""
    for line in ("vitrine migrate", "vitrine import products.csv", *COMMANDS):
        command = line.replace("COLLECTION", built)
        code, told = run(command)
        built = next(iter(re.findall(r"[\w.-]+__[\w.-]+", told)), built)
        provider = re.search(r"PROVIDER=(\w+)", command)
        if provider and not has(provider[1]):
            assert f"VITRINE_VISION__PROVIDER={provider[1]}: " in told
            assert code == 1
        else:
            assert code == 0, f"{command}\n{told}"
    for name in ("fashion-clip", "marqo-fashion-siglip", "ours"):
        card = json.loads((shop / "data" / "models" / name / "card.json").read_text())
        assert card["figures"]["against_torch"]["texts"]["least"] > 0.9999


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("vitrine models convert nobody/nothing", "The hub has no nobody/nothing"),
        ("vitrine models convert some/bare", "some/bare has no weights: none of open_clip_model"),
        ("HF_ENDPOINT=http://127.0.0.1:9 vitrine models convert a/b", "a/b was not downloaded"),
        ("HF_HUB_OFFLINE=1 vitrine models convert a/b", "a/b was not downloaded"),
        ("vitrine models convert checkpoint --name .", "'.' is no name for a model"),
        ("vitrine models convert checkpoint --sample data", "fewer than two pictures"),
    ],
)
def test_what_goes_wrong_is_a_sentence(shop: Path, line: str, told: str) -> None:
    code, said = run(line)
    assert code == 1
    assert told in " ".join(said.split())
