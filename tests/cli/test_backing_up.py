"""Backup and restore as a person runs them, measured before and after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.worlds import graphs
from tests.worlds.factories import photo
from vitrine import wiring
from vitrine.cli import app
from vitrine.cli.console import read_settings
from vitrine.core.errors import Conflict
from vitrine.services import audit

COLOURS = ("red", "green", "blue")
runner = CliRunner()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a catalogue and a manifest of it; the catalogue is imported."""
    graphs.write_encoder(tmp_path / "data" / "models")
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VITRINE_VISION__ENCODER", "tiny")
    monkeypatch.setenv("VITRINE_VISION__DETECTOR", "none")
    monkeypatch.setenv("VITRINE_QUEUE__SWEEP_EVERY", "0.1")
    folder = tmp_path / "shop"
    folder.mkdir()
    rows, lines = ["external_id,title,images"], []
    for colour in COLOURS:
        (folder / f"{colour}.jpg").write_bytes(photo(colour))
        rows.append(f"{colour},{colour} shirt,{colour}.jpg")
        lines.append(
            {
                "image": f"{colour}.jpg",
                "product_id": colour,
                "title": f"{colour} shirt",
                "category": "shirt",
                "colour": colour,
                "split": "gallery",
            }
        )
    (folder / "products.csv").write_text("\n".join(rows))
    (folder / "manifest.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    run("migrate")
    assert run("import", str(folder)).exit_code == 0
    return folder


def run(*words: str) -> Result:
    result = runner.invoke(app, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def measured(shop: Path) -> list[Any]:
    """What searches find, with scores, and what an evaluation says."""
    asked = ([str(shop / "red.jpg")], ["--text", "blue shirt"])
    answers = [json.loads(run("search", *words, "--json").stdout) for words in asked]
    found = [[(hit["external_id"], hit["score"]) for hit in answer["hits"]] for answer in answers]
    figures = json.loads(run("evaluate", str(shop / "manifest.jsonl"), "--json").stdout)
    return [found, {name: value for name, value in figures.items() if "seconds" not in name}]


def test_what_is_restored_measures_the_same(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = measured(shop)
    saved = run("backup", str(tmp_path / "saved"))
    assert saved.exit_code == 0, saved.output
    assert saved.stdout.startswith("3 products, 3 images, ")
    with pytest.raises(Conflict, match="data holds"):
        run("restore", str(tmp_path / "saved"))
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path / "restored"))
    restored = run("restore", str(tmp_path / "saved"))
    assert restored.exit_code == 0, restored.output
    assert "3 products and 3 images" in restored.stdout
    assert measured(shop) == before
    with wiring.running_here(read_settings()) as runtime:
        name = runtime.ports.vision.versions.collection
        assert runtime.ports.vectors.count(name) == 3
        with runtime.sessions.read() as session:
            acts = [event.action for event in audit.find(session, audit.Wanted(), None, 9)]
    assert acts[0] == "backup.restore"
    assert "import.start" in acts


def test_a_photo_that_is_lost_is_told_by_the_exit_code(shop: Path, tmp_path: Path) -> None:
    stored = (tmp_path / "data" / "blobs" / "images").rglob("*")
    next(path for path in stored if path.is_file()).unlink()
    saved = run("backup", str(tmp_path / "saved"))
    assert saved.exit_code == 1
    assert "1 photos are missing in the store" in saved.stderr
