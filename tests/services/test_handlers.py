from __future__ import annotations

from vitrine.services.jobs import JobKind
from vitrine.services.jobs.kinds import Payload
from vitrine.wiring import Runtime


def test_every_kind_of_job_has_one_payload_and_something_that_runs_it(runtime: Runtime) -> None:
    assert set(runtime.runner.handlers) == set(JobKind)
    assert sorted(each.kind for each in Payload.__subclasses__()) == sorted(JobKind)
