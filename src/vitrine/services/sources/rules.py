"""What the settings say of sources, and what a source keeps secret."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from vitrine.core import sealing
from vitrine.core.errors import Invalid, invalid
from vitrine.core.groups import LimitSettings, ShopSettings, SourceSettings
from vitrine.core.settings import Settings
from vitrine.tables.sources import Source

PURPOSE = "source"


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the settings pulls go by; `private` is whether networks of one's own are asked."""

    key: bytes
    sources: SourceSettings
    limits: LimitSettings
    shop: ShopSettings
    private: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of the settings."""
        private = bool(settings.fetch.networks)
        return cls(settings.secret, settings.sources, settings.limits, settings.shop, private)

    def place(self, folder: str) -> Path:
        """The file or folder of that name under the root; raises Invalid where it leads outside."""
        if self.sources.root is None:
            raise invalid("folder", "is not allowed: VITRINE_SOURCES__ROOT is not set")
        root = self.sources.root.resolve()
        try:
            path = (root / folder).resolve()
        except (OSError, ValueError):
            raise invalid("folder", "is no name of a folder") from None
        if not path.is_relative_to(root):
            raise invalid("folder", "lies outside VITRINE_SOURCES__ROOT")
        if not path.exists():
            raise Invalid("source_refused", f"There is no {folder!r} under VITRINE_SOURCES__ROOT.")
        return path


class Secrets(NamedTuple):
    """The query of an address, and the header that signs in there."""

    query: str = ""
    authorization: str = ""

    def sealed(self, key: bytes) -> str:
        """As a row keeps them; empty where there are none."""
        return sealing.seal(json.dumps(self), key, PURPOSE) if any(self) else ""


def secrets_of(source: Source, key: bytes) -> Secrets:
    """What the source keeps; raises Conflict where the settings' secret is another by now."""
    if not source.sealed:
        return Secrets()
    return Secrets(*json.loads(sealing.unseal(source.sealed, key, PURPOSE)))
