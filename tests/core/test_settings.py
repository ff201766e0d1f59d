from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings


def test_nested_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VITRINE_QUEUE__KIND", "celery")
    monkeypatch.setenv("VITRINE_VECTORS__KIND", "server")
    monkeypatch.setenv("VITRINE_API__CORS_ORIGINS", '["https://shop.example"]')
    settings = Settings()
    assert settings.queue.kind == "celery"
    assert settings.api.cors_origins == ("https://shop.example",)
    assert settings.vision.models_dir == tmp_path / "models"
    assert settings.database_url == f"sqlite:///{tmp_path}/vitrine.db"


def test_an_unknown_or_impossible_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_VISION__MARGIN", "0.31")
    with pytest.raises(ValidationError):
        Settings()
    monkeypatch.setenv("VITRINE_VISION__MARGIN", "0.3")
    monkeypatch.setenv("VITRINE_VISION__MARGINN", "0.3")
    with pytest.raises(ValidationError):
        Settings()


def test_workers_need_a_vector_server(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="VITRINE_VECTORS__KIND=server"):
        Settings.model_validate({"data_dir": tmp_path, "queue": {"kind": "celery"}})


@pytest.mark.parametrize("url", ["", "sqlite:////tmp/vitrine.db"])
def test_search_by_pgvector_needs_postgresql(tmp_path: Path, url: str) -> None:
    given = {"data_dir": tmp_path, "search": {"engine": "pgvector"}, "database": {"url": url}}
    with pytest.raises(ValidationError, match="VITRINE_DATABASE__URL=postgresql"):
        Settings.model_validate(given)


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = Settings(data_dir=tmp_path).secret
    assert Settings(data_dir=tmp_path).secret == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    short = Settings.model_validate({"data_dir": tmp_path, "auth": {"secret": "short"}})
    with pytest.raises(Invalid, match="32 characters"):
        _ = short.secret
