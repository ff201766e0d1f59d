"""Downloads the files of a model over HTTPS, resuming what was interrupted."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from vitrine.core.errors import Invalid, NotFound, Unavailable
from vitrine.vision.card import Card, CardFile, Pin, card_json
from vitrine.vision.registry import checksum

Progress = Callable[[str, int, int | None], None]
"""Told a file's name, the bytes there are so far, and the bytes in all where they are known."""

TIMEOUT = httpx.Timeout(60.0, connect=15.0)

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_MOST_REDIRECTS = 5
_HUB_URL = re.compile(r"(?P<hub>https?://[^/]+)/(?P<repo>[^/]+/[^/]+)/resolve/(?P<at>[^/]+)/(.+)")


@dataclass(frozen=True, slots=True)
class _Expected:
    """How to know the right file: by SHA-256, or by Git's own hash where the hub has only that."""

    sha256: str | None = None
    git: str | None = None

    def fits(self, path: Path) -> bool:
        if self.sha256 is not None:
            return checksum(path) == self.sha256
        return _git_hash(path) == self.git


def client() -> httpx.Client:
    """A client with patience for slow servers; whoever opens it closes it."""
    return httpx.Client(timeout=TIMEOUT)


def pull(card: Card, models_dir: Path, *, client: httpx.Client, progress: Progress) -> Path:
    """Download a model into models_dir/name and return that folder; what is there is kept.

    The card is written last, with every checksum pinned, so that half a model is never found.
    Raises Unavailable where the network fails (call again to go on), NotFound where the source
    has no such file, Invalid where a file is not the one its checksum means.
    """
    folder = models_dir / card.name
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Pin] = {}
    for file in card.files:
        with _explained(card, file):
            found[file.file] = _fetch(file, folder, client, progress)
    draft = folder / "card.json.part"
    draft.write_text(card_json(card.pinned(found)), encoding="utf-8")
    draft.replace(folder / "card.json")
    return folder


def _fetch(file: CardFile, folder: Path, client: httpx.Client, progress: Progress) -> Pin:
    path, part = folder / file.file, folder / f"{file.file}.part"
    if file.url is None:
        raise Invalid("model_source", f"The card names no source for {file.file}.")
    expected = _expected(file, file.url, client)
    if not (path.is_file() and expected.fits(path)):
        _download(file.url, part, client, lambda done, total: progress(file.file, done, total))
        if not expected.fits(part):
            part.unlink()
            raise Invalid(
                "model_checksum",
                f"What {file.url} sent is not the file its checksum means. It was removed; "
                "pull again, and if that fails too the source has changed.",
            )
        part.replace(path)
    return Pin(checksum(path), path.stat().st_size)


def _expected(file: CardFile, url: str, client: httpx.Client) -> _Expected:
    if file.sha256 is not None:
        return _Expected(sha256=file.sha256)
    record = _hub_record(url, client)
    large = record.get("lfs") or {}
    expected = _Expected(sha256=large.get("oid"), git=record.get("oid"))
    if expected.sha256 is None and expected.git is None:
        raise Invalid("model_checksum", f"Nothing is known to check {url} against.")
    return expected


def _hub_record(url: str, client: httpx.Client) -> Mapping[str, Any]:
    """What the hub's list of files says of the file at this address; empty where it has none."""
    match = _HUB_URL.fullmatch(url)
    if match is None:
        return {}
    path = match[4]
    folder = posixpath.dirname(path)
    listed = f"{match['hub']}/api/models/{match['repo']}/tree/{match['at']}/{folder}".rstrip("/")
    with _answer(listed, client, {}) as response:
        response.read()
        entries = response.json()
    return next((entry for entry in entries if entry.get("path") == path), {})


def _download(
    url: str, part: Path, client: httpx.Client, progress: Callable[[int, int | None], None]
) -> None:
    done = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    with _answer(url, client, headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # nothing is left to send; the checksum decides whether the part is right
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            done = 0
        length = response.headers.get("Content-Length")
        total = done + int(length) if length else None
        with part.open("ab" if done else "wb") as file:
            for piece in response.iter_bytes():
                file.write(piece)
                done += len(piece)
                progress(done, total)


@contextmanager
def _answer(url: str, client: httpx.Client, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
    # Redirects are followed by hand, because each one must be checked before it is asked.
    plain = {"Accept-Encoding": "identity", **headers}
    request = client.build_request("GET", url, headers=plain)
    for _ in range(_MOST_REDIRECTS):
        _check_address(request.url)
        response = client.send(request, stream=True, follow_redirects=False)
        try:
            if response.next_request is None:
                _check_status(response)
                yield response
                return
            request = response.next_request
        finally:
            response.close()
    raise Unavailable("model_download", f"{url} redirects without end.")


def _check_address(url: httpx.URL) -> None:
    if url.scheme != "https" and url.host not in _LOOPBACK:
        raise Invalid("model_source", f"{url} is not an https address.")


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if response.is_success or status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        return
    told = f"{response.url} answers {status} {response.reason_phrase}."
    if response.is_server_error or status == httpx.codes.TOO_MANY_REQUESTS:
        raise Unavailable("model_download", f"{told} Try again later.")
    raise NotFound("model_source", told)


@contextmanager
def _explained(card: Card, file: CardFile) -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as failed:
        raise Unavailable(
            "model_download",
            f"{file.file} of {card.name} was not downloaded: {failed}. Check the network and run "
            f"`vitrine models pull {card.name}` again; it goes on where it stopped.",
        ) from failed


def _git_hash(path: Path) -> str:
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
