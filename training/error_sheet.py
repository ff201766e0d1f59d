"""A sheet of words that the shipped encoder reads wrongly, answered by drawn products.

    python -m training.error_sheet --out docs/images/encoder.png

The products are the sample catalogue's, so that what is wrong can be shown without anybody's photo.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from training.report import columns, sheets
from vitrine.services.search.sheets import Asked
from vitrine.vision.registry import PACKAGED

WORDS = (
    "blue shirt with white collar",
    "Jeansjacke",
    "Wollmütze",
    "parka",
    "goldene Ohrringe",
)
"""Each fails in its own way; the model card says how."""


def main(argv: Sequence[str] | None = None) -> None:
    """Write the sheet named by --out."""
    parser = argparse.ArgumentParser(
        prog="python -m training.error_sheet",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    out: Path = parser.parse_args(argv).out
    vision = columns.load(PACKAGED / "vitrine-mini", 1)
    asked = [Asked(None, None, words) for words in WORDS]
    shown = sheets.among_drawn(columns.of(vision), asked, vision.embed_texts(WORDS))
    sheets.stacked(sheets.strips(shown)).quantize(128).save(out, optimize=True)


if __name__ == "__main__":
    main()
