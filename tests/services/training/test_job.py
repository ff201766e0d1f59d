"""Runs from their start to the gate, with real models and a process that trains in no time."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from tests.worlds.lessons import said
from tests.worlds.verified_shops import Shop
from vitrine.core.clock import now
from vitrine.services import training
from vitrine.services.models import store
from vitrine.services.training import judging
from vitrine.services.training.gate import Outcome
from vitrine.tables.jobs import Job
from vitrine.tables.models import CANDIDATE, REFUSED


def test_a_good_run_is_stored_with_its_report_and_passes(verified: Shop, tmp_path: Path) -> None:
    shop = verified.making(verified.taught(tmp_path / "good"))
    run = shop.run(shop.started())
    assert (run.state, run.figures, run.log) == ("succeeded", {"loss": 0.25}, "begun")
    assert run.snapshot.startswith("clip-")
    assert run.model is not None
    assert (run.model.version, run.model.status, run.model.run_id) == ("tiny-2", CANDIDATE, run.id)
    gate = run.model.gate
    assert gate["passed"] is True
    main = gate["figures"][0]
    assert (main["name"], main["role"], main["verdict"]) == ("label_f1", "main", "better")
    assert main["candidate"] > 0.9 > main["active"]
    assert (gate["against"], gate["snapshot"]) == ("tiny-1", run.snapshot)
    with shop.runtime.sessions.read() as session:
        told = training.report(session, shop.runtime.ports.blobs, run.id)
        kept = store.fetch(shop.runtime.ports.blobs, run.model, tmp_path / "models")
    assert told == b"<!doctype html><p>How it went."
    assert (kept / "heads.npz").read_bytes() == (tmp_path / "good" / "heads.npz").read_bytes()
    room = shop.runtime.settings.data_dir / "training"
    assert not any(room.iterdir())


def test_a_run_on_shuffled_labels_is_refused(verified: Shop, tmp_path: Path) -> None:
    shop = verified.making(verified.taught(tmp_path / "shuffled", shuffled=True))
    run = shop.run(shop.started())
    assert run.state == "succeeded"
    assert run.model is not None
    assert run.model.status == REFUSED
    assert run.model.gate["passed"] is False
    assert run.model.gate["says"].startswith("Refused: the main figure is not surely better.")


def test_without_verified_products_it_says_what_to_do(shop: Shop) -> None:
    run = shop.having("raise AssertionError").run(shop.started())
    assert run.job is not None
    assert (run.state, run.job.error_code) == ("failed", "nothing_verified")
    assert "review desk" in (run.job.error_message or "")


def test_what_the_trainer_refuses_is_the_jobs_error(verified: Shop) -> None:
    message = "The snapshot has 3 photos; 30 are needed."
    error = {"kind": "Invalid", "code": "train_too_little", "message": message}
    shop = verified.having(said(error=error))
    run = shop.run(shop.started())
    assert run.job is not None
    assert (run.state, run.job.error_message) == ("failed", message)


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the gate pass everything: what is asked is how a run gets there."""
    told = {"snapshot": "clip-1", "against": "tiny-1", "recall_at": 10}
    outcome = Outcome(True, "Passed: by word.", 0, ())
    monkeypatch.setattr(judging, "judge", lambda *_given: (outcome, told))


FALLS_SILENT = """
import json, shutil, sys
made, order = sys.argv[1], json.loads(sys.argv[2])
for done, figures in enumerate(({"loss": 0.5}, {})):
    print(json.dumps({"done": done + 1, "total": 2, "figures": figures}), flush=True)
shutil.copytree(made, order["out"])
"""


@pytest.mark.usefixtures("unjudged")
def test_figures_stay_through_steps_that_measure_nothing(verified: Shop, tmp_path: Path) -> None:
    shop = verified.having(FALLS_SILENT, str(verified.taught(tmp_path / "good")))
    run = shop.run(shop.started())
    assert (run.state, run.figures) == ("succeeded", {"loss": 0.5})


DIES_ONCE = """
import json, os, pathlib, shutil, sys
made, order = sys.argv[1], json.loads(sys.argv[2])
work = pathlib.Path(order["work"])
work.mkdir(exist_ok=True)
if not (work / "checkpoint").exists():
    (work / "checkpoint").write_text("half")
    os.kill(os.getpid(), 9)
assert (work / "checkpoint").read_text() == "half"
shutil.copytree(made, order["out"])
"""


@pytest.mark.usefixtures("unjudged")
def test_a_killed_training_goes_on_from_its_checkpoint(verified: Shop, tmp_path: Path) -> None:
    shop = verified.having(DIES_ONCE, str(verified.taught(tmp_path / "good")))
    run_id = shop.started()
    run = shop.run(run_id)
    assert run.job is not None
    assert (run.state, run.job.error_code) == ("queued", "train_killed")
    with shop.runtime.sessions.write() as session:
        session.execute(update(Job).values(not_before=None))
    assert shop.run(run_id).state == "succeeded"


@pytest.mark.usefixtures("unjudged")
def test_a_run_whose_model_is_made_trains_no_more(
    verified: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = verified.making(verified.taught(tmp_path / "good"))
    run_id = shop.started()
    with monkeypatch.context() as broken:  # the worker dies when the model is judged
        broken.setattr(judging, "judge", lambda *_given: 1 / 0)
        assert shop.run(run_id).state == "failed"
    with shop.runtime.sessions.write() as session:
        session.execute(update(Job).values(status="queued"))
    again = shop.having("raise AssertionError('trained anew')")
    assert again.run(run_id).state == "succeeded"


WAITS = """
import json, sys, time
print(json.dumps({"done": 1, "total": 9, "figures": {"loss": 1.0}}), flush=True)
time.sleep(600)
"""


def test_a_cancelled_run_ends_and_makes_nothing(verified: Shop) -> None:
    shop = verified.having(WAITS)
    run_id = shop.started()
    # As a person does while it runs: the first look of the job at its lease finds it.
    with shop.runtime.sessions.write() as session:
        session.execute(update(Job).values(cancel_asked_at=now()))
    run = shop.run(run_id)
    assert (run.state, run.model) == ("cancelled", None)


def test_a_snapshot_that_was_tampered_with_is_refused(verified: Shop, tmp_path: Path) -> None:
    run_id = verified.started()
    shop = verified.having("import sys; sys.exit(1)")
    assert shop.run(run_id).state == "failed"
    folder = shop.runtime.settings.data_dir / "training" / run_id / "snapshot"
    (folder / "items.jsonl").write_text("{}\n")
    with shop.runtime.sessions.write() as session:
        session.execute(update(Job).values(status="queued"))
    run = shop.run(run_id)
    assert run.job is not None
    assert (run.state, run.job.error_code) == ("failed", "snapshot_tampered")
    assert "items.jsonl" in (run.job.error_message or "")
