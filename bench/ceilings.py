"""What a search cannot be faster than: the runs of its graphs, and one product of a matrix."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np

from vitrine.vision.sessions import Array, Graph
from vitrine.vision.types import Vector


@dataclass(frozen=True)
class Runs:
    """Runs of graphs that were watched, with the very tensors they were given."""

    seen: Sequence[tuple[Graph, dict[str, Array], list[str]]]

    def again(self) -> None:
        """Run them once more, and nothing else."""
        for graph, feeds, outputs in self.seen:
            graph.session.run(outputs, feeds)

    def side_by_side(self) -> None:
        """Run them once more, each on one core and as many at once as there are cores."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(_on_one_core, self.seen))

    def least(self) -> float:
        """Seconds that they take once more, one after the other or side by side, as is quicker."""
        spent = []
        for way in (self.again, self.side_by_side):
            begun = time.perf_counter()
            way()
            spent.append(time.perf_counter() - begun)
        return min(spent)

    def batched(self) -> Runs:
        """The same in the largest batches that the graphs take, of all rows of one shape."""
        alike: defaultdict[Any, list[tuple[Graph, dict[str, Array], list[str]]]] = defaultdict(list)
        for run in self.seen:
            graph, feeds, _ = run
            shapes = tuple((name, rows.shape[1:]) for name, rows in feeds.items())
            alike[graph.path, shapes].append(run)
        made = []
        for runs in alike.values():
            graph, first, outputs = runs[0]
            rows = {name: np.concatenate([feeds[name] for _, feeds, _ in runs]) for name in first}
            count = len(next(iter(rows.values())))
            for start in range(0, count, graph.batch):
                some = {name: all_[start : start + graph.batch] for name, all_ in rows.items()}
                made.append((graph, some, outputs))
        return Runs(made)


def _on_one_core(run: tuple[Graph, dict[str, Array], list[str]]) -> None:
    graph, feeds, outputs = run
    session = graph.single.session if graph.single else graph.session
    session.run(outputs, feeds)


@contextmanager
def watched() -> Iterator[Runs]:
    """The runs of graphs within the block."""
    seen: list[tuple[Graph, dict[str, Array], list[str]]] = []
    run = Graph._run_one

    def noted(graph: Graph, feeds: dict[str, Array], outputs: Sequence[str]) -> list[Array]:
        seen.append((graph, dict(feeds), list(outputs)))
        return run(graph, feeds, outputs)

    with mock.patch.object(Graph, "_run_one", noted):
        yield Runs(seen)


def scan(vectors: Vector, asked: Vector) -> Vector:
    """The cosine of every row to what is asked."""
    return np.asarray(vectors @ asked)
