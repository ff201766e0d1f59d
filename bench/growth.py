"""What grows with a catalogue: rows, memory, disk, start and searches, at each size.

    .venv/bin/python -m bench.growth --products 1000 10000 100000 --plot docs/images/growth.svg

makes a simulated catalogue of each size (`bench.stock`; a million takes an hour once) and starts
`vitrine serve` on it twice: the first start reads the whole catalogue, the second what search has
kept of it. Prints one JSON line and, with matplotlib (`pip install vitrine[bench]`), draws it. Of
each size:

- `rows_ms`, `index_ms`: a product's rows in the database, and its point in the vector index
- `first_start_s`, `start_s`: processor time until ready; wall time would tell of other programs
- `memory_mb`: resident, all processes, after the searches; `at_rest_mb` without the index's process
- `disk_mb`: database, index and all else that is kept
- `text_ms`, `similar_ms`: processor time of the server for a search
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.resident import resident
from bench.serving import Ask, Server, get, post, processor_seconds, serving
from bench.stock import Stock, stocked
from vitrine.sample import PRODUCTS

SEARCHES = 40
WARM = 5
PANELS = {
    "start_s": "start, processor seconds",
    "at_rest_mb": "memory at rest, MB",
    "disk_mb": "disk, MB",
    "text_ms": "search by words, processor ms",
}


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="of each size")
    add("--plot", type=Path, help="where to draw it, as .svg or .png")
    options = parser.parse_args()
    told = {products: grown(stocked(products)) for products in options.products}
    if options.plot:
        draw(told, options.plot)
    print(json.dumps(told))


def grown(stock: Stock) -> dict[str, float]:
    """The figures of one size."""
    shutil.rmtree(stock.folder / "cache" / "search", ignore_errors=True)
    with serving(stock) as server:
        first = processor_seconds(server.pid)
    with serving(stock) as server:
        start = processor_seconds(server.pid)
        ids = stock.ids
        text = spent(server, lambda number: post("/v1/search", text=_words(number)))
        similar = spent(
            server, lambda number: get(f"/v1/products/{ids[number * 37 % len(ids)]}/similar")
        )
        told = {"memory_mb": resident(server.pid), "at_rest_mb": resident(server.pid, alone=True)}
    return {
        "rows_ms": round(1000 * stock.seconds["database"] / stock.products, 2),
        "index_ms": round(1000 * stock.seconds["index"] / stock.products, 2),
        "first_start_s": round(first, 1),
        "start_s": round(start, 1),
        **{name: round(value) for name, value in told.items()},
        "disk_mb": round(_disk(stock.folder) / 1e6),
        "text_ms": text,
        "similar_ms": similar,
    }


def spent(server: Server, ask: Callable[[int], Ask]) -> float:
    """Milliseconds of the server's processor time for one search, the mean of many."""
    line = server.line()
    for number in range(WARM):
        line.ask(ask(number))
    begun = processor_seconds(server.pid)
    for number in range(SEARCHES):
        line.ask(ask(WARM + number))
    line.close()
    return round(1000 * (processor_seconds(server.pid) - begun) / SEARCHES, 1)


def draw(told: Mapping[int, Mapping[str, float]], path: Path) -> None:
    """One panel a figure, both axes by powers of ten."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(PANELS), figsize=(3.2 * len(PANELS), 2.8))
    for panel, (name, title) in zip(axes, PANELS.items(), strict=True):
        _panel(panel, sorted(told), [told[size][name] for size in sorted(told)], title)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _panel(panel: Any, sizes: Sequence[int], values: Sequence[float], title: str) -> None:
    panel.loglog(sizes, values, marker="o", color="#7a3b2e")
    panel.set_title(title, fontsize=9)
    panel.set_xlabel("products", fontsize=8)
    panel.grid(visible=True, alpha=0.3)
    for at, value in zip(sizes, values, strict=True):
        panel.annotate(
            f"{value:g}", (at, value), fontsize=8, xytext=(0, 5), textcoords="offset points"
        )


def _words(number: int) -> str:
    return f"{PRODUCTS[number * 7 % len(PRODUCTS)].title} for {number}"


def _disk(folder: Path) -> int:
    mine = {"bench-vectors.npy", "bench-ids.txt", "bench.json"}
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in mine)
    return sum(path.stat().st_size for path in files)


if __name__ == "__main__":
    main()
