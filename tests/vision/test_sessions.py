"""Which session a run has."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.worlds import graphs
from vitrine.core import memory
from vitrine.core.priority import behind
from vitrine.vision import arena, sessions
from vitrine.vision.sessions import Graph, Runtime, open_graph

PIXELS = {"pixel_values": np.zeros((1, 3, graphs.SIZE, graphs.SIZE), dtype=np.float32)}


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """A graph whose runs take all cores."""
    monkeypatch.setattr(sessions, "_cores", lambda: 2)
    home = graphs.write_encoder(tmp_path)
    return open_graph(home / "image.onnx", Runtime(threads=2))


def _single(graph: Graph) -> bool:
    """Whether the session on one thread was wanted."""
    assert graph.single
    return graph.single.is_open


def test_one_person_has_all_cores(graph: Graph) -> None:
    graph.run(PIXELS, "image_embeds")
    assert not _single(graph)


def test_a_job_has_one_core_and_gets_the_same(graph: Graph) -> None:
    asked = graph.run(PIXELS, "image_embeds")
    with behind():
        found = graph.run(PIXELS, "image_embeds")
    assert _single(graph)
    assert np.array_equal(asked, found)


def test_people_who_want_models_at_once_have_one_core_each(graph: Graph) -> None:
    with graph.turns.taken():
        graph.run(PIXELS, "image_embeds")
    assert _single(graph)


def test_people_do_not_wait_for_runs_of_jobs(graph: Graph) -> None:
    held = 0
    with behind():
        while graph.turns.take(0.0):
            held += 1
    assert held
    assert graph.turns.take(0.0)
    graph.turns.give()
    with behind():
        for _ in range(held):
            graph.turns.give()


def test_what_nobody_wants_for_a_while_is_closed_and_opened_again(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        with behind():
            found = graph.run(PIXELS, "image_embeds")
        memory.trim()
        assert _single(graph)
        with monkeypatch.context() as later:
            later.setattr(arena, "RESTING", -1.0)
            memory.trim()
        assert not _single(graph)
        assert np.array_equal(graph.run(PIXELS, "image_embeds"), found)


def test_a_graph_whose_file_is_gone_runs_as_before(graph: Graph) -> None:
    shutil.rmtree(graph.path.parent)
    with behind():
        assert len(graph.run(PIXELS, "image_embeds")) == 1


@pytest.mark.parametrize(("threads", "cores"), [(1, 1), (1, 2), (2, 4)])
def test_runs_that_leave_cores_to_others_have_no_other_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int, cores: int
) -> None:
    monkeypatch.setattr(sessions, "_cores", lambda: cores)
    home = graphs.write_encoder(tmp_path)
    assert open_graph(home / "image.onnx", Runtime(threads)).single is None
