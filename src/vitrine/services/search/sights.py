"""What was seen on photos lately: who picks an item, filters or turns a page asks with the same."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

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

    def look(self, vision: Vision, photo: bytes) -> Analysis:
        """What `vision.look` says; raises as it does."""
        return self._remembered(vision, photo, None, lambda: vision.look(photo))

    def boxed(self, vision: Vision, photo: bytes, box: Box) -> Analysis:
        """What `vision.analyze` says of the photo with the box; raises as it does."""
        return self._remembered(vision, photo, box, lambda: vision.analyze([photo], [box])[0])

    def _remembered(
        self, vision: Vision, photo: bytes, box: Box | None, see: Callable[[], Analysis]
    ) -> Analysis:
        key = (vision.versions, hashlib.sha256(photo).digest(), box)
        with self._changing:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        seen = see()
        with self._changing:
            self._known[key] = seen
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return seen
