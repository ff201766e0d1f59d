"""A drawn shop and a tiny random model, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.finetune import shops
from tests.worlds import checkpoints
from vitrine.convert.checking import Sample
from vitrine.convert.converting import Wanted, convert
from vitrine.finetune import learning


@pytest.fixture(scope="session", autouse=True)
def _often() -> Iterator[None]:
    """Look at the figures often, so that few steps are enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learning, "EVERY", 8)
        yield


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 products, verified."""
    return shops.write(tmp_path_factory.mktemp("shop") / "clip", 80, verified=True)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Model folders "clip" and "siglip" as `vitrine models convert` makes them."""
    home = tmp_path_factory.mktemp("models")
    for name, write in (("clip", checkpoints.write_clip), ("siglip", checkpoints.write_siglip)):
        written = write(home / f"{name}-checkpoint")
        wanted = Wanted(str(written), name=name)
        convert(wanted, home, lambda: Sample(checkpoints.pictures(), checkpoints.TEXTS), _silent)
    return home


def _silent(_what: str) -> None:
    """Nobody listens."""
