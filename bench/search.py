"""How fast searches answer over HTTP, beside what their models alone take, and beside libraries.

    .venv/bin/python -m bench.search --products 1000 10000 100000

starts `vitrine serve` on a simulated catalogue of each size (`bench.stock`) and asks it, by one
client and by several at once: by a photo, by words, both with a filter, for a look, for similar
products. No two photos and no two texts are the same. Prints one JSON line with, of each kind,

- `p50_ms`, `p95_ms`, `p99_ms` of one client, and `ceiling_ms`: what the graphs of that very query
  take on the tensors it gave them, and one product of all vectors with its vector; measured in
  turn with the requests, `times` is the median of the ratios
- `processor_ms`, `ceiling_processor_ms`, `processor_times`: the same as processor time of the
  server and of the graphs, the mean of all queries, which other programs disturb less
- `clients`: queries a second, p95 and processor time of the server a query, of each crowd;
  `of_models` is their rate over that of the graphs alone in their best batches, in turn again, one
  after the other on all cores or side by side on one each, as is quicker
- `filtered_times`: p50 with a filter over p50 without
- `libraries`: p50 of a query for the nearest 20 of the same vectors, recall of the exact nearest,
  and seconds to build, of whichever of hnswlib, usearch and faiss is installed
  (`pip install vitrine[bench]`), of Chroma, and of Vitrine's own scan, which is exact
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import ceilings, libraries
from bench.ceilings import Runs
from bench.serving import Ask, Server, crowd, form, get, post, processor_seconds, serving
from bench.stock import SIZE, Stock, jpeg, stocked
from vitrine import wiring
from vitrine.adapters.vision import EmbeddedVision
from vitrine.core.settings import Settings
from vitrine.sample import OUTFITS, PRODUCTS, draw_outfit, draw_product

FILTER = {"price": {"max": 60}, "attributes.season": ["spring", "summer"]}
WARM = 3
CROWDS = (4, 16)
ROUNDS = 3
"""How often each crowd asks, in turn with the graphs alone."""

_numbers = itertools.count()


@dataclass(frozen=True)
class Kind:
    """One kind of search: its nth request, and the graphs that it cannot do without."""

    name: str
    ask: Callable[[int], Ask]
    runs: Callable[[int], Runs]
    scans: int = 1


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add = parser.add_argument
    add("--products", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="of each run")
    add("--queries", type=int, default=30, help="of each kind by one client (%(default)s)")
    add("--kinds", nargs="+", help="only these kinds of search")
    add("--no-libraries", action="store_true", help="leave out other libraries")
    add("--no-crowds", action="store_true", help="ask by one client only")
    options = parser.parse_args()
    told = {}
    for products in options.products:
        stock = stocked(products)
        told[str(products)] = measured(stock, options)
        if not options.no_libraries:
            told[str(products)]["libraries"] = libraries.measured(stock)
    print(json.dumps(told))


def measured(stock: Stock, options: argparse.Namespace) -> dict[str, Any]:
    """Each kind of search, one after the other."""
    vision = wiring.load_vision(Settings())
    found: dict[str, Any] = {}
    with serving(stock) as server:
        for kind in kinds(stock, vision):
            if options.kinds and kind.name not in options.kinds:
                continue
            found[kind.name] = alone(server, stock, kind, options.queries)
            if not options.no_crowds:
                found[kind.name]["clients"] = {
                    str(clients): together(server, kind, clients) for clients in CROWDS
                }
    for name in ("photo", "text"):
        if name in found and f"{name} + filter" in found:
            filtered = found[f"{name} + filter"]
            times = filtered["p50_ms"] / found[name]["p50_ms"]
            filtered["filtered_times"] = round(times, 2)
    return found


def kinds(stock: Stock, vision: EmbeddedVision) -> Iterator[Kind]:
    """What is asked."""
    drawn = [draw_product(PRODUCTS[place], 2, SIZE) for place in (3, 21, 40, 77, 96)]
    looks = [draw_outfit(outfit, SIZE)[0] for outfit in OUTFITS[:3]]
    plain = [_analysis(vision, jpeg(picture)) for picture in drawn]
    dressed = [_analysis(vision, jpeg(picture)) for picture in looks]
    ids = stock.ids

    def photo(number: int, **fields: Any) -> Ask:
        return form("/v1/search", _photo(drawn, number), **fields)

    def words(number: int, **fields: Any) -> Ask:
        return post("/v1/search", text=_text(number), **fields)

    def of_photo(number: int) -> Runs:
        return plain[number % len(plain)]

    def of_words(number: int) -> Runs:
        with ceilings.watched() as runs:
            vision.embed_texts([_text(number)])
        return runs

    yield Kind("photo", photo, of_photo)
    yield Kind("photo + filter", lambda number: photo(number, filters=FILTER), of_photo)
    yield Kind("text", words, of_words)
    yield Kind("text + filter", lambda number: words(number, filters=FILTER), of_words)
    yield Kind(
        "look",
        lambda number: form("/v1/search", _photo(looks, number), group_by="item"),
        lambda number: dressed[number % len(dressed)],
        scans=4,
    )
    yield Kind(
        "similar",
        lambda number: get(f"/v1/products/{ids[number * 37 % len(ids)]}/similar"),
        lambda _number: Runs([]),
    )


def alone(server: Server, stock: Stock, kind: Kind, queries: int) -> dict[str, Any]:
    """One client's answers, each in turn with the query's ceiling."""
    vectors = np.array(stock.vectors)
    line, spent, least = server.line(), list[float](), list[float]()
    work = least_work = 0.0
    for number in range(WARM + queries):
        asked = next(_numbers)
        what, runs = kind.ask(asked), kind.runs(asked)
        before, begun = processor_seconds(server.pid), time.perf_counter()
        line.fetch(what)
        middle, after = time.perf_counter(), processor_seconds(server.pid)
        here = time.process_time()
        runs.again()
        for _ in range(kind.scans):
            ceilings.scan(vectors, vectors[0])
        if number >= WARM:
            spent.append(1000 * (middle - begun))
            least.append(1000 * (time.perf_counter() - middle))
            work += 1000 * (after - before) / queries
            least_work += 1000 * (time.process_time() - here) / queries
    line.close()
    return {
        "processor_ms": round(work, 1),
        "ceiling_processor_ms": round(least_work, 1),
        "processor_times": round(work / least_work, 2),
        **{f"p{at}_ms": round(float(np.percentile(spent, at)), 1) for at in (50, 95, 99)},
        "ceiling_ms": round(float(np.median(least)), 1),
        "times": round(float(np.median(np.divide(spent, least))), 2),
        "over_ms": round(float(np.median(np.subtract(spent, least))), 1),
    }


def together(server: Server, kind: Kind, clients: int) -> dict[str, Any]:
    """A crowd's answers, in turn with the graphs alone for the same queries."""
    count = 3 * clients
    spent, rates, shares = list[float](), list[float](), list[float]()
    work = 0.0
    for _ in range(ROUNDS):
        numbers = [next(_numbers) for _ in range(count)]
        asks = [kind.ask(number) for number in numbers]
        runs = Runs([run for number in numbers for run in kind.runs(number).seen]).batched()
        before = processor_seconds(server.pid)
        answers, seconds = crowd(server, asks, clients)
        work += 1000 * (processor_seconds(server.pid) - before) / (ROUNDS * count)
        spent += answers
        rates.append(count / seconds)
        shares.append(runs.least() / seconds)
    told: dict[str, Any] = {
        "a_second": round(float(np.median(rates)), 1),
        "processor_ms": round(work, 1),
        "p95_ms": round(1000 * float(np.percentile(spent, 95)), 1),
    }
    return told | ({"of_models": round(float(np.median(shares)), 2)} if runs.seen else {})


def _analysis(vision: EmbeddedVision, photo: bytes) -> Runs:
    with ceilings.watched() as runs:
        vision.analyze([photo])
    return runs


def _photo(drawn: Sequence[Any], number: int) -> bytes:
    return jpeg(drawn[number % len(drawn)], f"{number} of {time.time_ns()}")


def _text(number: int) -> str:
    product = PRODUCTS[number * 7 % len(PRODUCTS)]
    return f"{product.title} {('for summer', 'for the office', 'in wool', 'on sale')[number % 4]}"


if __name__ == "__main__":
    main()
