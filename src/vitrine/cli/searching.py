"""Searching from the command line."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from vitrine import wiring
from vitrine.cli.console import err, out, read_settings
from vitrine.core.errors import invalid
from vitrine.services import catalog
from vitrine.services import search as searches
from vitrine.services.search import Answer, sheets
from vitrine.services.search import filters as filtering
from vitrine.services.search.filters import Filters
from vitrine.services.search.orders import RELEVANCE, Sort
from vitrine.services.search.present import Hit
from vitrine.services.search.request import SORTS, Query
from vitrine.vision.tuning import LEVELS, Level
from vitrine.vision.types import Box
from vitrine.wiring import Runtime


def search(
    photo: Annotated[
        Path | None, typer.Argument(help="A photo of what you look for.", show_default=False)
    ] = None,
    text: Annotated[str, typer.Option(help="Words: alone, or beside the photo.")] = "",
    not_text: Annotated[str, typer.Option(help="Words to move away from.")] = "",
    like: Annotated[
        str | None,
        typer.Option(help="More like this product: its external id.", metavar="EXTERNAL_ID"),
    ] = None,
    min_level: Annotated[
        str | None,
        typer.Option(help="Leave out what is less sure: exact, close or similar.", metavar="LEVEL"),
    ] = None,
    weight: Annotated[
        float, typer.Option(help="Share of the photo, 0 to 1, where there are words as well.")
    ] = 0.5,
    box: Annotated[
        str | None,
        typer.Option(help="Part of the photo, x1,y1,x2,y2 in pixels.", metavar="X1,Y1,X2,Y2"),
    ] = None,
    limit: Annotated[int, typer.Option(help="Most hits.")] = 10,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            help="Only products with this, as colour=red or price=20..50. Again for more: the "
            "same name widens, another one narrows. Names: category, colour, brand, gender, "
            "availability, price, attributes.NAME.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    unwanted: Annotated[
        list[str] | None,
        typer.Option("--not", help="No product with this.", metavar="NAME=VALUE"),
    ] = None,
    sort: Annotated[
        str, typer.Option(help="relevance, price, -price (the dearest first) or newest.")
    ] = RELEVANCE,
    cursor: Annotated[str | None, typer.Option(help="The next page of the same search.")] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Also write a contact sheet, a PNG, here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Search the catalogue by photo or product, words, or both; else list what filters leave.

    Examples: `vitrine search shoe.jpg`, `vitrine search --text "navy check shirt"`,
    `vitrine search dress.jpg --text "but in red" --sheet out.png`,
    `vitrine search --like SKU-17 --text red --not-text striped --min-level close`,
    `vitrine search --text dress --filter colour=red --filter price=..80 --not brand=Acme`.
    """
    data = _read(photo)
    filters = _parse_filters(wanted or [], unwanted or [])
    # What cannot work is refused before anything is opened; the SKU becomes an id then.
    query = Query(
        data,
        text=text,
        box=_parse_box(box),
        weight=weight,
        limit=limit,
        filters=filters,
        cursor=cursor,
        sort=_parse_sort(sort),
        not_text=not_text,
        min_level=_parse_level(min_level),
        product_id=like,
    )
    with wiring.running_or_attached(read_settings()) as (runtime, _owner):
        if like is not None:
            query = replace(query, product_id=_product_id(runtime, like))
        answer = searches.search(runtime.search_engine, query)
        if sheet is not None:
            asked = sheets.Asked(data, _searched_box(answer), text)
            _write(sheet, sheets.draw(asked, answer.hits, runtime.ports.blobs))
    if as_json:
        sys.stdout.write(json.dumps(_as_json(answer), ensure_ascii=False) + "\n")
    else:
        _print_hits(answer)
    if sheet is not None:
        err.print(f"Wrote {sheet}", markup=False)


def _read(photo: Path | None) -> bytes | None:
    if photo is None:
        return None
    try:
        return photo.read_bytes()
    except OSError as broken:
        raise invalid("PHOTO", f"{photo} cannot be read: {broken.strerror}") from None


