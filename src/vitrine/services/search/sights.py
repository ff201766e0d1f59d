"""What was seen on photos lately: who picks an item, filters or turns a page asks with the same."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from vitrine.core.errors import VitrineError
from vitrine.core.priority import answering
from vitrine.ports import Vision
from vitrine.vision.types import Analysis, Box, Versions

MOST = 256
"""So many are remembered: vectors, boxes and labels, some kilobytes each, and no pixels."""

LONG = 5.0
"""Seconds in which a photo is looked at, wherever the models are."""

_Key = tuple[Versions, bytes, Box | None]


class Sights:
    """Remembers what Visions said of photos, those asked for longest ago forgotten first; for all
    threads of a process.

    Who asks for a photo that another one's Vision is just looking at waits for what it says: a page
    that searches with a photo asks for its items at the same time.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[_Key, Analysis] = OrderedDict()
        self._coming: dict[_Key, Future[Analysis]] = {}
        self._changing = threading.Lock()
        self._foreseeing = threading.Lock()

    def foresee(self, look: Callable[[], object]) -> None:
        """Have `look`, which asks what is `seen` on a photo, begin on a thread of its own unless
        one does already; whoever asks for the same meanwhile waits for it."""
        if self._foreseeing.acquire(blocking=False):
            threading.Thread(target=self._foresee, args=(look,), daemon=True).start()

    def rest(self) -> None:
        """Return once nobody looks ahead, or after so long: what `look` asks is about to close."""
        if self._foreseeing.acquire(timeout=LONG):
            self._foreseeing.release()

    def _foresee(self, look: Callable[[], object]) -> None:
        try:
            with answering(), suppress(VitrineError):  # whoever asks is told
                look()
        finally:
            self._foreseeing.release()

    def seen(self, vision: Vision, photo: bytes, box: Box | None = None) -> Analysis:
        """What `vision.analyze` says of the photo, with that box if one is given; raises as it."""
        key = (vision.versions, hashlib.sha256(photo).digest(), box)
        with self._changing:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
            coming = self._coming.get(key)
            if coming is None:
                mine = self._coming[key] = Future[Analysis]()
        if coming is not None:
            return coming.result()
        try:
            [found] = vision.analyze([photo], None if box is None else [box])
        except BaseException as error:
            self._ended(key)
            mine.set_exception(error)
            raise
        self._ended(key, found)
        mine.set_result(found)
        return found

    def _ended(self, key: _Key, found: Analysis | None = None) -> None:
        with self._changing:
            del self._coming[key]
            if found is not None:
                self._known[key] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
