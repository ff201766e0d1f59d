"""The Vision of every collection: of the settings' models, or of those in the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from vitrine.adapters.vision import EmbeddedVision, HttpVision, Supply
from vitrine.ports import Vision
from vitrine.vision.beside import Analyzers, Missing
from vitrine.vision.types import Versions


@dataclass(frozen=True, slots=True)
class EmbeddedVisions:
    """Models in this process: those of the store are loaded when first asked for."""

    analyzers: Analyzers
    supply: Supply
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, versions: Versions) -> EmbeddedVision:
        """The Vision that makes these vectors; raises as `supply` for a model it cannot have."""
        try:
            return EmbeddedVision(self.analyzers.of(versions))
        except Missing:
            return self._loaded(versions)

    def keep(self, models: Collection[str]) -> None:
        """Drop what is loaded of other models than these and the installed ones."""
        self.analyzers.keep(models)

    def _loaded(self, versions: Versions) -> EmbeddedVision:
        with self.lock:  # whoever else asks for it waits, and loads nothing
            while True:
                try:
                    return EmbeddedVision(self.analyzers.of(versions))
                except Missing as missing:
                    folder = self.supply(missing.role, missing.version)
                    self.analyzers.add(folder, missing.version)


@dataclass(frozen=True, slots=True)
class HttpVisions:
    """A server of models, which is given what it lacks; `watched` is what its calls pass."""

    server: HttpVision
    supply: Supply
    watched: Callable[[Vision], Vision]
    bound: dict[Versions, Vision] = field(default_factory=dict)

    def of(self, versions: Versions) -> Vision:
        """The Vision that makes these vectors, whatever models that server was started with."""
        found = self.bound.get(versions)
        if found is None:
            made = self.watched(self.server.bound(versions, self.supply))
            found = self.bound.setdefault(versions, made)
        return found

    def keep(self, models: Collection[str]) -> None:
        """Forget whom nobody asks for any more; the server drops what was used longest ago."""
        for versions in [each for each in self.bound if each.encoder not in models]:
            self.bound.pop(versions, None)
