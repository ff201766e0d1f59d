from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from tests.worlds.fakes import ExactIndex
from tests.worlds.programs import free_port
from tests.worlds.waiting import eventually
from vitrine.adapters import index_process, vectors
from vitrine.adapters.index_process import IndexProcess
from vitrine.adapters.vectors import ChromaIndex, embedded_index, server_index
from vitrine.core.errors import Away, Conflict, Invalid, NotFound, Unavailable
from vitrine.core.groups import VectorSettings
from vitrine.ports import Point, VectorIndex
from vitrine.vision.types import Vector

DIMENSION = 64
names = (f"tiny-1__p1-m150-reflect-{number}" for number in count(100))


@pytest.fixture(
    params=["exact", "embedded", "process", pytest.param("server", marks=pytest.mark.servers)]
)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    if request.param == "exact":
        yield ExactIndex()
        return
    if request.param == "embedded":
        opened: ChromaIndex | IndexProcess = embedded_index(tmp_path / "index")
    elif request.param == "process":
        opened = IndexProcess(tmp_path / "index")
    else:
        opened = server_index(VectorSettings(port=request.getfixturevalue("chroma_port")))
    yield opened
    opened.close()


@pytest.fixture
def name(index: VectorIndex) -> str:
    made = next(names)
    index.ensure(made, DIMENSION)
    return made


def unit(count: int, seed: int = 0, dimension: int = DIMENSION) -> Vector:
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def points(rows: Vector) -> list[Point]:
    return [
        Point(f"p{place:05d}", row, {"category": "dress", "price": 9.5})
        for place, row in enumerate(rows)
    ]


def found(index: VectorIndex, name: str, vector: Vector, limit: int) -> list[str]:
    return [hit.id for hit in index.query(name, vector, limit)]


def test_points_are_counted(index: VectorIndex, name: str) -> None:
    assert index.count(name) == 0
    index.upsert(name, points(unit(7)))
    index.upsert(name, points(unit(3)))
    assert index.count(name) == 7
    with pytest.raises(NotFound):
        index.count("nothing-1__p1")


def test_a_point_is_its_own_nearest_neighbour(index: VectorIndex, name: str) -> None:
    rows = unit(20)
    index.upsert(name, points(rows))
    best, second = index.query(name, rows[7], 2)
    assert best.id == "p00007"
    assert best.score == pytest.approx(1.0, abs=1e-5)
    assert second.score == pytest.approx(np.sort(rows @ rows[7])[-2], abs=1e-5)


def test_scores_are_cosines_from_one_to_minus_one(index: VectorIndex, name: str) -> None:
    row = unit(1)[0]
    side = np.roll(row, 1)
    side -= row * (row @ side)
    side /= np.linalg.norm(side)
    index.upsert(name, [Point("same", row), Point("opposite", -row), Point("across", side)])
    hits = index.query(name, row, 3)
    assert [hit.id for hit in hits] == ["same", "across", "opposite"]
    assert [hit.score for hit in hits] == pytest.approx([1, 0, -1], abs=1e-5)
    assert all(-1 <= hit.score <= 1 for hit in hits)


def test_equal_scores_are_ordered_by_id(index: VectorIndex, name: str) -> None:
    row = unit(1)[0]
    index.upsert(name, [Point(each, row) for each in ("c", "a", "d", "b")])
    assert found(index, name, row, 4) == ["a", "b", "c", "d"]


def test_fewer_points_than_asked_for_are_all_found(index: VectorIndex, name: str) -> None:
    assert index.query(name, unit(1)[0], 5) == []
    index.upsert(name, points(unit(3)))
    assert len(index.query(name, unit(1, 9)[0], 500)) == 3
    assert index.query(name, unit(1)[0], 0) == []


def test_upsert_replaces_by_id_and_the_last_of_one_call_wins(index: VectorIndex, name: str) -> None:
    old, new, newest = unit(3)
    index.upsert(name, [Point("a", old, {"brand": "x"})])
    index.upsert(name, [Point("a", new), Point("a", newest)])
    assert index.ids(name) == {"a"}
    assert index.get(name, ["a"])["a"] == pytest.approx(newest)
    assert index.query(name, newest, 1)[0].score == pytest.approx(1, abs=1e-5)


