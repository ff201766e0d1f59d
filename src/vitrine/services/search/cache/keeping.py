"""A snapshot on disk, so that a start reads what changed since, and not the whole catalogue.

It is true as long as the last change that it knows of is still written down: whatever came later
is then, too, because changes are swept away in their order. A database that was put back, another
version of what is read of a product, or changes that were swept away make it worthless, and all is
read anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import structlog
from sqlalchemy.orm import Session

from vitrine.fields import designs, numbers
from vitrine.services import models
from vitrine.services.search.cache import meaning
from vitrine.services.search.cache.columns import Column
from vitrine.services.search.cache.snapshot import Snapshot
from vitrine.services.search.cache.store import Held, SearchCache, Store
from vitrine.services.search.cache.traits import Traits
from vitrine.services.search.cache.views import Views
from vitrine.tables.changes import ProductChange
from vitrine.tables.models import Collection
from vitrine.vision import kinds, vocabulary

LEAST = 2_000
"""Fewer products are read from the database as fast."""

_ARRAYS, _VECTORS, _TOLD = "arrays.npz", "vectors.npy", "told.json"
_SOURCES = (
    *("reading.py", "refresh.py", "called.py", "meaning.py", "traits.py", "columns.py", "store.py"),
    *("views.py", "keeping.py"),
)

log = structlog.get_logger()


def save(session: Session, held: Held, collection: Collection, cache: SearchCache) -> None:
    """Write down what is held of a collection; what was written before is replaced as a whole.

    A disk that takes nothing is no reason to fail: the next start only takes longer.
    """
    folder = _folder(cache, collection)
    last = _last_change(session, held)
    if folder is None or last is None or held.snapshot.size < LEAST:
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=folder.parent))
        try:
            _write(fresh, held, {"last": last, "rules": rules(), "statuses": cache.statuses})
            shutil.rmtree(folder, ignore_errors=True)
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        log.warning("the snapshot was not written", why=str(error))


def restored(session: Session, collection: Collection, cache: SearchCache) -> Held | None:
    """What was written down of a collection, yet without the changes since; None where there is
    nothing, or nothing that is still true."""
    folder = _folder(cache, collection)
    if folder is None:
        return None
    with suppress(OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        told = json.loads((folder / _TOLD).read_text())
        known = (told["rules"], tuple(told["statuses"]))
        if known != (rules(), cache.statuses) or not _is_there(session, told["last"]):
            return None
        return _read(session, folder, told, collection, cache)
    return None


def _folder(cache: SearchCache, collection: Collection) -> Path | None:
    return None if cache.folder is None else cache.folder / collection.name


@cache
def rules() -> str:
    """Changes with whatever decides what is read of a product."""
    here = Path(__file__).parent
    read = (kinds, designs, numbers)
    beside = (
        here.parent / "tokens.py",
        vocabulary.FILE,
        *(Path(str(each.__file__)) for each in read),
    )
    paths = (*(here / name for name in _SOURCES), *beside)
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _last_change(session: Session, held: Held) -> list[Any] | None:
    """The last change that is known to what is held; None where it is not written down."""
    if session.get_bind().dialect.name != "sqlite":  # elsewhere horizons are transactions
        return None
    found = session.get(ProductChange, held.horizon)
    return None if found is None else [found.id, found.changed_at]


def _is_there(session: Session, last: list[Any]) -> bool:
    number, changed_at = last
    found = session.get(ProductChange, number)
    return found is not None and found.changed_at == changed_at


def _write(folder: Path, held: Held, mark: Mapping[str, Any]) -> None:
    snapshot, store = held.snapshot, held.store
    size, traits = snapshot.size, snapshot.traits
    np.save(folder / _VECTORS, store.vectors[:size])
    arrays: dict[str, Any] = {
        "alive": snapshot.alive,
        "prices": snapshot.prices,
        "colours": traits.codes,
        "shares": traits.shares,
        "aspects": traits.aspects,
        **_of_views(snapshot.views),
    }
    values: dict[str, list[Any]] = {}
    for number, (facet, column) in enumerate(snapshot.columns.items()):
        values[facet] = column.words.values[: column.known]
        arrays[f"rows {number}"], arrays[f"codes {number}"] = column.rows, column.codes
    np.savez(folder / _ARRAYS, **arrays)
    told = {
        **mark,
        "ids": store.ids[:size],
        "codes": store.codes[:size],
        "values": values,
        "crops": snapshot.views.crops,
        "marks": [*store.marks.items()],
    }
    (folder / _TOLD).write_text(json.dumps(told))


def _of_views(views: Views) -> dict[str, Any]:
    traits = views.traits
    return {
        "view vectors": views.vectors,
        "view rows": views.rows,
        "view colours": traits.codes,
        "view shares": traits.shares,
        "view aspects": traits.aspects,
    }


def _read(
    session: Session, folder: Path, told: Any, collection: Collection, cache: SearchCache
) -> Held:
    begun = time.monotonic()
    vectors = np.load(folder / _VECTORS, mmap_mode="r")
    size, dimension = vectors.shape
    if dimension != collection.dimension or size != len(told["ids"]):
        raise ValueError("another collection")
    aliases = meaning.aliases_of(models.meanings(session))
    store = Store(dimension, size + size // 8, cache.most_bytes, aliases)
    with (folder / _ARRAYS).open("rb") as file, np.load(file) as arrays:
        columns = {
            facet: _column(store, facet, values, arrays[f"rows {at}"], arrays[f"codes {at}"])
            for at, (facet, values) in enumerate(told["values"].items())
        }
        alive = arrays["alive"]
        store.fill(vectors, told["ids"], told["codes"], alive)
        store.views, store.marks = _views(arrays, told["crops"]), dict(map(tuple, told["marks"]))
        traits = Traits(arrays["colours"], arrays["shares"], arrays["aspects"])
        snapshot = Snapshot(
            *(store.ids, store.places, store.vectors, alive, columns, arrays["prices"], traits),
            coded=store.coded,
            views=store.views,
        )
    return Held(store, snapshot, told["last"][0], frozenset(), begun)


def _views(arrays: Mapping[str, Any], crops: list[str]) -> Views:
    traits = Traits(*(arrays[f"view {name}"] for name in ("colours", "shares", "aspects")))
    return Views(arrays["view vectors"], arrays["view rows"], tuple(crops), traits)


def _column(store: Store, facet: str, values: list[Any], rows: Any, codes: Any) -> Column:
    column = store.column(facet)
    for value in values:
        column.words.code(value)
    return Column(column.words, rows, codes)
