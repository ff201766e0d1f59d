from __future__ import annotations

import pytest

from vitrine.db import Sessions
from vitrine.services import models
from vitrine.tables.calibration import ValueMapping


def test_a_meaning_is_sure_by_a_person_by_name_or_as_far_as_pictures_agree(
    sessions: Sessions,
) -> None:
    def candidates(words: float, pictures: float | None) -> dict[str, object]:
        return {"candidates": [{"word": "beige", "words": words, "pictures": pictures}]}

    rows: dict[str, dict[str, object]] = {
        "sand": {"proposed": "beige", "evidence": candidates(0.64, 0.25)},
        "rare": {"proposed": "beige", "evidence": candidates(0.5, None)},
        "beiges": {"proposed": "beige", "evidence": candidates(1.0, 0.1)},
        "ecru": {"stated": "beige", "evidence": candidates(0.1, 0.1)},
        "none": {"proposed": None, "evidence": candidates(0.1, 0.1)},
        "ours": {"stated": "", "proposed": "beige", "evidence": candidates(0.9, 0.9)},
    }
    with sessions.write() as session:
        for value, given in rows.items():
            session.add(ValueMapping(facet="colour", value=value, spelled=value, **given))
    with sessions.read() as session:
        told = {value: surety for (_, value), surety in models.sureties(session).items()}
    assert told == {
        "sand": pytest.approx(0.4),
        "rare": pytest.approx(0.025**0.5),
        "beiges": 1.0,
        "ecru": 1.0,
    }