def test_get_gives_those_that_exist_as_float32(index: VectorIndex, name: str) -> None:
    rows = unit(2)
    index.upsert(name, points(rows))
    vectors = index.get(name, ["p00001", "absent"])
    assert list(vectors) == ["p00001"]
    assert vectors["p00001"].dtype == np.float32
    assert vectors["p00001"] == pytest.approx(rows[1], abs=1e-6)
    assert index.get(name, []) == {}
    assert index.get(name, ["absent"]) == {}


def test_nothing_to_upsert_is_no_error(index: VectorIndex, name: str) -> None:
    index.upsert(name, [])
    assert index.ids(name) == set()


def test_delete_removes_and_forgives(index: VectorIndex, name: str) -> None:
    index.upsert(name, points(unit(3)))
    index.delete(name, ["p00001", "absent"])
    index.delete(name, ["p00001"])
    index.delete(name, [])
    index.delete("collection-that-is-not-there", ["p00001"])
    assert index.ids(name) == {"p00000", "p00002"}
    assert found(index, name, unit(3)[1], 3) != []


def test_an_unknown_collection_is_not_found(index: VectorIndex) -> None:
    row = unit(1)[0]
    verbs: Sequence[Callable[[], object]] = (
        lambda: index.upsert("unknown", [Point("a", row)]),
        lambda: index.query("unknown", row, 1),
        lambda: index.get("unknown", ["a"]),
        lambda: index.ids("unknown"),
    )
    for verb in verbs:
        with pytest.raises(NotFound) as caught:
            verb()
        assert caught.value.code == "collection_unknown"


def test_another_dimension_is_a_conflict(index: VectorIndex, name: str) -> None:
    other = unit(1, dimension=DIMENSION + 1)[0]
    with pytest.raises(Conflict):
        index.ensure(name, DIMENSION + 1)
    with pytest.raises(Conflict):
        index.query(name, other, 1)
    with pytest.raises(Conflict):
        index.upsert(name, [Point("a", unit(1)[0]), Point("b", other)])
    assert index.ids(name) == set()


def test_ensure_keeps_what_is_there_and_drop_removes_it(index: VectorIndex, name: str) -> None:
    index.upsert(name, points(unit(3)))
    index.ensure(name, DIMENSION)
    assert len(index.ids(name)) == 3
    index.drop(name)
    index.drop(name)
    with pytest.raises(NotFound):
        index.ids(name)
    index.ensure(name, DIMENSION + 1)
    assert index.ids(name) == set()


def test_ten_thousand_points_are_found_as_by_brute_force(index: VectorIndex, name: str) -> None:
    rows, asked = unit(10_000), unit(20, seed=1)
    index.upsert(name, points(rows))
    shared = 0
    for vector in asked:
        best = np.argsort(-(rows @ vector))[:10]
        shared += len({f"p{place:05d}" for place in best} & set(found(index, name, vector, 10)))
    assert shared / 200 >= 0.95
    assert len(index.query(name, asked[0], 2_000)) == 2_000
    assert len(index.ids(name)) == 10_000
    index.delete(name, [f"p{place:05d}" for place in range(3_000)])
    assert len(index.get(name, [f"p{place:05d}" for place in range(6_000)])) == 3_000


def test_threads_share_one_index(index: VectorIndex, name: str) -> None:
    rows = unit(200)

    def write_and_look(start: int) -> str:
        some = points(rows)[start : start + 20]
        index.upsert(name, some)
        return found(index, name, some[0].embedding, 1)[0]

    with ThreadPoolExecutor(4) as threads:
        nearest = list(threads.map(write_and_look, range(0, 200, 20)))
    assert nearest == [f"p{start:05d}" for start in range(0, 200, 20)]
    assert len(index.ids(name)) == 200


def test_an_embedded_index_outlives_its_process(tmp_path: Path) -> None:
    rows = unit(50)
    first = embedded_index(tmp_path)
    first.ensure("kept", DIMENSION)
    first.upsert("kept", points(rows))
    first.close()
    second = embedded_index(tmp_path)
    assert found(second, "kept", rows[3], 1) == ["p00003"]
    second.close()
    with pytest.raises(Unavailable):
        second.ids("kept")


