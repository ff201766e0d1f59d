"""Every accepted upload is indexed once, though workers are killed meanwhile."""

from __future__ import annotations

import pytest

from tests.worlds import graphs, kills
from vitrine.core.settings import Settings

UPLOADS = 30
HASTE = {"lease": 2.0, "sweep_every": 0.3, "resend_after": 3.0}


@pytest.fixture(params=["threads", pytest.param("celery", marks=pytest.mark.servers)])
def shop(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    graphs.write_encoder(settings.data_dir / "models")
    given = settings.model_dump() | {"queue": dict(HASTE)}
    given["vision"] |= {"encoder": "tiny", "detector": None}
    if request.param == "celery":
        given["database"] = {"url": request.getfixturevalue("postgres_database")}
        given["vectors"] = {"kind": "server", "port": request.getfixturevalue("chroma_port")}
        given["queue"] |= {"kind": "celery", "broker_url": request.getfixturevalue("redis_url")}
    return Settings.model_validate(given)


@pytest.mark.timeout(300)
def test_no_upload_is_lost_and_none_is_indexed_twice(shop: Settings) -> None:
    tally = kills.run(shop, UPLOADS, workers=3)
    assert tally.kills == 3, tally.as_json()
    assert (tally.accepted, tally.products, tally.results) == (UPLOADS,) * 3, tally.as_json()
    assert tally.jobs == {"succeeded": UPLOADS}, tally.as_json()
    assert not tally.lost, tally.as_json()
    assert not tally.twice, tally.as_json()
    assert tally.vectors_missing == 0, tally.as_json()
