"""What a JPEG's markers tell of it: how it is decoded, and whether all of it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

# In coded data 0xFF is followed by 0x00, or by the number of a restart. The first 0xFF stands by
# itself, for a letter that a pattern must begin with is looked for forty times as fast as a group.
_MARKER = re.compile(rb"\xff\xff*([^\x00\xff\xd0-\xd7])", re.DOTALL)
_RESTART = re.compile(rb"\xff([\xd0-\xd7])", re.DOTALL)
_RESTARTING = b"\xff\xdd\x00\x04"
_BEGIN, _END, _SCAN, _ADOBE = 0xD8, 0xD9, 0xDA, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BY_ROWS = frozenset((0xC0, 0xC1, 0xC9))
"""Frames that need not be held whole, unlike progressive ones."""
_SIDE = frozenset((*range(0xE0, 0xF0), 0xFE)) - {_ADOBE}
"""Application data and comments; Adobe's marker says which colours the numbers are."""

MOST_SEGMENTS, MOST_SCANS = 10_000, 200
"""Photos have a few hundred and about ten; each scan is work over the whole picture."""

FILLERS = (bytes(64), b"\xaa" * 64)
"""Two bit streams that differ from their first bit on."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker, where it begins, and what it carries."""

    marker: int
    start: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Structure:
    """The frame, the headers of all scans, and whether the end marker is there."""

    frame: Segment
    scans: tuple[bytes, ...]
    ended: bool

    @property
    def held_samples(self) -> int:
        """How many samples a decoder must hold at once; none where it may go row by row."""
        parts = [(each >> 4, each & 15) for each in self.frame.body[7::3]]
        if self.frame.marker in _BY_ROWS and self.scans[0][0] == len(parts):
            return 0
        height, width = (int.from_bytes(self.frame.body[at : at + 2], "big") for at in (1, 3))
        most = max(across for across, _ in parts) * max(down for _, down in parts)
        return width * height * sum(across * down for across, down in parts) // max(1, most)

    @property
    def sent(self) -> bool:
        """Whether the scans bring every coefficient of every component to its last bit."""
        final: dict[int, set[int]] = {part: set() for part in self.frame.body[6::3]}
        for scan in self.scans:
            first, last, bits = scan[-3:]
            for part in scan[1:-3:2] if bits & 15 == 0 else ():
                final[part].update(range(first, last + 1))
        return all(len(coefficients) >= 64 for coefficients in final.values())


def structure(data: bytes) -> Structure:
    """What the markers say; raises ValueError for a photo without, or with far too many."""
    frame, scans, ended = None, list[bytes](), False
    for each in segments(data):
        frame = each if frame is None and each.marker in _FRAMES else frame
        if each.marker == _SCAN:
            scans.append(each.body)
        ended = each.marker == _END
        if len(scans) > MOST_SCANS:
            raise ValueError(f"over {MOST_SCANS} scans")
    if frame is None or not scans or not scans[0]:
        raise ValueError("no picture follows the header")
    return Structure(frame, tuple(scans), ended)


def segments(data: bytes) -> Iterator[Segment]:
    """Every marker from the first to the end marker; raises ValueError for far too many."""
    place = 2
    for _ in range(MOST_SEGMENTS):
        match = _MARKER.search(data, place)
        if match is None:
            return
        marker, place = match[1][0], match.end()
        if marker in (_BEGIN, 0x01):
            continue
        length = 0 if marker == _END else int.from_bytes(data[place : place + 2], "big")
        yield Segment(marker, match.start(), data[place + 2 : place + length])
        if marker == _END:
            return
        place += max(length, 2)
    raise ValueError(f"over {MOST_SEGMENTS:,} segments")


def endings(data: bytes) -> Iterator[bytes]:
    """The photo ended in several ways: where all give equal pixels, none of them is missing."""
    # One zero may be data; more are what a broken transfer leaves behind.
    body = data.rstrip(b"\x00") if data.endswith(b"\x00\x00") else data
    body = body.removesuffix(b"\xff")
    for filler in FILLERS:
        yield body + filler + b"\xff\xd9"
    if _RESTARTING in body:
        # A decoder that waits for a restart takes nothing before it.
        seen = _RESTART.findall(body)
        number = (seen[-1][0] + 1) & 7 if seen else 0
        yield body + bytes((0xFF, 0xD0 | number)) + FILLERS[1] + b"\xff\xd9"


def bare(data: bytes) -> bytes:
    """The photo without comments and application data."""
    found = [*segments(data), Segment(_END, len(data), b"")]
    head = list(takewhile(lambda each: each.marker not in (_SCAN, _END), found))
    ends = [each.start for each in found[1:]]
    kept = (
        data[each.start : end]
        for each, end in zip(head, ends, strict=False)
        if each.marker not in _SIDE and not (each.marker == _ADOBE and len(each.body) < 12)
    )
    return data[:2] + b"".join(kept) + data[found[len(head)].start :]
