"""A few of the requests of `python -m bench.fuzz_api`, which goes on for minutes."""

from __future__ import annotations

import pytest

from tests.worlds.hostile import CALLERS, Siege
from vitrine.api.app import document
from vitrine.wiring import Runtime


@pytest.mark.timeout(600)  # a busy machine is no failure
def test_nothing_is_answered_that_the_document_does_not_allow(runtime: Runtime) -> None:
    tally = Siege(runtime, seed=15).run(examples=1)
    operations = sum(len(methods) for methods in document()["paths"].values())
    assert tally.found == {}
    assert tally.answers.total() > operations * len(CALLERS)
    assert {200, 201, 202, 204, 401, 403, 404, 409, 422} <= set(tally.answers)
