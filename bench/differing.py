"""How products are found whose photos differ: all colours of a design as photos of one product.

    python -m bench.differing --data ../shared/data

makes products of the designs of the shop for validation that come in several colours, each with up
to four photos, indexes them, and asks with made-up second photos of the first photo and of another
one. Prints, for each bound below which a photo is a view of its own (-1: none is), how many views
there are, how often the product comes first, how often its hit then shows the photo that was asked
with, and the processor's time of a search without its models.

    python -m bench.differing --speed

measures what views cost in memory: random vectors, some of the products with two views each.
"""

from __future__ import annotations

import argparse
import io
import logging
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import structlog
from PIL import Image

from tests.worlds.factories import product_with_photos, unit_vectors
from tests.worlds.fakes import ExactIndex, ListQueue, MemoryBlobs
from training import abroad, data, views
from training.data import Shot
from vitrine import schema, wiring
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.ports import Ports
from vitrine.services import models, search
from vitrine.services.search.cache import refresh
from vitrine.services.search.cache import store as stores
from vitrine.services.search.cache import views as kept
from vitrine.services.search.cache.store import Entry, SearchCache
from vitrine.services.search.cache.views import View
from vitrine.services.search.request import SearchRequest
from vitrine.vision.types import Vector
from vitrine.wiring import Runtime

BOUNDS = (-1.0, 0.8, 0.9, 1.1)
PHOTOS = 4
SIZES = ((10_000, 0.0), (10_000, 0.25), (100_000, 0.0), (100_000, 0.1), (100_000, 0.25))
DIMENSION = 256


def main() -> None:
    """Index, ask, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.differing", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--designs", type=int, default=200)
    parser.add_argument("--speed", action="store_true", help="what views cost in memory")
    asked = parser.parse_args()
    if asked.speed:
        for products, share in SIZES:
            _time(products, share)
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    designs = _designs(abroad.shop(asked.data))[: asked.designs]
    grounds = [shot.path for shot in data.phone(asked.data) if shot.split == "dev"]
    questions = [
        (number, place, _second(shots[place], grounds))
        for number, shots in enumerate(designs)
        for place in (0, 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        runtime = _indexed(Path(folder), designs)
        print(f"{len(designs)} products, {sum(map(len, designs))} photos")
        for bound in BOUNDS:
            kept.OTHERWISE = bound
            _tell(replace(runtime, cache=SearchCache(sights=runtime.cache.sights)), questions)
        runtime.sessions.engine.dispose()


def _designs(shots: Sequence[Shot]) -> list[list[Shot]]:
    """The designs of several colours, each of its first photos of one colour each."""
    found: defaultdict[str, dict[str, Shot]] = defaultdict(dict)
    for shot in shots:
        found[shot.group].setdefault(shot.facets.get("colour", ""), shot)
    return [[*colours.values()][:PHOTOS] for colours in found.values() if len(colours) > 1]


def _second(shot: Shot, grounds: Sequence[Path]) -> bytes:
    with Image.open(shot.path) as picture:
        made = views.synthetic(picture.convert("RGB"), f"{shot.key} asks", grounds)
    file = io.BytesIO()
    made.save(file, "JPEG", quality=90)
    return file.getvalue()


def _indexed(folder: Path, designs: Sequence[Sequence[Shot]]) -> Runtime:
    settings = Settings(data_dir=folder)
    sessions, vision = Sessions(make_engine(settings)), wiring.load_vision(settings)
    schema.upgrade(sessions.engine, empty=True)
    ports = Ports(MemoryBlobs(), ExactIndex(), vision, ListQueue())
    runtime = Runtime(settings, sessions, ports)
    with sessions.write() as session:
        models.register(session, vision.versions)
    for number, shots in enumerate(designs):
        first = shots[0]
        said = {"title": first.title, "category": first.facets.get("category", "")}
        with sessions.write() as session:
            photos = [shot.path.read_bytes() for shot in shots]
            _, job = product_with_photos(session, ports, str(number), *photos, **said)
        runtime.run_job(job.id)
    return runtime


def _tell(runtime: Runtime, questions: Sequence[tuple[int, int, bytes]]) -> None:
    first, shown, taken = defaultdict[int, list[bool]](list), list[bool](), list[float]()
    for number, place, photo in questions:
        asked = SearchRequest(photo=photo, limit=10)
        search.find(runtime.search_engine, asked)  # the models have seen the photo then
        began = time.process_time()
        hit = search.find(runtime.search_engine, asked).hits[0]
        taken.append(time.process_time() - began)
        right = hit.product.external_id == str(number)
        first[place].append(right)
        if right and hit.image is not None:
            shown.append([each.id for each in hit.product.images].index(hit.image.id) == place)
    with runtime.sessions.read() as session:
        collection = models.active(session)
        if collection is None:
            raise RuntimeError("nothing is searched")
        count = len(refresh.current(session, runtime.cache, collection).views)
    own, other = (sum(first[place]) / len(first[place]) for place in (0, 1))
    print(
        f"below {kept.OTHERWISE:.2f}: {count} views; R@1 {other:.3f} by another photo, "
        f"{own:.3f} by the first; {sum(shown) / len(shown):.3f} show what was asked with; "
        f"{1000 * median(taken):.1f} ms"
    )


def _time(products: int, share: float) -> None:
    vectors, count = unit_vectors(products, DIMENSION), int(products * share)
    others = iter(unit_vectors(max(1, 2 * count), DIMENSION, 1))
    store, nothing = stores.empty(DIMENSION, products, 10**10)
    entries = (
        Entry(f"{row:08d}", vector, {}, None, views=_two(others) if row < count else ())
        for row, vector in enumerate(vectors)
    )
    snapshot = stores.changed(store, nothing, entries)
    query, every = unit_vectors(1, DIMENSION, 2)[0], np.arange(products)
    rough = snapshot.rough(query, every)
    taken = {
        "rough": _taken(lambda: snapshot.rough(query, every)),
        "facing": _taken(lambda: snapshot.facing(query, rough)),
        "likeness": _taken(lambda: snapshot.likeness(query, rough)),
    }
    told = ", ".join(f"{name} {spent:.2f} ms" for name, spent in taken.items())
    room = snapshot.views.vectors.nbytes / 1e6
    print(f"{products:,} products, {len(snapshot.views):,} views, {room:.0f} MB: {told}")


def _two(others: Iterator[Vector]) -> tuple[View, ...]:
    return tuple(View(str(place), next(others)) for place in range(2))


def _taken(work: Callable[[], object]) -> float:
    """Milliseconds of the processor, in the middle of thirty times."""
    spent = list[float]()
    for _ in range(30):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return 1000 * median(spent)


if __name__ == "__main__":
    main()
