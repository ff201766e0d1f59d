"""A contact sheet: the query and its top hits as one picture."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont, ImageOps

from vitrine.core.errors import NotFound
from vitrine.ports import Blobs
from vitrine.services.search.present import Hit
from vitrine.tables.catalog import blob_key
from vitrine.vision import images
from vitrine.vision.types import Box

FONTS = ("NotoSansCJK-Regular.ttc", "DejaVuSans.ttf", "Arial Unicode.ttf")
TILE, GAP, CAPTION, COLUMNS = 220, 16, 56, 6
INK, QUIET, GROUND, ACCENT = "#1d1d1f", "#6e6e73", "#fafafa", "#0a66c2"


@dataclass(frozen=True, slots=True)
class Asked:
    """The query as a person sees it: its photo with the box that was searched, its words."""

    photo: bytes | None
    box: Box | None
    text: str


def draw(asked: Asked, hits: Sequence[Hit], blobs: Blobs) -> bytes:
    """A PNG with the query first, then the hits with rank, score and title."""
    tiles = [_query_tile(asked), *(_hit_tile(hit, blobs) for hit in hits)]
    columns = min(COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    wide, high = TILE + GAP, TILE + CAPTION + GAP
    sheet = Image.new("RGB", (columns * wide + GAP, rows * high + GAP), GROUND)
    for place, tile in enumerate(tiles):
        sheet.paste(tile, (GAP + place % columns * wide, GAP + place // columns * high))
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def _query_tile(asked: Asked) -> Image.Image:
    if asked.photo is None:
        picture = Image.new("RGB", (TILE, TILE), "white")
        words = textwrap.fill(f"“{asked.text}”", 18)
        ImageDraw.Draw(picture).multiline_text((16, 24), words, INK, _font(20), spacing=8)
        return _framed(picture, "Query", "words", ACCENT)
    picture = images.open(asked.photo).pixels.copy()
    if asked.box is not None:
        edge = max(2, round(max(picture.size) / 120))
        ImageDraw.Draw(picture).rectangle(asked.box.as_tuple(), outline=ACCENT, width=edge)
    return _framed(picture, "Query", asked.text or "photo", ACCENT)


def _hit_tile(hit: Hit, blobs: Blobs) -> Image.Image:
    picture = Image.new("RGB", (TILE, TILE), "#eeeeee")
    if hit.image is not None:
        with suppress(NotFound):
            picture = images.open(blobs.get(blob_key(hit.image.sha256))).pixels
    return _framed(picture, _head(hit), hit.product.title, QUIET)


def _head(hit: Hit) -> str:
    score = "" if hit.score is None else f"  {hit.score:.3f}"
    return f"{hit.rank}.{score}{'' if hit.matches else '  less alike'}"


def _framed(picture: Image.Image, head: str, title: str, colour: str) -> Image.Image:
    tile = Image.new("RGB", (TILE, TILE + CAPTION), GROUND)
    tile.paste(ImageOps.pad(picture, (TILE, TILE), color="white"), (0, 0))
    draw = ImageDraw.Draw(tile)
    draw.text((2, TILE + 6), head, colour, _font(13))
    lines = textwrap.wrap(title, 32)[:2]
    draw.multiline_text((2, TILE + 22), "\n".join(lines), INK, _font(13), spacing=2)
    return tile


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font of the machine that knows umlauts and Japanese if there is one; else English."""
    for name in FONTS:
        with suppress(OSError):
            return ImageFont.truetype(name, size)
    return ImageFont.load_default(size)
