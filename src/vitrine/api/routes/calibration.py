"""Fitting to the catalogue, and what the shop's own values mean."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, RuntimeDep, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.jobs import Job, JobAnswer
from vitrine.api.schemas.mappings import Decision, Mapping, Mappings, mapping_told
from vitrine.services import calibration

router = guarded("/v1/calibration", "system")


@router.post("", status_code=202, summary="Fit levels, labels and words to the catalogue")
def calibrate(session: WriteSession, runtime: RuntimeDep, caller: CallerDep) -> JobAnswer:
    """A job that does it; the one that waits already, if there is one."""
    job = calibration.submit(session, runtime.ports.queue, caller.user_id)
    session.flush()
    return JobAnswer(job=Job.model_validate(job))


@router.get("/mappings", summary="List what the shop's values mean")
def list_mappings(session: ReadSession, facet: str | None = None) -> Mappings:
    """Every value that products stated at the last fit, with the word it means and why."""
    found = calibration.mappings(session, facet)
    return Mappings(mappings=[mapping_told(row) for row in found])


@router.put("/mappings/{facet}", summary="Decide what a value means")
def decide_mapping(
    facet: str, asked: Decision, session: WriteSession, runtime: RuntimeDep, caller: CallerDep
) -> Mapping:
    """A person's word wins over every later proposal, until taken back with null."""
    place = (facet, asked.value)
    row = calibration.decide(session, runtime.ports.queue, place, asked.word, caller.user_id)
    session.flush()
    return mapping_told(row)
