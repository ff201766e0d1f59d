from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.worlds import graphs
from tests.worlds.fakes import MemoryBlobs
from vitrine.core.errors import Conflict, Invalid
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services.models import store
from vitrine.tables.models import CANDIDATE, INSTALLED, ModelVersion
from vitrine.vision import registry


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    return graphs.write_encoder(tmp_path / "made")


def test_a_stored_model_comes_back_file_by_file(
    both_databases: tuple[Settings, Sessions], encoder: Path, tmp_path: Path
) -> None:
    _, sessions = both_databases
    blobs = MemoryBlobs()
    (encoder / "search.json").write_text('{"model_version": "tiny-1"}')
    with sessions.write() as session:
        row = store.add(session, blobs, encoder)
    assert (row.role, row.version, row.status) == ("encoder", "tiny-1", INSTALLED)
    home = store.fetch(blobs, row, tmp_path / "models")
    assert {path.name for path in home.iterdir()} == set(row.files)
    for path in home.iterdir():
        assert path.read_bytes() == (encoder / path.name).read_bytes()
    assert registry.listing(tmp_path / "models")[0].name != "tiny", "the store is nobody's own"


def test_a_candidate_remembers_its_run_and_adding_twice_stores_once(
    sessions: Sessions, encoder: Path
) -> None:
    blobs = MemoryBlobs()
    for run in ("run-1", "run-2"):
        with sessions.write() as session:
            row = store.add(session, blobs, encoder, run_id=run)
            assert (row.run_id, row.status) == ("run-1", CANDIDATE)
    assert len(blobs.stored) == len(row.files) == 4


def test_one_version_never_gets_other_files(sessions: Sessions, encoder: Path) -> None:
    blobs = MemoryBlobs()
    with sessions.write() as session:
        store.add(session, blobs, encoder)
    card = json.loads((encoder / "card.json").read_text())
    (encoder / "card.json").write_text(json.dumps(card | {"description": "another"}))
    with pytest.raises(Conflict) as caught, sessions.write() as session:
        store.add(session, blobs, encoder)
    assert caught.value.code == "model_version_taken"


def test_what_is_not_the_file_of_its_card_is_not_stored(sessions: Sessions, encoder: Path) -> None:
    (encoder / "text.onnx").write_bytes(b"something else")
    blobs = MemoryBlobs()
    with pytest.raises(Invalid) as caught, sessions.write() as session:
        store.add(session, blobs, encoder)
    assert caught.value.code == "model_file_changed"
    assert not blobs.stored


def test_damage_is_told_and_never_loaded(sessions: Sessions, encoder: Path, tmp_path: Path) -> None:
    blobs = MemoryBlobs()
    with sessions.write() as session:
        row = store.add(session, blobs, encoder)
    home = store.fetch(blobs, row, tmp_path)
    (home / "text.onnx").write_bytes(b"bit rot on this disk")
    assert store.fetch(blobs, row, tmp_path) == home
    assert (home / "text.onnx").read_bytes() == (encoder / "text.onnx").read_bytes()
    blobs.stored[store.key(row.files["text.onnx"]["sha256"])] = b"bit rot in the store"
    with pytest.raises(Invalid) as caught:
        store.fetch(blobs, row, tmp_path / "elsewhere")
    assert caught.value.code == "model_file_changed"
    assert not list((tmp_path / "elsewhere").rglob("card.json"))


def test_removing_a_model_leaves_the_files_that_another_has(
    sessions: Sessions, encoder: Path, tmp_path: Path
) -> None:
    blobs = MemoryBlobs()
    other = graphs.write_encoder(tmp_path / "made", name="tiny-too")
    with sessions.write() as session:
        first, second = (store.add(session, blobs, each) for each in (encoder, other))
        store.remove(session, blobs, first)
        assert not first.files
        assert {store.key(pin["sha256"]) for pin in second.files.values()} == set(blobs.stored)
        with pytest.raises(Conflict, match="models add"):
            store.known(session, "encoder", first.version)
    with sessions.write() as session:
        blobs.put("models/" + "0" * 64, b"nobody's", "application/octet-stream")
        assert store.strays(session, blobs) == ["models/" + "0" * 64]
        del blobs.stored[store.key(second.files["card.json"]["sha256"])]
        assert store.missing(session, blobs) == [second.version]
        assert session.get(ModelVersion, first.id) is not None
