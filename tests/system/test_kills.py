"""Every accepted upload is indexed once, though workers are killed meanwhile."""

from __future__ import annotations

import pytest

from tests.worlds import kills
from vitrine.core.settings import Settings

UPLOADS = 15


@pytest.mark.timeout(300)
def test_no_upload_is_lost_and_none_is_indexed_twice(hasty_shop: Settings) -> None:
    tally = kills.run(hasty_shop, UPLOADS, workers=2)
    assert tally.kills == 3, tally.as_json()
    assert (tally.accepted, tally.products, tally.results) == (UPLOADS,) * 3, tally.as_json()
    assert tally.jobs == {"succeeded": UPLOADS}, tally.as_json()
    assert not tally.lost, tally.as_json()
    assert not tally.twice, tally.as_json()
    assert tally.vectors_missing == 0, tally.as_json()
