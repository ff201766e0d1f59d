"""Manifests for `vitrine evaluate`: the dev products as JSON lines.

    python -m training.manifests --data ../shared/data --out build/manifests

writes, with paths to the photos relative to the manifests:

    dev224.jsonl        dev products whose photo is 168 x 224, all as gallery: text search
    dev.jsonl           every dev product as gallery: text search
    dev224-train.jsonl  the 168 x 224 dev products as queries, the train products as gallery: P@10
    dev-train.jsonl     every dev product as query, the train products as gallery: P@10
    dev-views.jsonl     every dev product as gallery; a synthetic second photo of each as query
    phone-dev.jsonl     dev phone photos, leave-one-out: P@10 of the kind of garment
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from training import data, views
from training.data import Shot
from vitrine.vision import images

SMALL = (168, 224)


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
    small = [shot for shot in dev if is_small(shot)]
    phone = [shot for shot in data.phone(root) if shot.split == "dev"]
    grounds = [shot.path for shot in phone]
    contents = {
        "dev224": lines(small, "gallery", out),
        "dev": lines(dev, "gallery", out),
        "dev224-train": lines(small, "query", out) + lines(train, "gallery", out),
        "dev-train": lines(dev, "query", out) + lines(train, "gallery", out),
        "dev-views": lines(dev, "gallery", out) + lines(_second(dev, grounds, out), "query", out),
        "phone-dev": lines(phone, "gallery", out),
    }
    return [(_save(out / f"{name}.jsonl", rows), len(rows)) for name, rows in contents.items()]


def lines(shots: Iterable[Shot], split: str, folder: Path) -> list[dict[str, str]]:
    """One manifest line for each shot, on the side given."""
    return [
        {
            "image": os.path.relpath(shot.path, folder),
            "product_id": shot.key,
            "title": shot.title,
            "category": shot.facets.get("category", ""),
            "colour": shot.facets.get("colour", ""),
            "split": split,
        }
        for shot in shots
    ]


def is_small(shot: Shot) -> bool:
    """Whether the photo is one of the small ones; reads its header only."""
    with Image.open(shot.path) as photo:
        return photo.size == SMALL


def _second(shots: Sequence[Shot], grounds: Sequence[Path], out: Path) -> list[Shot]:
    folder = out / "views"
    folder.mkdir(exist_ok=True)
    return [_view(shot, grounds, folder / f"{shot.key}.jpg") for shot in shots]


def _view(shot: Shot, grounds: Sequence[Path], path: Path) -> Shot:
    if not path.exists():
        picture = images.open(shot.path.read_bytes()).pixels
        # A seed of its own: training must not have seen this very view of anything.
        views.synthetic(picture, f"report/{shot.key}", grounds).save(path, quality=92)
    return Shot(shot.key, path, shot.source, shot.split, shot.group, shot.title, facets=shot.facets)


def _save(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
