"""What is counted of models on a test part, by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.worlds import graphs
from tests.worlds.fakes import FakeVision
from vitrine.core.errors import Invalid
from vitrine.services.evaluation.gallery import Photo
from vitrine.services.training import detectors, encoders
from vitrine.services.training.held import Held
from vitrine.services.training.looking import Seen
from vitrine.services.training.statistics import Statistic


def unheard(_done: int, _total: int) -> None:
    """Nobody listens."""


def held(key: str, group: str, split: str = "test", **labels: str) -> Held:
    told = {facet: frozenset({value}) for facet, value in labels.items()}
    return Held(key, group, f"Title {key}", split, dict(labels), told, ())


def seen(products: list[Held], angles: list[float], said: list[Mapping[str, str]]) -> Seen:
    """Products whose vectors lie at these angles, the same in both views."""
    turned = np.radians(angles)
    vectors = np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)
    photos = [Photo(one, vector) for one, vector in zip(products, vectors, strict=True)]
    return Seen(products, photos, photos, said)


def value(figure: Statistic, products: int = 4) -> float:
    return float(figure.of(np.ones((1, products)))[0])


def test_labels_count_where_people_know_the_facet_and_a_value_is_frequent() -> None:
    first: dict[str, str] = {"fit": "slim"}
    more = [first, {}, {}, {}]
    products = [held(str(n), str(n), category="dress", **some) for n, some in enumerate(more)]
    dress = {"category": "dress", "fit": "loose"}
    said: list[Mapping[str, str]] = [dress, dress, {"category": "skirt"}, {}]
    figure = encoders.label_f1(seen(products, [0, 10, 20, 30], said))
    # Two of four dresses were said: precision 1, recall 1/2. Of one slim thing nothing is counted.
    assert value(figure) == pytest.approx(2 * 2 / (4 + 2))
    assert figure.n == 4


def test_another_of_a_design_is_found_among_the_first_and_the_product_itself_does_not_count() -> (
    None
):
    products = [held("a", "one"), held("b", "one"), held("c", "two"), held("d", "three")]
    # Beside a lies c, then b: among the first one it does not find its design, of two it does.
    shop = seen(products, [0, 9, 5, 90], [{}] * 4)
    for k, right in ((1, 0.0), (2, 1.0)):
        figure = encoders.measure(FakeVision(), _titled(shop), k)["design_recall"]
        assert figure.n == 2
        assert value(figure) == right


def _titled(shop: Seen) -> Seen:
    """Vectors as long as those of the fake's words."""
    photos = [Photo(one.of, np.pad(one.vector, (0, 62)).astype(np.float32)) for one in shop.first]
    return Seen(shop.products, photos, photos, shop.said)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """Two test photos with one red thing each, marked as it is."""
    for folder in ("images/test", "labels/test"):
        (tmp_path / "snapshot" / folder).mkdir(parents=True)
    root = tmp_path / "snapshot"
    for name, (x, y) in {"a": (8, 8), "b": (20, 24)}.items():
        picture = Image.new("RGB", (64, 64), "white")
        ImageDraw.Draw(picture).rectangle((x, y, x + 23, y + 31), fill="#e01010")
        picture.save(root / "images" / "test" / f"{name}.png")
        box = f"{(x + 12) / 64} {(y + 16) / 64} {24 / 64} {32 / 64}"
        (root / "labels" / "test" / f"{name}.txt").write_text(f"0 {box}\n")
    (root / "data.yaml").write_text('names:\n  0: "top"\n')
    return root


def test_precision_is_that_of_the_boxes_of_the_test_part(snapshot: Path, tmp_path: Path) -> None:
    sees = graphs.write_detector(tmp_path / "models", name="sees")
    blind = graphs.write_detector(tmp_path / "models", [(0, 0, 5, 5, 0.9, 0)], name="blind")
    good = detectors.measure(sees, snapshot, {}, unheard)
    bad = detectors.measure(blind, snapshot, {"a": "one", "b": "one"}, unheard)
    assert (good.products, bad.products) == (2, 1)
    assert value(good.figures["map50"], 2) == pytest.approx(1.0)
    assert value(bad.figures["map50"], 1) == 0.0
    assert good.figures["map50"].n == 2


def test_a_detector_without_the_kinds_of_the_boxes_is_refused(
    snapshot: Path, tmp_path: Path
) -> None:
    other = graphs.write_detector(tmp_path / "models", kinds=("shoe", "bag"))
    with pytest.raises(Invalid, match="does not know the kinds top"):
        detectors.measure(other, snapshot, {}, unheard)
