"""The bytes of a picture that a catalogue names: in a folder, in a zip, or at an address."""

from __future__ import annotations

import base64
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from vitrine.core.errors import Invalid, invalid
from vitrine.ports import Fetcher
from vitrine.services.imports.names import is_address
from vitrine.services.imports.records import Source

MOST_ENTRIES = 200_000
"""Files in one zip; their list is all of a zip that is held in memory."""

_Files = tuple[Callable[[str], bytes], Callable[[str], int]]


class Read:
    """Reads a picture by its name, and tells before how many bytes that will be about."""

    def __init__(self, files: _Files, fetcher: Fetcher, most: int) -> None:
        self._file, self._size = files
        self._fetcher = fetcher
        self._most = most

    def __call__(self, name: str) -> bytes:
        """The bytes, for any number of threads; raises Invalid saying why there are none."""
        if is_address(name):
            return self._fetcher.fetch(name, self._most)
        return _written_out(name) if _is_written_out(name) else self._file(name)

    def size(self, name: str) -> int:
        """As the folder or the zip says it; none where they say nothing, or it is over a limit."""
        if is_address(name) or _is_written_out(name):
            return 0
        size = self._size(name)
        return size if size <= self._most else 0


@contextmanager
def opened(source: Source, fetcher: Fetcher, most: int) -> Iterator[Read]:
    """What reads pictures of at most `most` bytes.

    Nothing of a zip is ever unpacked to disk, and of none more than `most` bytes, whatever it
    says of itself.
    """
    with _files(source, most) as files:
        yield Read(files, fetcher, most)


@contextmanager
def _files(source: Source, most: int) -> Iterator[_Files]:
    if source.images is None or source.images.is_dir():
        yield (lambda name: _file(source, name, most)), (lambda name: _file_size(source, name))
        return
    with _zip(source.images) as archive:
        entries = _entries(archive)
        yield (
            lambda name: _entry(archive, entries, name, most),
            lambda name: _entry_size(entries, name),
        )


def _is_written_out(name: str) -> bool:
    return name[:5].lower() == "data:"


def _written_out(name: str) -> bytes:
    """The picture that a data: address itself is; a cell is too short for a large one."""
    how, _, data = name.partition(",")
    try:
        return base64.b64decode(unquote(data), validate=True) if how.endswith(";base64") else b""
    except ValueError:
        raise invalid("images", "a data: address is no base64") from None


def _file(source: Source, name: str, most: int) -> bytes:
    try:
        path = (source.folder / name).resolve()
        if not path.is_relative_to(source.root):
            raise invalid("images", f"{name!r} lies outside the folder of the pictures")
        if path.is_file() and path.stat().st_size <= most:
            return path.read_bytes()
        is_file = path.is_file()
    except OSError as broken:
        raise invalid("images", f"{name!r} cannot be read: {broken.strerror}") from None
    except ValueError:  # such as a NUL
        raise invalid("images", f"{name!r} is no name of a file") from None
    if is_file:
        raise _too_large(name, most)
    raise invalid("images", f"there is no file {name!r}")


def _file_size(source: Source, name: str) -> int:
    try:
        return (source.folder / name).stat().st_size
    except (OSError, ValueError):  # whoever reads it says what is wrong
        return 0


def _entry_size(entries: dict[str, zipfile.ZipInfo], name: str) -> int:
    entry = _found(entries, name)
    return entry.file_size if entry else 0


def _found(entries: dict[str, zipfile.ZipInfo], name: str) -> zipfile.ZipInfo | None:
    return entries.get(str(PurePosixPath(name.replace("\\", "/"))))


def _too_large(name: str, most: int) -> Invalid:
    return invalid("images", f"{name!r} is over {most:,} bytes")


@contextmanager
def _zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except Exception as broken:  # of a list made to hurt, zipfile raises much besides BadZipFile
        why = broken.strerror if isinstance(broken, OSError) else broken
        raise invalid("images", f"{path.name} is no zip that can be read: {why}") from None
    with archive:
        if len(archive.filelist) > MOST_ENTRIES:
            raise invalid("images", f"{path.name} holds over {MOST_ENTRIES:,} files")
        yield archive


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Entries by their path, and by their last name where only one has it; none that climbs."""
    files = [entry for entry in archive.filelist if _is_file(entry) and _is_inside(entry)]
    counted = Counter(PurePosixPath(entry.filename).name for entry in files)
    by_name = {
        name: entry for entry in files if counted[name := PurePosixPath(entry.filename).name] == 1
    }
    return by_name | {str(PurePosixPath(entry.filename)): entry for entry in files}


def _is_file(entry: zipfile.ZipInfo) -> bool:
    return bool(entry.filename) and not entry.is_dir()  # which wants a name


def _is_inside(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts


def _entry(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str, most: int
) -> bytes:
    entry = _found(entries, name)
    if entry is None:
        raise invalid("images", f"there is no file {name!r} in the zip")
    if entry.file_size > most:
        raise _too_large(name, most)
    try:
        with archive.open(entry) as file:
            data = file.read(most + 1)
    # A zip made to hurt raises much: encrypted, unknown compression, broken streams and sums.
    except Exception as broken:
        raise invalid("images", f"{name!r} cannot be read from the zip: {broken}") from None
    if len(data) > most:
        raise _too_large(name, most)
    return data
