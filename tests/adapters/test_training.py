"""Trainings in processes of their own: heard, ended with all they began, and their ends told."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.lessons import COPIES, said, scripted
from tests.worlds.waiting import eventually
from vitrine.adapters import training
from vitrine.adapters.training import TrainingProcess
from vitrine.core.errors import Conflict, Full, Invalid, Unavailable, VitrineError
from vitrine.core.settings import Settings
from vitrine.ports import Heard, Lesson


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    for name in ("snapshot", "base", "made"):
        (tmp_path / name).mkdir()
    snapshot, base, out, work = (tmp_path / name for name in ("snapshot", "base", "out", "work"))
    return Lesson("encoder", snapshot, base, out, work, seed=3, steps=5, minutes=None)


def unheard(_heard: Heard) -> None:
    """Nobody listens."""


def test_a_training_makes_its_folder_and_is_heard_to_the_end(
    settings: Settings, lesson: Lesson, tmp_path: Path
) -> None:
    heard: list[Heard] = []
    scripted(settings, COPIES, str(tmp_path / "made")).train(lesson, heard.append)
    assert lesson.out.is_dir()
    assert heard[-1] == Heard(2, 2, {"loss": 0.25}, ("begun",))


def test_only_the_last_lines_are_kept(settings: Settings, lesson: Lesson) -> None:
    heard: list[Heard] = []
    program = "for n in range(500): print(f'line {n}')"
    scripted(settings, program).train(lesson, heard.append)
    assert len(heard[-1].log) == training.LINES
    assert heard[-1].log[-1] == "line 499"


SPAWNS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
"""A trainer that begins something, and that both outlast the test unless somebody ends them."""


def test_whoever_hears_may_end_it_and_all_that_it_began(
    settings: Settings, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "TICK", 0.05)
    pids: list[int] = []

    class Enough(Exception):
        pass

    def hear(heard: Heard) -> None:
        pids.extend(int(line) for line in heard.log)
        if pids:
            raise Enough

    with pytest.raises(Enough):
        scripted(settings, SPAWNS).train(lesson, hear)
    eventually(lambda: not _runs(pids[0]), "the child of the training lives on")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("program", "kind", "code"),
    [
        (said(error={"kind": "Invalid", "code": "train_too_little", "message": "Too little."}),
         Invalid, "train_too_little"),
        (said(error={"kind": "Conflict", "code": "train_exists", "message": "Is there."}),
         Conflict, "train_exists"),
        (said(error={"kind": "Full", "code": "disk_full", "message": "Full."}), Full, "disk_full"),
        ("import os; os.kill(os.getpid(), 9)", Unavailable, "train_killed"),
        ("raise KeyError('a fault of ours')", Invalid, "train_failed"),
    ],
)  # fmt: skip
def test_a_bad_end_is_told_by_its_reason(
    settings: Settings, lesson: Lesson, program: str, kind: type[VitrineError], code: str
) -> None:
    with pytest.raises(kind) as refused:
        scripted(settings, program).train(lesson, unheard)
    assert refused.value.code == code


def test_what_went_wrong_unexpectedly_is_told_by_its_last_line(
    settings: Settings, lesson: Lesson
) -> None:
    with pytest.raises(Invalid, match="a fault of ours"):
        scripted(settings, "raise KeyError('a fault of ours')").train(lesson, unheard)


def test_an_interpreter_that_is_not_there_is_told_with_its_setting(
    settings: Settings, lesson: Lesson
) -> None:
    with pytest.raises(Invalid, match="VITRINE_TRAINING__PYTHON"):
        TrainingProcess(settings, ("/nowhere/python",)).train(lesson, unheard)


def test_without_the_train_extra_it_says_what_to_install(
    settings: Settings, lesson: Lesson
) -> None:
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "from vitrine.finetune.__main__ import main\n"
        "sys.exit(main(sys.argv[1]))"
    )
    with pytest.raises(Invalid, match=r"vitrine\[train\]") as refused:
        scripted(settings, program).train(lesson, unheard)
    assert refused.value.code == "train_extra"


def test_the_program_itself_tells_how_far_it_is_and_ends_well(
    settings: Settings, lesson: Lesson
) -> None:
    program = (
        "import sys, types\n"
        "def tune(spec, progress):\n"
        "    progress(1, 1, {'loss': float(spec.seed)})\n"
        "    spec.out.mkdir()\n"
        "    return spec.out\n"
        "sys.modules['own'] = types.ModuleType('own')\n"
        "sys.modules['own'].tune = tune\n"
        "from vitrine.finetune import __main__ as program\n"
        "program.WAYS = {'detector': ('own', 'tune')}\n"
        "sys.exit(program.main(sys.argv[1]))"
    )
    heard: list[Heard] = []
    scripted(settings, program).train(replace(lesson, kind="detector"), heard.append)
    assert heard[-1] == Heard(1, 1, {"loss": 3.0})
    assert lesson.out.is_dir()
    assert lesson.work.is_dir()


def test_a_training_ends_with_whoever_started_it() -> None:
    program = (
        "import threading, time\n"
        "from vitrine.finetune.__main__ import _end_with_parent\n"
        "threading.Thread(target=_end_with_parent, daemon=True).start()\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.stdin.close()
        assert child.wait(60) == 1


def test_a_room_is_kept_until_it_is_forgotten(settings: Settings) -> None:
    trainer = TrainingProcess(settings)
    (trainer.room("a-run") / "checkpoint").write_text("half")
    assert (trainer.room("a-run") / "checkpoint").read_text() == "half"
    trainer.forget("a-run")
    assert not any(trainer.room("a-run").iterdir())
