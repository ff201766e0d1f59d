"""What an import holds of pictures while it reads them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.factories import photo
from tests.worlds.pictures import encoded, noise
from vitrine.core.groups import LimitSettings
from vitrine.ports import NoFetcher
from vitrine.services.imports.aside import Aside
from vitrine.services.imports.gathering import MEMORY, Pictures, gather
from vitrine.services.imports.pictures import Read


class Counted(bytes):
    """Bytes that know how many of them are alive."""

    alive = 0

    def __new__(cls, data: bytes) -> Counted:
        Counted.alive += 1
        return super().__new__(cls, data)

    def __del__(self) -> None:
        Counted.alive -= 1


class Files:
    """Reads one file by any name, and counts how often."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads = 0

    def read(self, _name: str) -> bytes:
        self.reads += 1
        return Counted(self.data)

    def size(self, _name: str) -> int:
        return len(self.data)

    def pictures(self, aside: Aside | None = None) -> Pictures:
        read = Read((self.read, self.size), NoFetcher(), 40_000_000)
        return Pictures(read, LimitSettings(), aside)


@pytest.fixture
def _no_collector() -> Iterator[None]:
    """What is in a cycle stays until the collector comes, which may be late."""
    gc.collect()  # what other tests left
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize(
    "data",
    [
        b"no picture " * 100,
        encoded("PNG", noise(64))[:1000],
        encoded("JPEG", noise(64))[:1000],
        encoded("JPEG", noise(64))[:-2],
        encoded("WEBP", noise(64))[:500],
        encoded("TIFF", noise(64), compression="tiff_lzw")[:-900],
        encoded("PNG", noise(4)),
        photo(),
    ],
)
def test_nothing_of_a_picture_stays_in_memory_whatever_is_wrong_with_it(data: bytes) -> None:
    files = Files(data)
    kept = [gather(files.pictures(), ["a.png", "b.png"], ()) for _ in range(3)]
    assert (len(kept), files.reads) == (3, 6)
    # Under the measuring of coverage the frame that read the last may live a moment longer.
    assert Counted.alive < len(kept)
    assert MEMORY.free == MEMORY.total


@pytest.mark.parametrize("data", [photo(), b"no picture"])
def test_a_file_that_many_rows_name_is_read_once(tmp_path: Path, data: bytes) -> None:
    files = Files(data)
    for pictures in (files.pictures(), files.pictures(Aside(tmp_path))):
        files.reads = 0
        found = [gather(pictures, ["a.png"], ()) for _ in range(5)]
        assert files.reads == 1
        assert len({str(each.missing) for each in found}) == 1
        for each in found:
            assert [one.read() for one in each.photos.values() if pictures.aside] in ([], [data])
            each.forget()
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_room_aside_a_photo_is_read_again(tmp_path: Path) -> None:
    files = Files(photo())
    gathered = gather(files.pictures(Aside(tmp_path, most=10)), ["a.png"], ())
    (kept,) = gathered.photos.values()
    assert list(tmp_path.iterdir()) == []
    assert kept.read() == files.data
    files.data = photo(seed=9)
    with pytest.raises(Exception, match="changed while it was imported"):
        kept.read()
    gathered.forget()
