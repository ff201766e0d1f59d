from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.worlds import verifying
from tests.worlds.factories import photo
from vitrine import wiring
from vitrine.cli import app
from vitrine.core.errors import VitrineError
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import snapshots


@pytest.fixture
def shop(
    settings: Settings, sessions: Sessions, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> Sessions:
    """A shop with one product that a person verified."""
    monkeypatch.setenv("VITRINE_DATA_DIR", str(settings.data_dir))
    stored = Ports(wiring.blobs_of(settings), ports.vectors, ports.vision, ports.queue)
    with sessions.write() as session:
        product = verifying.add_product(session, stored, "A", photo())
        verifying.answer(session, product, {"colour": ["red"]})
    return sessions


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, words)
    if isinstance(result.exception, VitrineError):
        raise result.exception
    return result


def test_a_snapshot_is_written_told_and_registered(shop: Sessions, tmp_path: Path) -> None:
    folder = tmp_path / "verified"
    done = run("export", "--format", "clip", str(folder), "--licence", "ours")
    assert done.exit_code == 0, done.output
    told = " ".join(done.output.split())
    assert "1 verified products with 1 photos" in told
    assert "0 groups, 0 photos and 0 near duplicates stand in two splits; 0 of 1 photos" in told
    dataset = snapshots.open(folder)
    assert dataset.card["licences"]["photos"] == "ours"
    with shop.read() as session:
        (row,) = snapshots.listed(session)
    assert (row.sha256, row.folder) == (dataset.sha256, str(folder))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--format", "yolo"), "writes a folder"),
        (("--format", "coco", "FOLDER", "--images", "x"), "holds the pictures"),
        (("--format", "clip", "HERE"), "is there already"),
    ],
)
def test_a_snapshot_is_refused_with_the_reason(
    shop: Sessions, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a").touch()
    places = {"HERE": str(tmp_path / "here"), "FOLDER": str(tmp_path / "new")}
    with pytest.raises(VitrineError, match=told):
        run("export", *(places.get(word, word) for word in words))
