"""Manifests for `vitrine evaluate`: the dev parts as JSON lines.

    python -m training.manifests --data ../shared/data --out build/manifests
    vitrine evaluate build/manifests/dev.jsonl

writes, with paths to the photos relative to the manifests:

    dev.jsonl        every dev product as gallery: words find photos, photos find words
    dev-train.jsonl  every dev product as query, the train products as gallery: P@10
    dev-views.jsonl  every dev and train product as gallery; a synthetic second photo of each dev
                     product as query
    abroad.jsonl     another shop's catalogue, the first article of each design of several asking
    phone-dev.jsonl  dev phone photos, leave-one-out: P@10 of the kind of garment
    street-dev.jsonl dev street photos with two or more sorts of garment, one line for each sort's
                     word as the title, its box first: the choice of the primary crop

`make eval` measures these and more, beside baselines.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from training import abroad, crops, data, views
from training.data import Shot
from vitrine.vision import images
from vitrine.vision.vocabulary import vocabulary

Line = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> None:
    """Write every manifest; prints one line for each."""
    parser = argparse.ArgumentParser(
        prog="python -m training.manifests",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    parser.add_argument("--out", type=Path, default=Path("build/manifests"), help="where to write")
    options = parser.parse_args(argv)
    for path, count in write(options.data, options.out):
        print(f"{path}: {count} lines")


def write(root: Path, out: Path) -> list[tuple[Path, int]]:
    """Write the manifests of the data folder; each path with its number of lines."""
    out.mkdir(parents=True, exist_ok=True)
    products = data.products(root)
    train = [shot for shot in products if shot.split == "train"]
    dev = [shot for shot in products if shot.split == "dev"]
    phone = [shot for shot in data.phone(root) if shot.split == "dev"]
    garments = [shot for shot in data.garments(root, smallest=0.0) if shot.split == "dev"]
    second = second_photos(dev, [shot.path for shot in phone], out)
    gallery = lines(train, "gallery", out)
    contents = {
        "dev": lines(dev, "gallery", out),
        "dev-train": lines(dev, "query", out) + gallery,
        "dev-views": lines(second, "query", out) + lines(dev, "gallery", out) + gallery,
        "phone-dev": lines(phone, "gallery", out),
        "street-dev": list(outfits(garments, out)),
        "abroad": list(another_shop(root, out)),
    }
    return [(_save(out / f"{name}.jsonl", rows), len(rows)) for name, rows in contents.items()]


def lines(shots: Iterable[Shot], split: str, folder: Path) -> list[Line]:
    """One manifest line for each shot, on the side given."""
    return [
        {
            "image": os.path.relpath(shot.path, folder),
            "product_id": shot.key,
            "group": shot.group,
            "title": shot.title,
            "category": shot.facets.get("category", ""),
            "colour": shot.facets.get("colour", ""),
            "attributes": attributes(shot),
            "split": split,
        }
        for shot in shots
    ]


def another_shop(root: Path, folder: Path) -> Iterator[Line]:
    """The catalogue of the validation shop: the first of each design of several asks."""
    shots = abroad.shop(root)
    for shot, asks in zip(shots, abroad.asking(shots), strict=True):
        yield from lines([shot], "query" if asks else "gallery", folder)


def attributes(shot: Shot) -> dict[str, str]:
    """What is known of a shot beside category and colour, under the names of the vocabulary."""
    heads = {facet.name: facet.head for facet in vocabulary().facets.values()} | {"brand": "brand"}
    named = {name: head for name, head in heads.items() if name not in ("category", "colour")}
    return {name: shot.facets[head] for name, head in named.items() if shot.facets.get(head)}


def outfits(garments: Iterable[Shot], folder: Path) -> Iterator[Line]:
    """One line for each sort of garment on a photo with several, its own boxes first."""
    for some in crops.by_photo(garments):
        marked = [crops.garment(shot) for shot in some]
        for word in crops.asked(marked):
            boxes = sorted(marked, key=lambda one: one.word != word)
            yield {
                "image": os.path.relpath(some[0].path, folder),
                "product_id": f"{some[0].group}-{word}",
                "group": some[0].group,
                "title": word,
                "split": "gallery",
                "boxes": [[*one.box.as_tuple(), one.word] for one in boxes],
            }


def second_photos(shots: Sequence[Shot], grounds: Sequence[Path], home: Path) -> list[Shot]:
    """A synthetic second photo of each shot, kept under `home` by the recipe that made it."""
    recipe = Path(views.__file__).read_bytes() + "\n".join(path.name for path in grounds).encode()
    folder = home / f"views-{hashlib.sha256(recipe).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return [_view(shot, grounds, folder / f"{shot.key}.jpg") for shot in shots]


def _view(shot: Shot, grounds: Sequence[Path], path: Path) -> Shot:
    if not path.exists():
        picture = images.open(shot.path.read_bytes()).pixels
        # A seed of its own: training must not have seen this very view of anything.
        views.synthetic(picture, f"report/{shot.key}", grounds).save(path, quality=92)
    return replace(shot, path=path)


def _save(path: Path, rows: Sequence[Line]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
