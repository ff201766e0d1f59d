"""100,000 catalogue files, each mutated from one of our own, read to their end without surprise.

    .venv/bin/python -m bench.fuzz_imports [COUNT] [SEED]

What a file may cost is itself or its rows, told by an error of ours; any other exception is printed
with the seed that makes it again, and the exit code is 1. Prints one JSON line.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.worlds import catalogues
from vitrine.core.errors import VitrineError
from vitrine.services import imports

COUNT = 100_000

SEEDS: tuple[bytes, ...] = (
    *(
        text.encode()
        for text in (
            catalogues.SHOPIFY,
            catalogues.SHOPIFY_2025,
            catalogues.GOOGLE_TSV,
            catalogues.GOOGLE_XML,
            catalogues.ATOM,
            catalogues.MEDUSA_V1,
            catalogues.MEDUSA_V2,
            catalogues.WOOCOMMERCE,
            catalogues.QUOTED_TSV,
            catalogues.BROKEN_FEED,
            'sep=;\nexternal_id;title;price;images\n"=""01""";Tee;"1.299,00 €";a.jpg|b.jpg\n',
            '{"external_id": 7, "title": "T", "price": 1.5, "attributes": {"fit": ["a", "b"]}}\n'
            '{"external_id": "8", "price": "12,500", "images": ["//x.example/a.jpg"]}\n',
            "id,title,price,status\n1,Gr\u00fcn,$19.99,draft\n2,\u77ed\u88d9,\uffe5100,active\n",
        )
    ),
    "id,title\n1,\u017b\u00f3\u0142ta bluzka\n".encode("cp1250"),
    "id,title\n1,\u30b7\u30e3\u30c4\n".encode("cp932"),
    "id\ttitle\r\n1\tGr\u00fcn\r\n".encode("utf-16"),
    b'<?xml version="1.0" encoding="iso-8859-1"?><rss><item><id>1</id></item></rss>',
)

PIECES: tuple[bytes, ...] = (
    *(b'"', b"'", b"\t", b",", b";", b"|", b"\n", b"\r", b"\r\n", b"\\", b"=", b"\0", b"\x0b"),
    *(b"&", b"&amp;", b"&#0;", b"&#x110000;", b"&x;", b"<", b">", b"</item>", b"<item>", b"<!--"),
    *(b"-->", b"<![CDATA[", b"]]>", b"<entry ", b"<!DOCTYPE x>", b"<?xml", b"{", b"}", b"[", b"]"),
    *(b"sep=,\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x80", b"\xfc", b"\xe2\x82\xac"),
    *(b"1.299", b"1,299.00", b"1e999", b"-", b"NaN", b"1" * 400, b"http://", b"//", b"data:,"),
    *("\u0663\u066b\u0665 \ufffe\u2028\u200f".encode(), b"9" * 5000, b'""', b"id:", b"::"),
)

Mutate = Callable[[random.Random, bytes], bytes]


def mutated(chance: random.Random, seeds: Sequence[bytes] = SEEDS) -> bytes:
    """One of the seeds with a few things done to it."""
    data = chance.choice(seeds)
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(_WAYS)(chance, data)
    return data


def _put(chance: random.Random, data: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(PIECES) + data[at:]


def _cut(chance: random.Random, data: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + data[at + chance.randint(1, 40) :]


def _end(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randint(0, len(data))]


def _flip(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _repeat(chance: random.Random, data: bytes) -> bytes:
    at = chance.randint(0, len(data))
    piece = data[at : at + chance.randint(1, 200)]
    return data[:at] + piece * chance.randint(2, 5) + data[at:]


def _recode(chance: random.Random, data: bytes) -> bytes:
    encoding = chance.choice(("utf-16-le", "utf-16-be", "cp1252", "cp1250", "mac-roman", "cp932"))
    return data.decode("utf-8", "replace").encode(encoding, "ignore")


_WAYS: tuple[Mutate, ...] = (_put, _put, _put, _cut, _end, _flip, _repeat, _recode)


def read(path: Path) -> Counter[str]:
    """What became of a file's records, or of the file; raises what is no error of ours."""
    found: Counter[str] = Counter()
    source = imports.source(path)
    try:
        layout = imports.look(source)
        imports.samples(source, layout)
        with imports.opened(source, layout) as catalogue:
            for record in catalogue.records():
                found["refused" if record.error or record.refused else "read"] += 1
    except VitrineError:
        found["files refused"] += 1
    return found


def main(arguments: Sequence[str]) -> int:
    """Read them all and print."""
    count = int(arguments[0]) if arguments else COUNT
    first = int(arguments[1]) if len(arguments) > 1 else 0
    begun, found, surprises = time.monotonic(), Counter[str](), []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "products"
        for number in range(first, first + count):
            path.write_bytes(mutated(random.Random(number)))
            try:
                found += read(path)
            except Exception as surprise:
                surprises.append({"seed": number, "raised": repr(surprise)[:300]})
    told = {"files": count, **found, "surprises": len(surprises), "first": surprises[:5]}
    print(json.dumps(told | {"seconds": round(time.monotonic() - begun, 1)}))
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
