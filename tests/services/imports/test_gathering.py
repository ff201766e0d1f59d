"""What an import holds of pictures while it reads them."""

from __future__ import annotations

import gc
import subprocess
import sys
from ast import literal_eval
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


PICTURES = (
    b"no picture " * 100,
    encoded("PNG", noise(64))[:1000],
    encoded("JPEG", noise(64))[:1000],
    encoded("JPEG", noise(64))[:-2],
    encoded("WEBP", noise(64))[:500],
    encoded("TIFF", noise(64), compression="tiff_lzw")[:-900],
    encoded("PNG", noise(4)),
    photo(),
)


def held(data: bytes) -> tuple[int, int, bool]:
    """How often a picture of three lists is read, how many of its bytes stay, and whether all that
    was set aside for it is free again.

    Without the collector: what is in a cycle stays until that comes, which may be late.
    """
    files = Files(data)
    gc.disable()
    kept = [gather(files.pictures(), ["a.png", "b.png"], ()) for _ in range(3)]
    told = files.reads, Counted.alive, MEMORY.free == MEMORY.total
    gc.enable()
    del kept
    return told


def test_nothing_of_a_picture_stays_in_memory_whatever_is_wrong_with_it() -> None:
    # In a process of its own: what measures coverage has functions that it saw in cycles of its.
    program = f"from {__name__} import PICTURES, held; print([held(each) for each in PICTURES])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert literal_eval(ran.stdout.decode()) == [(6, 0, True)] * len(PICTURES)


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
