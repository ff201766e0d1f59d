from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tests.worlds.factories import photo
from tests.worlds.indexing import indexed
from vitrine.services import search
from vitrine.services.search import SearchRequest, sheets
from vitrine.services.search.sheets import COLUMNS, GAP, TILE, Asked
from vitrine.vision.types import Box
from vitrine.wiring import Runtime


def drawn(runtime: Runtime, asked: Asked) -> Image.Image:
    answer = search.search(runtime.search_engine, SearchRequest(text="x"))
    return Image.open(io.BytesIO(sheets.draw(asked, answer.hits, runtime.ports.blobs)))


def test_a_sheet_shows_the_query_with_its_box_and_every_hit(runtime: Runtime) -> None:
    for number in range(7):
        indexed(runtime, f"P{number}", photo("green", seed=number))
    sheet = drawn(runtime, Asked(photo("red"), Box(10, 10, 60, 60), "red"))
    assert sheet.width == COLUMNS * (TILE + GAP) + GAP
    corner = sheet.crop((GAP, GAP, GAP + TILE, GAP + TILE))
    colours = [colour for _, colour in corner.getcolors(maxcolors=1_000_000) or []]
    accent = (10, 102, 194)
    nearest = int(np.abs(np.array(colours, int) - accent).sum(axis=1).min())
    assert nearest < 60, "the box is drawn"


def test_words_are_shown_as_the_query_and_a_lost_photo_as_a_blank(runtime: Runtime) -> None:
    product, _ = indexed(runtime, "A", photo("green"))
    runtime.ports.blobs.delete(product.images[0].blob_key)
    sheet = drawn(runtime, Asked(None, None, "navy check shirt"))
    assert sheet.getpixel((GAP + TILE + GAP + 5, GAP + 5)) == (0xEE, 0xEE, 0xEE)
