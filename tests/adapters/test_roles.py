"""Photos in S3 by the role of a task, as AWS hands it out: no key is in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response

from tests.worlds.programs import served
from vitrine.adapters.storage import s3_blobs
from vitrine.core.groups import BlobSettings

ROLE = {
    "AccessKeyId": "OF-THE-ROLE",
    "SecretAccessKey": "secret",
    "Token": "token",
    "Expiration": "2099-01-01T00:00:00Z",
}


def test_without_a_key_the_tasks_role_signs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, signed = FastAPI(), []

    @app.get("/credentials")
    def credentials() -> dict[str, str]:
        return ROLE

    @app.head("/photos/{key:path}")
    def head(request: Request, key: str) -> Response:
        signed.append((key, request.headers["authorization"]))
        return Response(status_code=404)

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "token").write_text("of the task")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    with served(app) as url:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials")
        blobs = s3_blobs(BlobSettings(kind="s3", bucket="photos", endpoint=url))
        assert not blobs.exists("a/b")
    assert signed[0][0] == "a/b"
    assert "Credential=OF-THE-ROLE/" in signed[0][1]
