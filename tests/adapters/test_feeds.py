"""Files of shops, fetched over real HTTP."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.worlds.feeds import FeedServer
from tests.worlds.programs import free_port
from vitrine.adapters.feeds import HttpFeeds, check_host
from vitrine.core.errors import Invalid, Unavailable, VitrineError
from vitrine.core.groups import FetchSettings
from vitrine.ports import NEVER, Seen

LOCAL = FetchSettings(networks="127.0.0.0/8")
MOST = 1_000
SECRET = "Basic c2hvcDpzZWNyZXQ="


@pytest.fixture
def shop() -> Iterator[FeedServer]:
    with FeedServer.serving() as serving:
        yield serving


@pytest.fixture
def feeds() -> Iterator[HttpFeeds]:
    with closing(HttpFeeds(LOCAL, 10)) as opened:
        yield opened


def refused(feeds: HttpFeeds, url: str, to: Path, authorization: str = "") -> VitrineError:
    with pytest.raises(VitrineError) as caught:
        feeds.download(url, to, MOST, authorization)
    return caught.value


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_comes_as_it_is_or_unpacked(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path, packed: bool
) -> None:
    shop.put("A,T,1")
    plain = shop.files["/feed.csv"]
    shop.files["/feed.csv"] = gzip.compress(plain) if packed else plain
    feeds.download(f"{shop.url}/feed.csv", tmp_path / "feed", MOST)
    assert (tmp_path / "feed").read_bytes() == plain
    assert [each.name for each in tmp_path.iterdir()] == ["feed"]


@pytest.mark.parametrize("said", [{"etag": '"one"'}, {"modified": "Mon, 02 Nov 2026 09:00:00 GMT"}])
def test_what_was_seen_and_did_not_change_is_not_sent_again(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path, said: dict[str, str]
) -> None:
    shop.put("A,T,1")
    shop.moved = {"/moved": "/feed.csv"}
    for name, value in said.items():
        setattr(shop, name, value)
    url, to = f"{shop.url}/moved", tmp_path / "feed"
    seen = feeds.download(url, to, MOST)
    assert seen == Seen(**said)
    assert feeds.download(url, to, MOST, seen=seen) is None
    assert not to.exists()
    for name in said:
        setattr(shop, name, "another")
    assert feeds.download(url, to, MOST, seen=seen) not in (None, seen)
    assert to.read_bytes() == shop.files["/feed.csv"]


def test_a_host_that_says_unchanged_of_what_nobody_saw_is_refused(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path
) -> None:
    shop.put("A,T,1")
    shop.status = 304
    assert "304" in refused(feeds, f"{shop.url}/feed.csv", tmp_path / "feed").message


@pytest.mark.parametrize("etag", ['"' + "x" * 300 + '"', '"caf\xe9"'])
def test_what_cannot_be_sent_back_is_not_kept(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path, etag: str
) -> None:
    shop.put("A,T,1")
    shop.etag = etag
    assert feeds.download(f"{shop.url}/feed.csv", tmp_path / "feed", MOST) == NEVER


def test_credentials_go_to_their_own_host_alone(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path
) -> None:
    shop.authorization = SECRET
    shop.put("A,T,1")
    with FeedServer.serving() as other:
        other.put("B,T,1")
        shop.moved = {"/near": "/feed.csv", "/far": f"{other.url}/feed.csv"}
        feeds.download(f"{shop.url}/near", tmp_path / "near", MOST, SECRET)
        feeds.download(f"{shop.url}/far", tmp_path / "far", MOST, SECRET)
        assert other.got == [("/feed.csv", "")]
    assert shop.got[1] == ("/feed.csv", SECRET)


@pytest.mark.parametrize(("status", "kind"), [(404, Invalid), (401, Invalid), (503, Unavailable)])
def test_what_it_answers_is_told_without_the_secrets_of_the_address(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path, status: int, kind: type[VitrineError]
) -> None:
    shop.status, shop.files = status, {"/feed.csv?token=hush": b"x"}
    error = refused(feeds, f"{shop.url}/feed.csv?token=hush", tmp_path / "feed", SECRET)
    assert isinstance(error, kind)
    assert str(status) in error.message
    assert "hush" not in error.message
    assert SECRET not in error.message


def test_what_is_too_large_breaks_off_or_never_ends_is_refused(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path
) -> None:
    url, to = f"{shop.url}/feed.csv", tmp_path / "feed"
    for body in (bytes(MOST + 1), gzip.compress(bytes(100 * MOST)), gzip.compress(b"x" * 99)[:-9]):
        shop.files["/feed.csv"] = body
        assert isinstance(refused(feeds, url, to), Invalid)
    shop.put("A,T,1")
    shop.cut = True
    assert isinstance(refused(feeds, url, to), Unavailable)
    shop.cut, shop.moved = False, {"/feed.csv": "/feed.csv"}
    assert "redirects" in refused(feeds, url, to).message


def test_addresses_of_ones_own_network_are_not_asked(shop: FeedServer, tmp_path: Path) -> None:
    shop.put("A,T,1")
    with closing(HttpFeeds(FetchSettings(), 10)) as feeds:
        error = refused(feeds, f"{shop.url}/feed.csv", tmp_path / "feed")
    assert (isinstance(error, Invalid), shop.got) == (True, [])
    for url in (
        "http://127.0.0.1/feed",
        "http://[::1]/feed",
        "http://169.254.169.254/x",
        "http://",
    ):
        with pytest.raises(Invalid):
            check_host(url, FetchSettings())
    check_host(shop.url, LOCAL)


def test_a_redirect_to_ones_own_network_is_refused_as_the_address_is(
    shop: FeedServer, feeds: HttpFeeds, tmp_path: Path
) -> None:
    for to in ("http://10.0.0.1/feed", "file:///etc/passwd", "http://user:word@127.0.0.1/"):
        shop.moved = {"/feed.csv": to}
        assert isinstance(refused(feeds, f"{shop.url}/feed.csv", tmp_path / "feed"), Invalid)


def test_nobody_there_may_be_there_later(feeds: HttpFeeds, tmp_path: Path) -> None:
    error = refused(feeds, f"http://127.0.0.1:{free_port()}/feed", tmp_path / "feed")
    assert isinstance(error, Unavailable)
