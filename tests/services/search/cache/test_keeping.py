"""A snapshot that outlasts its process: as if all had been read anew, or not there at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from tests.worlds.caches import content, edit, look, remove, stocked
from tests.worlds.changes import turn_photo
from vitrine.db import Sessions
from vitrine.services import models
from vitrine.services.search.cache import keeping, refresh
from vitrine.services.search.cache.store import Held, SearchCache
from vitrine.tables.changes import ProductChange


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LEAST", 1)


@pytest.fixture
def ids(sessions: Sessions, tmp_path: Path) -> list[str]:
    """Products that a process held, and wrote down when it ended."""
    made = stocked(sessions)
    with sessions.write() as session:
        edit(session, made[0], 1)
        for each in made[4:7]:
            turn_photo(session, each, 7)
    keep(sessions, SearchCache(folder=tmp_path))
    return made


def keep(sessions: Sessions, cache: SearchCache) -> None:
    look(sessions, cache)
    with sessions.read() as session:
        collection = models.active(session)
        assert collection is not None
        refresh.keep(session, cache, collection)


def loaded(sessions: Sessions, cache: SearchCache, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a new process reads the whole catalogue; what it holds is true either way."""
    times, load = [], refresh._load

    def counted(*given: Any) -> Held:
        times.append(1)
        return load(*given)

    with monkeypatch.context() as patch:
        patch.setattr(refresh, "_load", counted)
        found = content(look(sessions, cache))
    assert found == content(look(sessions, SearchCache()))
    return bool(times)


def test_a_start_reads_only_what_changed_since(
    sessions: Sessions, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions.write() as session:
        edit(session, ids[1], 2)
        remove(session, ids[2], 0)
    cache = SearchCache(folder=tmp_path)
    assert not loaded(sessions, cache, monkeypatch)
    with sessions.write() as session:
        edit(session, ids[3], 2)
        edit(session, ids[4], 2)
        turn_photo(session, ids[5], 3)  # which rejects it
    assert content(look(sessions, cache)) == content(look(sessions, SearchCache()))


def test_what_was_put_back_is_written_down_again(
    sessions: Sessions, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions.write() as session:
        remove(session, ids[2], 0)
        edit(session, ids[1], 2)
    keep(sessions, SearchCache(folder=tmp_path))
    assert not list(tmp_path.glob("new-*"))
    assert not loaded(sessions, SearchCache(folder=tmp_path), monkeypatch)


def test_a_database_that_does_not_know_the_last_change_is_read_anew(
    sessions: Sessions, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions.write() as session:
        last = session.scalar(select(func.max(ProductChange.id)))
        session.execute(delete(ProductChange).where(ProductChange.id == last))
        edit(session, ids[1], 2)
    assert loaded(sessions, SearchCache(folder=tmp_path), monkeypatch)


@pytest.mark.parametrize("name", ["arrays.npz", "vectors.npy", "told.json"])
def test_a_damaged_file_is_read_anew(
    sessions: Sessions, ids: list[str], tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = tmp_path.glob(f"*/{name}")
    path.write_bytes(path.read_bytes()[:100])
    assert loaded(sessions, SearchCache(folder=tmp_path), monkeypatch)


def test_other_rules_or_statuses_read_anew(
    sessions: Sessions, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = SearchCache(folder=tmp_path, statuses=("active", "draft"))
    assert content(look(sessions, both)).keys() == set(ids)
    assert both.held, "and it was read, because the kept one is of others"
    monkeypatch.setattr(keeping, "rules", lambda: "others")
    assert loaded(sessions, SearchCache(folder=tmp_path), monkeypatch)


def test_a_folder_that_takes_nothing_keeps_nobody_from_going_on(
    sessions: Sessions, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del ids
    (tmp_path / "file").write_text("")
    cache = SearchCache(folder=tmp_path / "file" / "below")
    keep(sessions, cache)
    assert loaded(sessions, SearchCache(folder=cache.folder), monkeypatch)
