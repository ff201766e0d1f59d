from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.worlds import graphs
from tests.worlds.analyzers import Load
from tests.worlds.servers import FLAT
from vitrine.core.groups import VisionSettings
from vitrine.vision import analyzer, images
from vitrine.vision.analyzer import Analyzer


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny encoder and a detector that sees strong colours."""
    folder = tmp_path_factory.mktemp("models")
    graphs.write_encoder(folder)
    graphs.write_detector(folder, name="colours")
    return folder


@pytest.fixture(scope="session")
def load(models: Path) -> Load:
    def load_with(**settings: Any) -> Analyzer:
        tiny = {"encoder": "tiny", "models_dir": models, "threads": 1, "quality": FLAT}
        chosen: dict[str, Any] = {**tiny, **settings}
        return analyzer.load(VisionSettings(**{"detector": None} | chosen), images.Limits())

    return load_with


@pytest.fixture(scope="session")
def plain(load: Load) -> Analyzer:
    """The tiny encoder without a detector."""
    return load()


@pytest.fixture(scope="session")
def seeing(load: Load) -> Analyzer:
    """The tiny encoder with a detector that sees strong colours."""
    return load(detector="colours")
