"""Puts the built front end into the wheel, so that `pip install` is all that Vitrine needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "web/dist"


class FrontEnd(BuildHookInterface[Any]):
    """Names the built front end; an editable install serves it from where it was built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the front end to a wheel; raises where it is not built, for pages would miss."""
        if version == "editable":
            return
        if not (Path(self.root) / BUILT / "index.html").is_file():
            raise FileNotFoundError(f"{BUILT}/index.html: build the front end first (make web)")
        build_data["force_include"][BUILT] = "vitrine/web"
