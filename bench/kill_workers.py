"""200 concurrent uploads while three workers are killed with SIGKILL, for both kinds of queue.

    .venv/bin/python -m pytest bench/kill_workers.py -s -p no:randomly

prints one JSON line for each; it needs redis-server and postgresql.
"""

from __future__ import annotations

import pytest

from tests.worlds import kills
from vitrine.core.settings import Settings

UPLOADS = 200


@pytest.mark.timeout(900)
def test_200_uploads(hasty_shop: Settings) -> None:
    """None of them is lost, and none is indexed twice."""
    tally = kills.run(hasty_shop, UPLOADS, workers=3)
    print("\n" + tally.as_json())
    assert tally.jobs == {"succeeded": UPLOADS}
    assert not [*tally.lost, *tally.twice]
    assert tally.vectors_missing == 0
