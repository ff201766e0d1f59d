"""Draws the sample photos that shoppers without one of their own can try: small, and of nobody.

python web/scripts/samples.py     writes web/public/vitrine/samples/*.webp
"""

from __future__ import annotations

from pathlib import Path

from vitrine.sample import OUTFITS, draw_outfit

FOLDER = Path(__file__).parents[1] / "public" / "vitrine" / "samples"
NAMES = ("summer-market", "city-autumn", "weekend")
DRAWN, SIZE = (600, 800), (480, 640)
"""Drawn larger than it is kept, so that lines stay even."""


def main() -> None:
    """Draw each of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(NAMES, 1):
        outfit = next(outfit for outfit in OUTFITS if outfit.name == name)
        picture, _ = draw_outfit(outfit, DRAWN)
        picture.resize(SIZE).save(FOLDER / f"{number}.webp", quality=70, method=6)


if __name__ == "__main__":
    main()
