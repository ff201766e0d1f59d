"""What was seen on photos lately: who picks an item, filters or turns a page asks with the same."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from vitrine.ports import Vision
from vitrine.vision.types import Analysis, Box, Versions

MOST = 256
"""So many are remembered: vectors, boxes and labels, some kilobytes each, and no pixels."""

_Key = tuple[Versions, bytes, Box | None]


class Sights:
    """Remembers what Visions said of photos, those asked for longest ago forgotten first; for all
    threads of a process."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[_Key, Analysis] = OrderedDict()
        self._changing = threading.Lock()

    def seen(self, vision: Vision, photo: bytes, box: Box | None = None) -> Analysis:
        """What `vision.analyze` says of the photo, with that box if one is given; raises as it."""
        key = (vision.versions, hashlib.sha256(photo).digest(), box)
        with self._changing:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        [found] = vision.analyze([photo], None if box is None else [box])
        with self._changing:
            self._known[key] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found
