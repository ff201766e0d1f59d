"""Photos a second from files on disk to searchable vectors, beside what could be and what else is.

    .venv/bin/python -m bench.index ../shared/data/demo --photos 120

imports products of one photo each into a fresh Vitrine, with the shipped encoder and with one as
large as FashionCLIP's (random weights), and prints one JSON line: seconds and processor time of
the import, of its graphs alone on prepared tensors at the best size of a batch (the detector as it
really looks at these photos, the encoder twice a photo), and of a straight script with the same
weights, and their ratios. What is named `full_look` is held against graphs whose detector looks
once at each photo, at full size.
`--shape scaled` does so with PostgreSQL, Redis, S3, Chroma, a model server and two workers.
A few products go ahead, so that what each process does once is no part of what a photo costs.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import structlog
from sqlalchemy import select

from bench.indexing import ceiling, scaled, vit
from bench.indexing.processor import spent_by_part
from vitrine import schema, wiring
from vitrine.cli.importing import import_into
from vitrine.core import memory
from vitrine.core.clock import least_id, now
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services import calibration, imports
from vitrine.services.imports import Source
from vitrine.services.jobs import JobKind
from vitrine.services.review import job as reviewing
from vitrine.tables.blobs import Blob
from vitrine.tables.jobs import QUEUED, RUNNING, IndexingResult, Job
from vitrine.wiring import Runtime

ENCODERS = ("vitrine-mini", "vit-b-32")
TORCH = Path(".venv-train/bin/python")
"""An interpreter that has PyTorch, for the script people write around ViT-B/32."""


AHEAD = 24
"""Products that are imported before: models are loaded, sessions and connections opened by them."""


class Imported(NamedTuple):
    """Seconds until all was searchable, processor seconds until all of it was done by the part of
    Vitrine that took them, and milliseconds a photo of each stage of vision, in its thread."""

    seconds: float
    parts: Mapping[str, float]
    stages: Mapping[str, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("catalogue", type=Path, help="folder with products.csv, one photo a product")
    add("--photos", type=int, default=1000, help="how many of them (%(default)s)")
    add("--shape", choices=("embedded", "scaled"), default="embedded")
    add("--encoder", choices=ENCODERS, action="append", help="only this one")
    options = parser.parse_args()
    structlog.configure(processors=[_silent])
    memory.settle()  # as any command does
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        sources = _parts_of(options.catalogue.resolve(), folder, options.photos)
        rows = [
            _measured(sources, folder, encoder, options.shape)
            for encoder in options.encoder or ENCODERS
        ]
    print(json.dumps({"shape": options.shape, "rows": rows}))


def _silent(*_: object) -> Any:
    raise structlog.DropEvent


def _parts_of(catalogue: Path, folder: Path, photos: int) -> tuple[Source, Source]:
    """The first products of the catalogue that have a photo: those ahead, and so many more."""
    with (catalogue / "products.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["images"]][: AHEAD + photos]
    for row in rows:
        row["images"] = str((catalogue / row["images"]).resolve())
    ahead, others = rows[:AHEAD], rows[AHEAD:]
    return _written(ahead, folder / "ahead.csv"), _written(others, folder / "products.csv")


def _written(rows: Sequence[dict[str, str]], path: Path) -> Source:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return imports.source(path, Path("/"))


def _measured(
    sources: tuple[Source, Source], folder: Path, encoder: str, shape: str
) -> dict[str, Any]:
    settings = _settings(folder / encoder, encoder)
    ahead, source = sources
    photos = imports.count_rows(source)
    graphs = ceiling.graphs(settings, list(_photos(source)))
    least, full = graphs.looked, graphs.full
    # A catalogue is fitted to itself once, when it is large enough: no part of what a photo costs.
    # Workers that are processes of their own do so with the products ahead, and then rest.
    unfitted = mock.patch.object(calibration, "due", return_value=False)
    # Doubts rest after a run. Other processes keep to that, and theirs are not waited for.
    restless = mock.patch.object(reviewing, "REST", timedelta(0))
    with unfitted, restless, _started(settings, shape) as runtime:
        _imported(runtime, ahead, AHEAD, doubts=True)
        imported = _imported(runtime, source, photos, doubts=shape == "embedded")
    straight = _straight(source, folder, encoder)
    processor = sum(imported.parts.values())
    told = {
        "encoder": encoder,
        "photos": photos,
        "photos_a_second": photos / imported.seconds,
        "ceiling_a_second": 1 / least.seconds,
        "of_ceiling": photos * least.seconds / imported.seconds,
        "processor_ms": 1000 * processor / photos,
        "graphs_ms": 1000 * least.processor,
        "processor_of_graphs": processor / photos / least.processor,
        "second_looks": graphs.second_looks,
        "full_look_ceiling_a_second": 1 / full.seconds,
        "of_full_look_ceiling": photos * full.seconds / imported.seconds,
        "full_look_graphs_ms": 1000 * full.processor,
        "processor_of_full_look_graphs": processor / photos / full.processor,
        "straight_a_second": photos / straight["seconds"],
        "of_straight": straight["seconds"] / imported.seconds,
        "straight_ms": 1000 * straight["processor"] / photos,
    }
    rounded = {
        name: round(value, 2) if isinstance(value, float) else value for name, value in told.items()
    }
    stages = {stage: round(value, 1) for stage, value in imported.stages.items()}
    parts = {part: round(1000 * value / photos, 1) for part, value in imported.parts.items()}
    return rounded | {"parts_ms": parts, "stages_ms": stages}


def _settings(home: Path, encoder: str) -> Settings:
    home.mkdir()
    if encoder != ENCODERS[0]:
        vit.write_encoder(home / "models")
    vision = {"encoder": encoder, "models_dir": home / "models"}
    return Settings.model_validate({"data_dir": home, "vision": vision})


def _photos(source: Source) -> Iterator[Path]:
    """The photo of each product."""
    with source.path.open(newline="") as file:
        yield from (Path(row["images"]) for row in csv.DictReader(file))


@contextmanager
def _started(settings: Settings, shape: str) -> Iterator[Runtime]:
    if shape == "scaled":
        with scaled.started(settings) as linked, wiring.running_here(linked) as runtime:
            yield runtime
        return
    engine = make_engine(settings)
    schema.upgrade(engine)
    engine.dispose()
    with wiring.running_here(settings) as runtime:
        yield runtime


def _imported(runtime: Runtime, source: Source, photos: int, *, doubts: bool) -> Imported:
    memory.hold()  # as `vitrine import` does once it has started
    begun, started, before = now(), time.perf_counter(), spent_by_part(os.getpid())
    import_into(runtime, source)
    seconds = time.perf_counter() - started
    while _unfinished(runtime.sessions, begun, doubts=doubts):
        time.sleep(0.2)  # jobs tell nobody outside when they end
    after = spent_by_part(os.getpid())
    parts = {part: value - before.get(part, 0.0) for part, value in after.items()}
    stages: Counter[str] = Counter()
    with runtime.sessions.read() as session:
        made = select(IndexingResult.milliseconds).where(IndexingResult.job_id > least_id(begun))
        for told in session.scalars(made):
            stages.update({stage: value / photos for stage, value in told.items()})
    return Imported(seconds, parts, dict(stages))


def _unfinished(sessions: Sessions, begun: datetime, *, doubts: bool) -> bool:
    """Whether anything waits: what likes are told by, jobs, and doubts, which come after those."""
    asked = (
        select(Blob.sha256).where(Blob.thumbnails_at.is_(None)),
        select(Job.id).where(Job.status.in_((QUEUED, RUNNING)), Job.kind != JobKind.PURGE),
    )
    since = select(Job.id).where(Job.kind == JobKind.DOUBTS, Job.id > least_id(begun))
    with sessions.read() as session:
        waits = any(session.scalar(each.limit(1)) is not None for each in asked)
        return waits or (doubts and session.scalar(since.limit(1)) is None)


def _straight(source: Source, folder: Path, encoder: str) -> dict[str, float]:
    listed = folder / "photos"
    listed.write_text("\n".join(map(str, _photos(source))))
    command = [sys.executable, "-m", "bench.indexing.straight", str(listed)]
    if encoder != ENCODERS[0]:
        command = [str(TORCH), *command[1:], "--torch"]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    main()
