"""From settings to each part; `parts` learns of those that may be away while this process lives."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from vitrine.adapters import answers, disk, storage, vectors
from vitrine.adapters.disk import Disk
from vitrine.adapters.feeds import HttpFeeds
from vitrine.adapters.fetching import HttpFetcher
from vitrine.adapters.index_process import IndexProcess
from vitrine.adapters.parts import Part, WatchedParts, watched
from vitrine.adapters.vision import EmbeddedVision, HttpVision, Supply
from vitrine.adapters.visions import EmbeddedVisions, HttpVisions
from vitrine.core import metrics
from vitrine.core.settings import Settings
from vitrine.ports import Blobs, VectorIndex, Vision, Visions
from vitrine.vision import analyzer, images
from vitrine.vision.beside import Analyzers


def parts_of(settings: Settings) -> WatchedParts:
    """The parts of a process, which at first are its disk alone, where it stores anything there."""
    parts = WatchedParts()
    if uses_disk(settings):
        parts.add(disk.PART, Disk(settings.data_dir, settings.limits.free_bytes))
    return parts


def uses_disk(settings: Settings) -> bool:
    """Whether photos, vectors or rows lie on the disk of the data folder."""
    kinds = (settings.blobs.kind, settings.vectors.kind)
    return kinds != ("s3", "server") or not settings.database.url


def load_vision(settings: Settings) -> EmbeddedVision:
    """The models in this process, warmed up."""
    started = time.perf_counter()
    loaded = analyzer.load(settings.vision, images.Limits.of(settings.limits))
    loaded.warm_up()
    metrics.MODEL_LOAD_SECONDS.set(time.perf_counter() - started)
    return EmbeddedVision(loaded)


@contextmanager
def vision(
    settings: Settings, parts: WatchedParts, supply: Supply
) -> Iterator[tuple[Vision, Visions]]:
    """The models or the server of models, and beside them those that `supply` has."""
    images.MEMORY.resize(settings.limits.decode_bytes, settings.limits.wait)
    if settings.vision.kind == "embedded":
        loaded = load_vision(settings)
        beside = Analyzers(loaded.analyzer, settings.vision, settings.vision.beside)
        yield loaded, EmbeddedVisions(beside, supply)
        return
    token = settings.vision.token.get_secret_value()
    with closing(HttpVision(settings.vision.url, token)) as remote:
        part = parts.add(answers.PART, Part(answers.PART, remote.ping))
        yield watched(remote, part), HttpVisions(remote, supply, partial(watched, part=part))


def blobs_of(settings: Settings) -> Blobs:
    """Where the settings keep photos."""
    if settings.blobs.kind == "s3":
        return storage.s3_blobs(settings.blobs)
    return storage.local_blobs(settings.data_dir / "blobs")


def blobs(settings: Settings, parts: WatchedParts) -> Blobs:
    """Where the settings keep photos, watched if it is a server."""
    found = blobs_of(settings)
    if settings.blobs.kind == "local":
        return found
    probed = storage.s3_blobs(settings.blobs, seconds=3)
    # Written, not only looked for: a store whose disk was full may give and take nothing more.
    part = Part(storage.PART, lambda: probed.put(storage.PROBE, b"", "text/plain"))
    return watched(found, parts.add(storage.PART, part))


@contextmanager
def index(settings: Settings, parts: WatchedParts) -> Iterator[VectorIndex]:
    """The vector index: of a server, or in a process that this one starts."""
    if settings.vectors.kind == "embedded":
        with closing(IndexProcess(settings.data_dir / "index")) as process:
            process.mend()
            yield watched(process, parts.add(vectors.PART, Part(vectors.PART, process.ping)))
        return
    with closing(vectors.server_index(settings.vectors)) as server:
        part = Part(vectors.PART, partial(vectors.probe_server, settings.vectors, server))
        yield watched(server, parts.add(vectors.PART, part))


@contextmanager
def feeds(settings: Settings) -> Iterator[HttpFeeds]:
    """What gets the files of shops from the web."""
    with closing(HttpFeeds(settings.fetch, settings.sources.seconds)) as opened:
        yield opened


@contextmanager
def fetcher(settings: Settings) -> Iterator[HttpFetcher]:
    """What gets pictures from the web."""
    with closing(HttpFetcher(settings.fetch)) as opened:
        yield opened
