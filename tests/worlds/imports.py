"""Imports of small tables, with pictures from pages of their own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from vitrine.core.errors import invalid
from vitrine.services import imports
from vitrine.services.imports import Outcome
from vitrine.wiring import Runtime


class Pages:
    """A Fetcher with pages of its own, that counts how often each was asked."""

    def __init__(self, **pages: bytes) -> None:
        self.pages = {f"https://shop.example/{name}.jpg": data for name, data in pages.items()}
        self.asked: Counter[str] = Counter()

    def fetch(self, url: str, most: int) -> bytes:
        self.asked[url] += 1
        if url not in self.pages:
            raise invalid("images", f"{url} answers 404")
        return self.pages[url]


def run(runtime: Runtime, path: Path, **given: object) -> list[Outcome]:
    """Import a CSV with columns sku, title, images."""
    # `given` holds options of two calls, each of a type of its own.
    source = imports.source(path, images=given.get("images"))  # type: ignore[arg-type]
    with imports.opened(source, imports.look(source)) as opened:
        return list(
            imports.import_opened(
                runtime.sessions,
                runtime.ports,
                runtime.settings.limits,
                opened,
                dry_run=bool(given.get("dry_run")),
            )
        )


def whats(outcomes: list[Outcome]) -> list[str]:
    return [outcome.what for outcome in outcomes]
