from __future__ import annotations

import json

import numpy as np
import pytest

from tests.worlds import golden
from vitrine.vision import images
from vitrine.vision.analyzer import Analyzer


@pytest.fixture(scope="module")
def shipped() -> Analyzer:
    return golden.load()


def test_the_shipped_weights_make_the_vectors_they_always_made(shipped: Analyzer) -> None:
    kept = json.loads(golden.FILE.read_text())
    assert kept.pop("versions") == f"{shipped.versions.encoder} {shipped.versions.preprocess}"
    made = golden.vectors(shipped)
    assert made.keys() == kept.keys()
    for name, vector in kept.items():
        assert np.allclose(made[name], vector, atol=1e-3), name
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3), name


def test_the_vectors_tell_things_apart(shipped: Analyzer) -> None:
    made = {name: np.asarray(vector) for name, vector in golden.vectors(shipped).items()}
    whole, box = made["striped patch"], made["striped patch, its box"]
    assert whole @ box > whole @ made["waves"] + 0.1
    assert made["text: red dress"] @ made["text: navy check shirt"] < 0.9


def test_company_in_a_batch_does_not_change_a_vector(shipped: Analyzer) -> None:
    opened = [(images.open(data), box) for data, box in golden.pictures().values()]
    together = shipped.analyze([each for each, _ in opened], [box for _, box in opened])
    for (picture, box), analysis in zip(opened, together, strict=True):
        alone = shipped.analyze([picture], [box])[0].detections[0].embedding
        beside = analysis.detections[0].embedding
        assert alone is not None
        assert beside is not None
        assert np.allclose(alone, beside, atol=1e-5)