def _write(sheet: Path, picture: bytes) -> None:
    try:
        sheet.write_bytes(picture)
    except OSError as broken:
        raise invalid("--sheet", f"{sheet} cannot be written: {broken.strerror}") from None


def _parse_box(box: str | None) -> Box | None:
    if box is None:
        return None
    try:
        x1, y1, x2, y2 = (float(edge) for edge in box.split(","))
    except ValueError:
        raise invalid("--box", f"{box!r} is not four numbers x1,y1,x2,y2") from None
    return Box(x1, y1, x2, y2)


def _parse_sort(sort: str) -> Sort:
    for known in SORTS:
        if known == sort:
            return known
    raise invalid("--sort", f"{sort!r} is not {', '.join(SORTS)}")


def _parse_level(level: str | None) -> Level | None:
    for known in (None, *LEVELS):
        if known == level:
            return known
    raise invalid("--min-level", f"{level!r} is not {', '.join(LEVELS)}")


def _product_id(runtime: Runtime, external_id: str) -> str:
    with runtime.sessions.read() as session:
        product = catalog.find(session, external_id)
        if product is None:
            raise invalid("--like", f"there is no product {external_id!r}")
        return product.id


def _parse_filters(wanted: list[str], unwanted: list[str]) -> Filters:
    asked = _by_facet("--filter", wanted)
    if unwanted:
        asked["not"] = _by_facet("--not", unwanted)
    return filtering.parse(asked)


def _by_facet(option: str, pairs: list[str]) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise invalid(option, f"{pair!r} is not NAME=VALUE")
        low, dots, high = value.partition("..")
        if (dots and name in asked) or isinstance(asked.get(name), dict):
            raise invalid(option, f"{name} takes one range, or values")
        if dots:
            asked[name] = {side: end for side, end in (("min", low), ("max", high)) if end}
        else:
            asked.setdefault(name, []).append(value)
    return asked


def _searched_box(answer: Answer) -> Box | None:
    edges = answer.result.query.get("box")
    return Box(*edges) if edges else None


def _print_hits(answer: Answer) -> None:
    if not answer.hits:
        out.print(f"Nothing found: {_why_nothing(answer.result.query)}.")
        return
    table = Table()
    table.add_column("rank", justify="right")
    table.add_column("score", justify="right")
    for column in ("level", "external_id", "title", "price"):
        table.add_column(column)
    for hit in answer.hits:
        product = hit.product
        price = "" if product.price is None else f"{product.price} {product.currency}"
        # Escaped: to the console, [words] in a title would be markup.
        named = (escape(product.external_id), escape(product.title))
        score = "" if hit.score is None else f"{hit.score:.3f}"
        table.add_row(str(hit.rank), score, hit.level or "", *named, price)
    out.print(table)
    _print_summary(answer.result.summary)


def _why_nothing(asked: dict[str, Any]) -> str:
    if "min_level" in asked:
        return f"no product that the filters leave is surely {asked['min_level']}"
    return "no product fulfils the filters" if asked["filters"] else "the catalogue is empty"


def _print_summary(summary: dict[str, Any]) -> None:
    for facet, counts in summary["facets"].items():
        shown = ", ".join(f"{each['value']} {each['count']:,}" for each in counts[:8])
        if shown:
            err.print(f"{facet}: {shown}", markup=False)
    if summary["next_cursor"]:
        more = f"{summary['total']:,} in all; the next with --cursor {summary['next_cursor']}"
        err.print(more, markup=False, soft_wrap=True)


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "query_id": answer.result.id,
        "collection": answer.result.collection,
        "milliseconds": answer.result.milliseconds,
        **answer.result.summary,
        "hits": [_hit(hit) for hit in answer.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": hit.score,
        "product_id": hit.product.id,
        "external_id": hit.product.external_id,
        "level": hit.level,
        "reasons": None if hit.reasons is None else hit.reasons.as_json(),
        "title": hit.product.title,
        "image_id": hit.image.id,
        "box": list(hit.crop.box.as_tuple()),
    }


COMMANDS = (search,)
