"""`vitrine models pull` against a real HTTP server on this machine."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.worlds import graphs
from vitrine.adapters import hub as adapter
from vitrine.adapters.hub import pull
from vitrine.core.errors import Invalid, NotFound, Unavailable
from vitrine.vision import registry
from vitrine.vision.card import Card, EncoderCard, read_card

REPO = "maker/model"
FILES = ("image.onnx", "text.onnx", "tokenizer.json")


@dataclass
class Hub:
    """What the server has, what it was asked, and how it misbehaves."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    record: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    cut_after: int | None = None
    ranges: bool = True
    statuses: dict[str, int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return f"{self.address}/{REPO}/resolve/abc/onnx/{name}"


class Server(ThreadingHTTPServer):
    hub: Hub


class Answer(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *words: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        hub = self.server.hub
        hub.asked.append((self.path, self.headers["Range"]))
        if self.path in hub.redirects:
            self.reply(302, b"", {"Location": hub.redirects[self.path]})
        elif self.path in hub.statuses:
            self.reply(hub.statuses[self.path], b"", {})
        elif self.path == f"/api/models/{REPO}/tree/abc/onnx":
            self.reply(200, json.dumps(hub.record).encode(), {})
        else:
            self.send_file(hub, hub.files[self.path.rsplit("/", 1)[-1]])

    def send_file(self, hub: Hub, data: bytes) -> None:
        asked = self.headers["Range"] if hub.ranges else None
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if asked and start >= len(data):
            self.reply(416, b"", {})
            return
        rest, hub.cut_after = data[start:][: hub.cut_after], None
        self.reply(206 if asked else 200, rest, {"Content-Length": str(len(data) - start)})

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Server(("127.0.0.1", 0), Answer) as server:
        server.hub = Hub(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.hub
        server.shutdown()
        thread.join()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with adapter.client() as client:
        yield client


@pytest.fixture
def card(hub: Hub, tmp_path: Path) -> EncoderCard:
    """A card whose files the server has, with checksums."""
    return offered(hub, tmp_path)


def offered(hub: Hub, tmp_path: Path, **pins: object) -> EncoderCard:
    home = graphs.write_encoder(tmp_path / "origin")
    raw = json.loads((home / "card.json").read_text())
    for part in (raw["image"], raw["text"], raw["text"]["tokenizer"]):
        part |= {"url": hub.url(part["file"]), **pins}
        hub.files[part["file"]] = (home / part["file"]).read_bytes()
    (home / "card.json").write_text(json.dumps(raw))
    card = read_card(home / "card.json")
    assert isinstance(card, EncoderCard)
    return card


def quiet(name: str, done: int, total: int | None) -> None:
    """No progress shown."""


def asked_for(hub: Hub, name: str) -> list[str | None]:
    return [wanted for path, wanted in hub.asked if path.endswith(name)]


def installed(tmp_path: Path) -> Card:
    card, _ = registry.find("tiny", tmp_path / "models")
    return card


def test_a_pulled_model_is_found_and_verified(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    folder = pull(card, tmp_path / "models", client=client, progress=quiet)
    assert folder == tmp_path / "models" / "tiny"
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", *FILES]
    assert installed(tmp_path) == card


def test_progress_counts_up_to_the_size(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int | None]] = []
    pull(card, tmp_path / "models", client=client, progress=lambda *now: told.append(now))
    assert {name for name, _, _ in told} == set(FILES)
    last = {name: (done, total) for name, done, total in told}
    for name in FILES:
        assert last[name] == (len(hub.files[name]), len(hub.files[name]))


def test_an_interrupted_download_goes_on_where_it_stopped(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    hub.cut_after = 1000
    with pytest.raises(Unavailable, match=r"vitrine models pull tiny.* goes on") as cut:
        pull(card, tmp_path / "models", client=client, progress=quiet)
    assert cut.value.code == "model_download"
    part = tmp_path / "models" / "tiny" / "image.onnx.part"
    assert part.stat().st_size == 1000
    with pytest.raises(Invalid, match="There is no model"):
        installed(tmp_path)

    told: list[tuple[str, int, int | None]] = []
    pull(card, tmp_path / "models", client=client, progress=lambda *now: told.append(now))
    assert asked_for(hub, "image.onnx") == [None, "bytes=1000-"]
    assert told[0][1] > 1000
    assert told[0][2] == len(hub.files["image.onnx"])
    assert installed(tmp_path) == card


def test_a_server_without_ranges_sends_all_again(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    hub.ranges = False
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "image.onnx.part").write_bytes(hub.files["image.onnx"][:500])
    pull(card, tmp_path / "models", client=client, progress=quiet)
    assert asked_for(hub, "image.onnx") == ["bytes=500-"]
    assert installed(tmp_path) == card


def test_a_part_that_is_already_whole_is_taken(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "image.onnx.part").write_bytes(hub.files["image.onnx"])
    pull(card, tmp_path / "models", client=client, progress=quiet)
    assert installed(tmp_path) == card


def test_what_is_there_is_kept_and_what_is_damaged_comes_again(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    folder = pull(card, tmp_path / "models", client=client, progress=quiet)
    (folder / "text.onnx").write_bytes(b"damaged")
    hub.asked.clear()
    pull(card, tmp_path / "models", client=client, progress=quiet)
    assert [path.rsplit("/", 1)[-1] for path, _ in hub.asked] == ["text.onnx"]
    assert installed(tmp_path) == card


def test_a_wrong_file_is_removed_and_nothing_is_installed(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    hub.files["text.onnx"] = b"something else"
    with pytest.raises(Invalid, match=r"text\.onnx sent is not the file") as wrong:
        pull(card, tmp_path / "models", client=client, progress=quiet)
    assert wrong.value.code == "model_checksum"
    folder = tmp_path / "models" / "tiny"
    assert [path.name for path in folder.iterdir()] == ["image.onnx"]


def git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob " + str(len(data)).encode() + b"\0" + data).hexdigest()


def recorded(hub: Hub) -> None:
    """The hub keeps the graphs as large files and the tokenizer in Git itself."""
    for name, data in hub.files.items():
        entry: dict[str, Any] = {"path": f"onnx/{name}", "size": len(data), "oid": git_hash(data)}
        if name.endswith(".onnx"):
            entry |= {"oid": "0" * 40, "lfs": {"oid": hashlib.sha256(data).hexdigest()}}
        hub.record.append(entry)


def test_checksums_the_card_does_not_know_come_from_the_hub_and_are_pinned(
    hub: Hub, client: httpx.Client, tmp_path: Path
) -> None:
    card = offered(hub, tmp_path, sha256=None, bytes=None)
    recorded(hub)
    pull(card, tmp_path / "models", client=client, progress=quiet)
    found = installed(tmp_path)
    for file in found.files:
        data = hub.files[file.file]
        assert (file.sha256, file.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert found.model_version == card.model_version


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_what_the_hub_recorded_is_refused(
    hub: Hub, client: httpx.Client, tmp_path: Path, name: str
) -> None:
    card = offered(hub, tmp_path, sha256=None)
    recorded(hub)
    hub.files[name] += b" "
    with pytest.raises(Invalid, match="is not the file") as wrong:
        pull(card, tmp_path / "models", client=client, progress=quiet)
    assert wrong.value.code == "model_checksum"
    assert not (tmp_path / "models" / "tiny" / f"{name}.part").exists()


def test_a_file_nobody_knows_a_checksum_of_is_refused(
    hub: Hub, client: httpx.Client, tmp_path: Path
) -> None:
    card = offered(hub, tmp_path, sha256=None)
    with pytest.raises(Invalid, match="Nothing is known to check") as unknown:
        pull(card, tmp_path / "models", client=client, progress=quiet)
    assert unknown.value.code == "model_checksum"
    elsewhere = f"{hub.address}/plain/image.onnx"
    odd = card.model_copy(update={"image": card.image.model_copy(update={"url": elsewhere})})
    with pytest.raises(Invalid, match="Nothing is known to check"):
        pull(odd, tmp_path / "models", client=client, progress=quiet)
    assert asked_for(hub, "image.onnx") == []


def test_a_card_without_a_source_is_refused(hub: Hub, client: httpx.Client, tmp_path: Path) -> None:
    card = offered(hub, tmp_path, url=None)
    with pytest.raises(Invalid, match=r"no source for image\.onnx"):
        pull(card, tmp_path / "models", client=client, progress=quiet)


def test_redirects_are_followed_with_the_range(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    hub.redirects[f"/{REPO}/resolve/abc/onnx/image.onnx"] = f"{hub.address}/store/image.onnx"
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    (folder / "image.onnx.part").write_bytes(hub.files["image.onnx"][:500])
    pull(card, tmp_path / "models", client=client, progress=quiet)
    assert hub.asked[:2] == [
        (f"/{REPO}/resolve/abc/onnx/image.onnx", "bytes=500-"),
        ("/store/image.onnx", "bytes=500-"),
    ]
    assert installed(tmp_path) == card


def test_a_redirect_to_plain_http_elsewhere_is_not_followed(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    hub.redirects[f"/{REPO}/resolve/abc/onnx/image.onnx"] = "http://example.org/image.onnx"
    with pytest.raises(Invalid, match="is not an https address") as plain:
        pull(card, tmp_path / "models", client=client, progress=quiet)
    assert plain.value.code == "model_source"


def test_redirects_without_end_are_given_up(
    hub: Hub, card: EncoderCard, client: httpx.Client, tmp_path: Path
) -> None:
    path = f"/{REPO}/resolve/abc/onnx/image.onnx"
    hub.redirects[path] = hub.address + path
    with pytest.raises(Unavailable, match="redirects without end"):
        pull(card, tmp_path / "models", client=client, progress=quiet)


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFound), (401, NotFound), (503, Unavailable), (429, Unavailable)]
)
def test_what_the_server_refuses_is_told(
    hub: Hub,
    card: EncoderCard,
    client: httpx.Client,
    tmp_path: Path,
    status: int,
    error: type[Exception],
) -> None:
    hub.statuses[f"/{REPO}/resolve/abc/onnx/image.onnx"] = status
    with pytest.raises(error, match=f"image.onnx answers {status}"):
        pull(card, tmp_path / "models", client=client, progress=quiet)


def test_no_network_is_unavailable_with_advice(
    card: EncoderCard, client: httpx.Client, tmp_path: Path, hub: Hub
) -> None:
    closed = card.image.model_copy(update={"url": "http://127.0.0.1:9/image.onnx"})
    with pytest.raises(Unavailable, match=r"Check the network and run `vitrine models pull tiny`"):
        pull(
            card.model_copy(update={"image": closed}),
            tmp_path / "models",
            client=client,
            progress=quiet,
        )


def test_a_detector_is_pulled_and_pinned_too(
    hub: Hub, client: httpx.Client, tmp_path: Path
) -> None:
    home = graphs.write_detector(tmp_path / "origin")
    raw = json.loads((home / "card.json").read_text())
    raw["file"] |= {"url": hub.url("detector.onnx"), "sha256": None, "bytes": None}
    (home / "card.json").write_text(json.dumps(raw))
    hub.files["detector.onnx"] = (home / "detector.onnx").read_bytes()
    recorded(hub)
    pull(read_card(home / "card.json"), tmp_path / "models", client=client, progress=quiet)
    card, _ = registry.find_detector("tiny-detector", tmp_path / "models")
    assert card.file.bytes == len(hub.files["detector.onnx"])
