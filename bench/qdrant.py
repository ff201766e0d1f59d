"""What of the search port Qdrant could do: the questions of the contract tests, asked of it.

    pip install 'vitrine[bench]'
    .venv/bin/python -m bench.qdrant [--products 5000]

fills qdrant-client's local mode, which runs in this process and compares every vector, so it tells
what can be asked and whether the answers are right, and nothing of speed. Each answer is held
against NumPy. Prints one line a question; exit code 1 where an answer was wrong that
docs/scale.md says is right.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

try:
    from qdrant_client import QdrantClient, models
except ImportError:
    sys.exit("qdrant-client is not installed: pip install 'vitrine[bench]'")

NAME, DIMENSION, NEAREST = "products", 64, 20
COLOURS = ("red", "blue", "green", "black", "white")
SHARES = (1.0, 0.5, 0.1, 0.01, 0.001)


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """Products as they are: unit vectors, colours (each one or two), prices, designs."""

    vectors: np.ndarray
    colours: Sequence[list[str]]
    prices: np.ndarray
    designs: np.ndarray

    def payload(self, n: int) -> dict[str, Any]:
        """What Qdrant is told of the product of that number."""
        return {
            "colour": self.colours[n],
            "price": int(self.prices[n]),
            "rank": n / len(self.prices),
            "design": int(self.designs[n]),
        }

    def best(self, query: np.ndarray, mask: np.ndarray, most: int = NEAREST) -> list[int]:
        """The nearest of the masked, by a scan."""
        rows = np.flatnonzero(mask)
        scores = self.vectors[rows].astype(np.float64) @ query
        return [int(rows[i]) for i in np.argsort(-scores, kind="stable")[:most]]


def main() -> int:
    """Ask everything and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=5_000)
    stock = stocked(parser.parse_args().products)
    client = filled(stock)
    wrong = 0
    for question, (answer, expected) in QUESTIONS.items():
        found = answer(client, stock)
        wrong += found != expected
        sys.stdout.write(f"{'yes' if found else 'no':4}{question}\n")
    return int(wrong > 0)


