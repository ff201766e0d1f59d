"""The pictures of one product's list: read, judged, laid aside; one that fails stops no other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from vitrine.core.budget import Budget
from vitrine.core.errors import VitrineError, invalid
from vitrine.core.groups import LimitSettings
from vitrine.core.priority import give_way
from vitrine.services.catalog.photos import Photo, admit_one
from vitrine.services.catalog.picture_lists import Shown
from vitrine.services.imports.aside import Aside
from vitrine.services.imports.names import is_address
from vitrine.services.imports.pictures import Read
from vitrine.services.jobs.kinds import Listed
from vitrine.tables.catalog import IMPORT

LONGEST_SHOWN = 200


MEMORY = Budget(total=120_000_000, wait=600.0)
"""What pictures that are being read may take of this process, whatever many imports run."""

MOST_JUDGED = 20_000
"""Files that one import remembers."""

FETCHED = 15_000_000
"""Bytes that are set aside for a picture from the web, whose size nobody knows before."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where pictures are read from and laid aside; without `fetches` no address is asked.

    A dry run keeps nothing, and has no folder. `judged` is what was found of files by name: many
    rows may name one, and it is read once.
    """

    read: Read
    limits: LimitSettings
    aside: Aside | None
    fetches: bool = True
    judged: dict[str, Photo | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A list as far as it could be had: new photos by content, and why names are missing.

    `over` is how many names the list has beyond the limit, `files` what was laid aside.
    """

    listed: tuple[Listed, ...] = ()
    photos: Mapping[str, Photo] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    over: int = 0
    aside: Aside | None = None

    @property
    def awaited(self) -> bool:
        """Whether what is missing may come later: files of an import are gone, addresses stay."""
        return any(is_address(name) for name in self.missing)

    def forget(self) -> None:
        """Delete what was laid aside."""
        if self.aside is not None:
            for file in self.files:
                self.aside.drop(file)


def gather(to: Pictures, names: Sequence[str], have: Sequence[Shown]) -> Gathered:
    """Read the pictures of a list that the product does not have by address.

    Raises only what a later try of the whole import may mend.
    """
    listed, photos, missing = list[Listed](), dict[str, Photo](), dict[str, str]()
    files: list[Path] = []
    known = {each.address: each.sha256 for each in have if each.address}
    contents = frozenset(each.sha256 for each in have)
    most = to.limits.images_per_product
    for name in names[:most]:
        content = known.get(name, "")
        if not content and is_address(name) and not to.fetches:
            content = name  # it would be fetched
        if not content:
            found = _known(to, name, files) or _judged(to, name, contents, files)
            if isinstance(found, str):
                missing[name] = found
            else:
                content = found.sha256
                photos[content] = found
        listed.append(Listed(name=_shown(name), sha256=content))
    return Gathered(tuple(listed), photos, missing, tuple(files), len(names[most:]), to.aside)


def told(to: Pictures, pictures: Gathered, left_out: int) -> dict[str, str]:
    """What is missing of a list, as the reason of its field; `left_out` found no room."""
    reasons = list(pictures.missing.values())
    if pictures.awaited and to.fetches:
        reasons.append("tried again later")
    if over := pictures.over + left_out:
        most = f"{to.limits.images_per_product} (VITRINE_LIMITS__IMAGES_PER_PRODUCT)"
        reasons.append(f"{over} left out: a product holds at most {most}")
    return {"images": "; ".join(reasons)} if reasons else {}


def _known(to: Pictures, name: str, files: list[Path]) -> Photo | str | None:
    """What was found of the file before; its bytes are had again where that is."""
    known = to.judged.get(name)
    if not isinstance(known, Photo) or to.aside is None:
        return known
    path = to.aside.hold(known.sha256)
    if path is None:
        return replace(known, read=partial(_again, to.read, name, known.sha256))
    files.append(path)
    return replace(known, read=path.read_bytes)


def _judged(to: Pictures, name: str, have: frozenset[str], files: list[Path]) -> Photo | str:
    """The picture, or why there is none; of a file that is remembered, without its bytes."""
    found: Photo | str
    try:
        found = _photo(to, name, have, files)
    except VitrineError as error:
        if error.retried:
            raise
        found = _why(name, error)
    is_whole = isinstance(found, str) or found.width > 0
    if is_whole and not is_address(name) and len(to.judged) < MOST_JUDGED:
        to.judged[name] = found
    return found


def _photo(to: Pictures, name: str, have: frozenset[str], files: list[Path]) -> Photo:
    """The picture, judged; its bytes are laid aside, and in memory no longer than that takes."""
    give_way()
    with MEMORY.taken(FETCHED if is_address(name) else to.read.size(name)):
        data = to.read(name)
        digest = hashlib.sha256(data).hexdigest()
        address = name if is_address(name) else ""
        if digest in have:  # no need to decode again what is stored already
            return Photo(bytes, len(data), name, digest, "", 0, 0, source_url=address)
        named = "" if name[:5].lower() == "data:" else name
        photo = admit_one("images", named, data, to.limits, looks=to.aside is not None)
        read = _laid_aside(to, name, photo, files)
        return replace(photo, read=read, source_url=address, source=IMPORT)


def _laid_aside(to: Pictures, name: str, photo: Photo, files: list[Path]) -> Callable[[], bytes]:
    """How the bytes are had again: a list may hold hundreds, and several are read at once."""
    if to.aside is None:
        return bytes
    path = to.aside.put(photo.sha256, photo.read())
    if path is None:
        return partial(_again, to.read, name, photo.sha256)
    files.append(path)
    return path.read_bytes


def _again(read: Read, name: str, sha256: str) -> bytes:
    data = read(name)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise invalid("images", f"{_shown(name)} changed while it was imported")
    return data


def _why(name: str, error: VitrineError) -> str:
    reason = error.fields.get("images", error.message)
    return reason if name in reason else f"{_shown(name)}: {reason}"


def _shown(name: str) -> str:
    return name if len(name) <= LONGEST_SHOWN or is_address(name) else f"{name[:LONGEST_SHOWN]}…"
