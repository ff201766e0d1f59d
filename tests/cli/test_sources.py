"""`vitrine sources`: what it makes, and what it does not show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from tests.worlds.databases import migrated_sqlite
from vitrine import wiring
from vitrine.cli import app
from vitrine.core.errors import VitrineError
from vitrine.core.settings import Settings
from vitrine.services.sources.rules import secrets_of
from vitrine.tables.audit import AuditEvent
from vitrine.tables.jobs import Job
from vitrine.tables.sources import Source


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "vitrine.db").write_bytes(migrated_sqlite())
    (tmp_path / "drops").mkdir()
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VITRINE_FETCH__NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("VITRINE_SOURCES__ROOT", str(tmp_path / "drops"))
    return tmp_path


def vitrine(*words: str, typed: str = "") -> str:
    result = CliRunner().invoke(app, ["sources", *words], input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_source_is_added_pulled_paused_and_removed_and_its_secrets_are_not_shown(
    home: Path,
) -> None:
    url = "https://127.0.0.1:9/feed?token=hush"
    source_id = vitrine("add", "Spring", "--url", url, "--user", "me", typed="hush\n").split()[1]
    listed = vitrine("list")
    assert ("Spring" in listed, "hush" in listed) == (True, False)
    assert "waits" in vitrine("pull", source_id, "--confirmed", "7")
    vitrine("pause", source_id)
    settings = Settings(data_dir=home)
    with wiring.stored(settings) as sessions, sessions.read() as session:
        [source], [job] = session.scalars(select(Source)).all(), session.scalars(select(Job)).all()
        assert secrets_of(source, settings.secret) == ("token=hush", "Basic bWU6aHVzaA==")
        assert (source.paused, job.kind, job.payload["confirmed"]) == (True, "pull", 7)
    vitrine("resume", source_id)
    assert vitrine("add", "Autumn", "--folder", ".", "--every", "0").startswith("Source")
    assert "hand" in vitrine("list")
    vitrine("remove", source_id)
    with wiring.stored(settings) as sessions, sessions.read() as session:
        assert [each.name for each in session.scalars(select(Source))] == ["Autumn"]
        acts = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [act.action.removeprefix("source.") for act in acts] == [
            *("create", "pull", "change", "change", "create", "delete")
        ]


def test_how_a_source_is_read_is_said_and_said_anew(home: Path) -> None:
    said = ("--format", "csv", "--column", "Artikel=external_id", "--column", "Maß=attributes.size")
    more = ("--currency", "EUR", "--country", "DE", "--encoding", "windows-1252")
    source_id = vitrine("add", "Spring", "--folder", ".", *said, *more).split()[1]

    def reading() -> dict[str, Any]:
        with wiring.stored(Settings(data_dir=home)) as sessions, sessions.read() as session:
            return session.get_one(Source, source_id).reading

    columns = {"Artikel": "external_id", "Maß": "attributes.size"}
    told = {"currency": "EUR", "country": "DE", "encoding": "windows-1252"}
    assert reading() == {"format": "csv", "columns": columns, **told}
    vitrine("reading", source_id, "--format", "shopify")
    assert reading() == {"format": "shopify"}
    vitrine("reading", source_id)
    assert reading() == {}
    with pytest.raises(VitrineError):
        vitrine("reading", source_id, "--column", "nothing")


@pytest.mark.usefixtures("home")
def test_what_is_no_source_is_refused() -> None:
    for words in (["--url", "http://10.0.0.1/"], ["--folder", ".."], [], ["--every", "1"]):
        with pytest.raises(VitrineError):
            vitrine("add", "Spring", *words)