def test_an_embedded_index_has_one_owner(tmp_path: Path) -> None:
    owner = embedded_index(tmp_path)
    with pytest.raises(Conflict, match="VITRINE_VECTORS__KIND=server") as caught:
        embedded_index(tmp_path)
    assert caught.value.code == "index_owned"
    look = (
        "import sys\n"
        "from pathlib import Path\n"
        "from vitrine.adapters.vectors import embedded_index\n"
        "from vitrine.core.errors import Conflict\n"
        "try: embedded_index(Path(sys.argv[1])).close()\n"
        "except Conflict as error: print(error.code)\n"
    )
    command = [sys.executable, "-c", look, str(tmp_path)]
    assert subprocess.check_output(command, text=True).strip() == "index_owned"
    owner.close()
    embedded_index(tmp_path).close()


def test_a_name_that_chroma_refuses_is_invalid(tmp_path: Path) -> None:
    index = embedded_index(tmp_path)
    with pytest.raises(Invalid):
        index.ensure("a name with spaces", 4)
    index.close()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    index = server_index(VectorSettings(port=free_port()))
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            index.ids("any")
        assert caught.value.code == "vectors_unavailable"
    index.close()


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "TIMEOUT", httpx.Timeout(0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        index = server_index(VectorSettings(port=silent.getsockname()[1], token=SecretStr("t")))
        with pytest.raises(Unavailable):
            index.ids("any")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[IndexProcess]:
    opened = IndexProcess(tmp_path / "index")
    yield opened
    opened.close()


def child_of(process: IndexProcess) -> int:
    assert process._child is not None
    return process._child._process.pid


def test_a_process_that_hangs_is_told_of_soon_killed_and_started_anew(
    process: IndexProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.ensure("kept", DIMENSION)
    process.upsert("kept", points(unit(3)))
    monkeypatch.setattr(index_process, "PING", 0.2)
    monkeypatch.setattr(index_process, "DEADLINE", 0.3)
    first = child_of(process)
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(Away, match="does not answer"):
        process.count("kept")
    assert process._child is not None
    process._child._patience = 0.1
    with pytest.raises(Away):
        process.ping()
    monkeypatch.setattr(index_process, "DEADLINE", 60.0)
    assert process.count("kept") == 3, "another child reads what the first one wrote"
    assert child_of(process) != first


def test_a_process_that_was_killed_is_started_anew(process: IndexProcess) -> None:
    process.ensure("kept", DIMENSION)
    os.kill(child_of(process), signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            assert process.count("kept") == 0
        except Away:
            continue
        return
    raise AssertionError("it did not come back")


@pytest.fixture
def tired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexProcess]:
    monkeypatch.setattr(index_process, "RESTING", 0.2)
    opened = IndexProcess(tmp_path / "index")
    opened.ensure("kept", DIMENSION)
    opened.upsert("kept", points(unit(3)))
    yield opened
    opened.close()


def test_a_process_that_nobody_asks_ends_until_somebody_does(tired: IndexProcess) -> None:
    eventually(lambda: tired._child is None, "it lives on")
    assert tired.count("kept") == 3


def test_a_process_that_is_searched_is_kept(tired: IndexProcess) -> None:
    assert tired.query("kept", unit(1)[0], 1)
    child = child_of(tired)
    with pytest.raises(AssertionError):
        eventually(lambda: tired._child is None, "it lives on", 1.0)
    assert child_of(tired) == child


def test_a_process_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    process = IndexProcess(tmp_path / "index")
    process.ensure("kept", DIMENSION)
    os.kill(child_of(process), signal.SIGSTOP)
    began = time.monotonic()
    process.close()
    assert time.monotonic() - began < 10
    IndexProcess(tmp_path / "index").close()


def test_the_process_of_an_index_ends_with_the_one_that_asks_it(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from vitrine.adapters.index_process import IndexProcess\n"
        "index = IndexProcess(Path(sys.argv[1])); index.ensure('kept', 4)\n"
        "print(index._child._process.pid, flush=True); os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    told = subprocess.run(command, capture_output=True, check=False)
    child = int(told.stdout)
    eventually(lambda: not Path(f"/proc/{child}").exists(), "it lives on")