def stocked(many: int) -> Stock:
    """A catalogue of random products."""
    dice = np.random.default_rng(0)
    vectors = dice.normal(size=(many, DIMENSION)).astype(np.float32)
    colours = [sorted(set(dice.choice(COLOURS, 2))) for _ in range(many)]
    return Stock(
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        [[str(each) for each in some] for some in colours],
        dice.integers(1, 200, many),
        dice.integers(0, many // 4, many),
    )


def filled(stock: Stock) -> QdrantClient:
    """Qdrant with every product, in this process."""
    client = QdrantClient(":memory:")
    size = models.VectorParams(size=DIMENSION, distance=models.Distance.DOT)
    client.create_collection(NAME, vectors_config=size)
    client.upsert(NAME, [_point(stock, n) for n in range(len(stock.prices))], wait=True)
    return client


def exact(client: QdrantClient, stock: Stock) -> bool:
    """Unfiltered and under filters that leave 50, 10, 1 and 0.1 %."""
    return all(
        _nearest(client, query, _below(share)) == stock.best(query, _left(stock, share))
        for query in _queries(stock)
        for share in SHARES
    )


def combined(client: QdrantClient, stock: Stock) -> bool:
    """Any of several values of a list, none of others, and a range, at once."""
    wanted = models.Filter(
        must=[
            models.FieldCondition(key="colour", match=models.MatchAny(any=["red", "blue"])),
            models.FieldCondition(key="price", range=models.Range(gte=20, lt=90)),
        ],
        must_not=[models.FieldCondition(key="colour", match=models.MatchValue(value="black"))],
    )
    mask = np.array([bool({"red", "blue"} & set(some)) for some in stock.colours])
    mask &= (stock.prices >= 20) & (stock.prices < 90)
    mask &= np.array(["black" not in some for some in stock.colours])
    return all(_nearest(client, q, wanted) == stock.best(q, mask) for q in _queries(stock))


def emphasised(client: QdrantClient, stock: Stock) -> bool:
    """A query whose parts weigh differently: a linear change of the query alone."""
    weights = np.repeat([1.5, 0.5], DIMENSION // 2)
    everything = np.ones(len(stock.prices), bool)
    return all(
        _nearest(client, weights * q, None) == stock.best(weights * q, everything)
        for q in _queries(stock)
    )


def counted(client: QdrantClient, stock: Stock) -> bool:
    """How many of what a filter leaves have each value."""
    told = client.facet(NAME, "colour", facet_filter=_below(0.5), limit=100, exact=True)
    left = _left(stock, 0.5)
    real = Counter(c for n, some in enumerate(stock.colours) if left[n] for c in some)
    return {str(hit.value): hit.count for hit in told.hits} == dict(real)


def price_range(client: QdrantClient, stock: Stock) -> bool:
    """The lowest and the highest price of what a filter leaves."""
    ends = [_by_price(client, direction, _below(0.1), 1)[0][1] for direction in ("asc", "desc")]
    left = stock.prices[_left(stock, 0.1)]
    return ends == [int(left.min()), int(left.max())]


def paged(client: QdrantClient, stock: Stock) -> bool:
    """By price, page after page, each product once though many cost the same."""
    seen: list[int] = []
    start: int | None = None
    for _ in range(len(stock.prices) // 50 + 1):
        page = _by_price(client, "asc", None, 50, start)
        seen += [n for n, _ in page]
        start = page[-1][1]
    return len(seen) == len(set(seen))


def visible(client: QdrantClient, stock: Stock) -> bool:
    """An edit and a deletion count from the call that returns."""
    query = stock.vectors[7].astype(np.float64)
    client.set_payload(NAME, {"rank": 2.0}, points=[7], wait=True)
    edited = _nearest(client, query, _below(1.0))[0] != 7
    client.delete(NAME, models.PointIdsList(points=[7]), wait=True)
    gone = _nearest(client, query, None)[0] != 7
    client.upsert(NAME, [_point(stock, 7)], wait=True)
    return edited and gone and _nearest(client, query, _below(1.0))[0] == 7


def variants(client: QdrantClient, stock: Stock) -> bool:
    """The best product of each design, designs in the order of these."""
    for query in _queries(stock):
        told = client.query_points_groups(
            NAME, group_by="design", query=query.tolist(), limit=NEAREST, group_size=1
        )
        order = stock.best(query, np.ones(len(stock.prices), bool), len(stock.prices))
        first: dict[int, int] = {}
        for n in order:
            first.setdefault(int(stock.designs[n]), n)
        if [int(group.hits[0].id) for group in told.groups] != list(first.values())[:NEAREST]:
            return False
    return True


def number_over_a_line(client: QdrantClient, _stock: Stock) -> bool:
    """How many products are at least so like the query, without fetching them."""
    return "score_threshold" in client.count.__code__.co_varnames


def spread(client: QdrantClient, _stock: Stock) -> bool:
    """Mean and deviation of the cosines of all products."""
    return any(hasattr(client, name) for name in ("aggregate", "statistics"))


def in_the_transaction(client: QdrantClient, _stock: Stock) -> bool:
    """A write that is undone with the transaction of the product."""
    return any(hasattr(client, name) for name in ("begin", "prepare", "transaction"))


Answer = Callable[[QdrantClient, Stock], bool]

QUESTIONS: dict[str, tuple[Answer, bool]] = {
    "nearest under filters, exactly": (exact, True),
    "any of, none of, and a range together": (combined, True),
    "parts of the query weighed": (emphasised, True),
    "facet counts": (counted, True),
    "price range": (price_range, True),
    "pages by price without repeats": (paged, False),
    "edits and deletions at once": (visible, True),
    "one product a design": (variants, True),
    "how many over a line": (number_over_a_line, False),
    "mean and deviation of cosines": (spread, False),
    "written with the product's transaction": (in_the_transaction, False),
}
"""What is asked, and whether docs/scale.md says that it can be."""


def _point(stock: Stock, n: int) -> models.PointStruct:
    return models.PointStruct(id=n, vector=stock.vectors[n].tolist(), payload=stock.payload(n))


def _queries(stock: Stock) -> Iterator[np.ndarray]:
    dice = np.random.default_rng(1)
    for _ in range(5):
        near = stock.vectors[dice.integers(len(stock.vectors))]
        yield near.astype(np.float64) + dice.normal(size=DIMENSION) / 20


def _below(share: float) -> models.Filter:
    ahead = models.FieldCondition(key="rank", range=models.Range(lt=share))
    return models.Filter(must=[ahead])


def _left(stock: Stock, share: float) -> np.ndarray:
    left: np.ndarray = np.arange(len(stock.prices)) / len(stock.prices) < share
    return left


def _nearest(client: QdrantClient, query: np.ndarray, wanted: models.Filter | None) -> list[int]:
    told = client.query_points(NAME, query=query.tolist(), query_filter=wanted, limit=NEAREST)
    return [int(point.id) for point in told.points]


def _by_price(
    client: QdrantClient,
    direction: str,
    wanted: models.Filter | None,
    most: int,
    start: int | None = None,
) -> list[tuple[int, int]]:
    order = models.OrderBy(key="price", direction=models.Direction(direction), start_from=start)
    told, _ = client.scroll(NAME, scroll_filter=wanted, limit=most, order_by=order)
    return [(int(point.id), int((point.payload or {})["price"])) for point in told]


if __name__ == "__main__":
    sys.exit(main())
