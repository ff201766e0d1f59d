"""The OpenAPI document that the front end's client is made from."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from typer.testing import CliRunner

from tests.worlds.people import Headers
from vitrine.api import app as api
from vitrine.cli import app

COMMITTED = Path(__file__).parents[2] / "web" / "openapi.json"


def test_the_committed_document_is_the_present_one(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["openapi", str(tmp_path / "openapi.json")])
    assert run.exit_code == 0, run.output
    present = (tmp_path / "openapi.json").read_text(encoding="utf-8")
    assert COMMITTED.read_text(encoding="utf-8") == present, (
        "the API has changed: run `vitrine openapi web/openapi.json` and commit the file"
    )


def test_it_is_printed_as_it_is_written_and_as_it_is_served(
    client: TestClient, viewer: Headers
) -> None:
    printed = CliRunner().invoke(app, ["openapi"])
    assert printed.output == COMMITTED.read_text(encoding="utf-8")
    assert client.get("/openapi.json", headers=viewer).json() == api.document()
