"""A hub of models on this machine: what huggingface_hub asks of one, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

REVISION = "0123456789abcdef0123456789abcdef01234567"

_ABOUT = re.compile(r"/api/models/([^/]+/[^/]+)/revision/\w+")
_LIST = re.compile(r"/api/models/([^/]+/[^/]+)/tree/\w+\?.*")
_FILE = re.compile(r"/([^/]+/[^/]+)/resolve/\w+/([^/]+)")


@contextmanager
def hub(folders: dict[str, Path]) -> Iterator[str]:
    """The address of a hub that has these folders under these names."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, folders))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Answer(BaseHTTPRequestHandler):
    def __init__(self, folders: dict[str, Path], *args: Any) -> None:
        self._folders = folders
        super().__init__(*args)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, body: bool) -> None:
        if asked := _FILE.fullmatch(self.path):
            path = self._folder(asked) / asked[2]
            found = path.read_bytes() if path.is_file() else None
        elif asked := _ABOUT.fullmatch(self.path) or _LIST.fullmatch(self.path):
            folder = self._folder(asked)
            found = self._told(asked[1], folder) if folder.is_dir() else None
        else:
            found = None
        error = {} if found is not None else {"X-Error-Code": self._error()}
        self._say(found or b"", error, body)

    def _error(self) -> str:
        return "EntryNotFound" if _FILE.fullmatch(self.path) else "RepoNotFound"

    def _folder(self, asked: re.Match[str]) -> Path:
        return self._folders.get(asked[1], Path("/nowhere"))

    def _told(self, name: str, folder: Path) -> bytes:
        files = [(path.name, path.stat().st_size) for path in folder.iterdir()]
        if _LIST.fullmatch(self.path):
            listed = [
                {"type": "file", "path": name, "size": size, "oid": "0" * 40}
                for name, size in files
            ]
            return json.dumps(listed).encode()
        siblings = [{"rfilename": name} for name, _ in files]
        return json.dumps({"id": name, "sha": REVISION, "siblings": siblings}).encode()

    def _say(self, content: bytes, headers: dict[str, str], body: bool) -> None:
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        told = {"ETag": tag, "X-Repo-Commit": REVISION, "Content-Length": str(len(content))}
        self.send_response(404 if headers else 200)
        for name, value in (told | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)
