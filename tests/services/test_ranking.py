from __future__ import annotations

import numpy as np
import pytest

from vitrine.services.ranking import Candidate, blend, choose_primary

X, Y = np.eye(2, dtype=np.float32)


def test_the_primary_is_the_largest_crop_of_the_first_image_that_has_one() -> None:
    crops = [
        Candidate("later", 1, 900.0, 0.99),
        Candidate("small", 0, 100.0, 0.99),
        Candidate("large", 0, 400.0, 0.30),
    ]
    assert choose_primary(crops) == "large"
    assert choose_primary(reversed(crops)) == "large"
    assert choose_primary([]) is None


def test_ties_go_to_the_better_score_then_to_the_older_crop() -> None:
    crops = [Candidate("b", 0, 1.0, 0.5), Candidate("a", 0, 1.0, 0.5), Candidate("c", 0, 1.0, 0.9)]
    assert choose_primary(crops) == "c"
    assert choose_primary(crops[:2]) == "a"


def test_blend_is_a_unit_vector_between_picture_and_words() -> None:
    assert np.allclose(blend(X, Y, 0.5), (X + Y) / np.sqrt(2))
    assert np.allclose(blend(X, Y, 1.0), X)
    assert np.allclose(blend(X, Y, 0.0), Y)
    assert blend(X, None, 0.2) is X
    assert blend(None, Y, 0.2) is Y
    assert blend(X, -X, 0.5) is X
    with pytest.raises(ValueError, match="needed"):
        blend(None, None, 0.5)
