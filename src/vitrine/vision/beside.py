"""Models beside the installed ones: what other collections than the settings' were made by."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from vitrine.core.errors import Conflict, Invalid
from vitrine.core.groups import VisionSettings
from vitrine.vision import analyzer, items, nets, registry
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.nets import Detector
from vitrine.vision.types import NO_DETECTOR, Versions

Model = TypeVar("Model")

ENCODER, DETECTOR = "encoder", "detector"
MISSING = "model_not_held"
"""The code of the error that says so, also over HTTP."""


class Missing(Conflict):
    """A model that somebody asks for is not loaded here; give its files and ask again."""

    def __init__(self, role: str, version: str) -> None:
        super().__init__(
            MISSING,
            f"The {role} {version} is not loaded here.",
            fields={"role": role, "version": version},
        )
        self.role = role
        self.version = version


class Analyzers:
    """The installed Analyzer, and beside it at most `most` other models, the latest used.

    Shared between threads. A detector is one for all: the installed, or one that was asked for.
    """

    def __init__(self, installed: Analyzer, settings: VisionSettings, most: int) -> None:
        self.installed = installed
        self._settings = settings
        self._most = most
        self._encoders: OrderedDict[str, Analyzer] = OrderedDict()
        self._detectors: OrderedDict[str, Detector] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def held(self) -> frozenset[str]:
        """The versions of the models loaded beside the installed ones."""
        with self._lock:
            return frozenset((*self._encoders, *self._detectors))

    def of(self, wanted: Versions) -> Analyzer:
        """The Analyzer that makes such vectors; raises Missing where its model is not loaded.

        Without a detector named it is the installed one. Raises Invalid for pixels that this
        version of Vitrine does not make.
        """
        detector = self._detector(wanted.detector)
        found = self._encoder(wanted.encoder)
        same = found.versions.collection == wanted.collection
        if same and detector is None:
            return found
        return found.remade(wanted.preprocess, wanted.text_share, detector)

    def add(self, folder: Path, version: str) -> None:
        """Load the model of a folder and hold it; what was used longest ago goes for it.

        Raises Invalid where the folder does not hold that version, whole and unchanged.
        """
        card = read_card(folder / "card.json")
        if card.model_version != version:
            raise Invalid("model_version", f"These are files of {card.model_version}.")
        registry.verify(card, folder)
        if isinstance(card, EncoderCard):
            here = self.installed
            loaded = analyzer.assembled(card, folder, here.detector, self._settings, here.limits)
            loaded.warm_up()
            self._keep(self._encoders, version, loaded)
        else:
            detector = nets.detector_in(folder, card, self._settings)
            self._keep(self._detectors, version, detector)

    def keep(self, versions: Collection[str]) -> None:
        """Drop every model beside the installed that is none of these."""
        wanted = {each.removesuffix(f"-{items.RULE}") for each in versions}
        with self._lock:
            for held in (self._encoders, self._detectors):
                for version in held.keys() - wanted:
                    del held[version]

    def _encoder(self, version: str) -> Analyzer:
        if version == self.installed.versions.encoder:
            return self.installed
        with self._lock:
            if version not in self._encoders:
                raise Missing(ENCODER, version)
            self._encoders.move_to_end(version)
            return self._encoders[version]

    def _detector(self, version: str) -> Detector | None:
        """The detector of that version, None for the installed one."""
        if version in ("", NO_DETECTOR, self.installed.versions.detector):
            return None
        name = version.removesuffix(f"-{items.RULE}")
        with self._lock:
            if name not in self._detectors:
                raise Missing(DETECTOR, name)
            self._detectors.move_to_end(name)
            return self._detectors[name]

    def _keep(self, held: OrderedDict[str, Model], version: str, loaded: Model) -> None:
        with self._lock:
            held[version] = loaded
            held.move_to_end(version)
            while len(held) > self._most:
                held.popitem(last=False)
