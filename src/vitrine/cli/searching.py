"""Searching from the command line."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.table import Table

from vitrine import wiring
from vitrine.cli.console import err, out, read_settings
from vitrine.core.clock import new_id
from vitrine.core.errors import Invalid, invalid
from vitrine.core.reasons import check
from vitrine.fields.facets import COUNTED
from vitrine.services import catalog
from vitrine.services import search as searches
from vitrine.services.search import Answer, sheets
from vitrine.services.search import filters as filtering
from vitrine.services.search.filters import Filters
from vitrine.services.search.present import Hit
from vitrine.services.search.request import SearchRequest, changed
from vitrine.services.search.request import options as request_options
from vitrine.vision.types import Box
from vitrine.wiring import Runtime

OWN = ("upload_id", "product_id", "filters", "facets", "group_by", "plain_words")
"""The options of a search that the command reads in its own way, or not at all."""

TYPES = {"string": str, "integer": int, "number": float}


def search(
    photo: Annotated[
        Path | None, typer.Argument(help="A photo of what you look for.", show_default=False)
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(help="More like this product: its external id.", metavar="EXTERNAL_ID"),
    ] = None,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            help="Only products with this, as colour=red or price=20..50. Again for more: the "
            f"same name widens, another one narrows. Names: {', '.join(COUNTED)}, attributes.NAME.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    unwanted: Annotated[
        list[str] | None,
        typer.Option("--not", help="No product with this.", metavar="NAME=VALUE"),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Also write a contact sheet, a PNG, here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    **options: Any,
) -> None:
    """Search the catalogue by photo or product, words, or both; else list what filters leave.

    Examples: `vitrine search shoe.jpg`, `vitrine search --text "navy check shirt"`,
    `vitrine search dress.jpg --text "but in red" --sheet out.png`,
    `vitrine search --like SKU-17 --text red --not-text striped --min-level close`,
    `vitrine search --text dress --filter colour=red --filter price=..80 --not brand=Acme`.
    """
    data = _read(photo)
    filters = _parse_filters(wanted or [], unwanted or [])
    given = {name: value for name, value in options.items() if value is not None}
    # What cannot work is refused before anything is opened; whose id it is, is known then.
    product_id = None if like is None else new_id()
    request = _checked(given | {"photo": data, "filters": filters, "product_id": product_id})
    with wiring.running_or_attached(read_settings()) as (runtime, _owner):
        if like is not None:
            request = changed(request, product_id=_product_id(runtime, like))
        answer = searches.search(runtime.search_engine, request)
        if sheet is not None:
            asked = sheets.Asked(data, _searched_box(answer), request.text)
            _write(sheet, sheets.draw(asked, answer.hits, runtime.ports.blobs))
    if as_json:
        sys.stdout.write(json.dumps(_as_json(answer), ensure_ascii=False) + "\n")
    else:
        _print_hits(answer)
    if sheet is not None:
        err.print(f"Wrote {sheet}", markup=False)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command with a parameter for every other option, as the request declares it."""
    schemas, signature = request_options(), inspect.signature(command, eval_str=True)
    own = [each for each in signature.parameters.values() if each.kind != each.VAR_KEYWORD]
    derived = [_parameter(name, schemas[name]) for name in schemas if name not in OWN]
    parameters = [own[0], *derived, *own[1:]]
    annotations = {each.name: each.annotation for each in parameters}
    # inspect reads it, and Typer asks inspect; the types of functions do not know it.
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = annotations | {"return": None}
    return command


def _parameter(name: str, schema: Mapping[str, Any]) -> inspect.Parameter:
    """The parameter of one option: text, a number or a choice by its JSON schema."""
    given = next((one for one in schema.get("anyOf", ()) if one["type"] != "null"), schema)
    choices = given.get("enum")
    option = typer.Option(
        help=schema["description"],
        show_default=bool(schema.get("default")),
    )
    kind: Any = Literal[tuple(choices)] if choices else TYPES.get(str(given["type"]), str)
    return inspect.Parameter(
        name,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=schema.get("default"),
        annotation=Annotated[kind | None, option],
    )


def _checked(given: Mapping[str, Any]) -> SearchRequest:
    """The request; a reason names the option as it is typed."""
    try:
        return check(SearchRequest, given)
    except Invalid as wrong:
        fields = {_typed(name): reason for name, reason in wrong.fields.items()}
        reasons = "; ".join(f"{name} {reason}" for name, reason in fields.items())
        raise Invalid(wrong.code, f"{reasons}.", fields=fields) from None


def _typed(name: str) -> str:
    return {"photo": "PHOTO", "product_id": "--like"}.get(name, f"--{name.replace('_', '-')}")


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
    summary = answer.result.summary
    if summary["total"] == 0:
        out.print("Nothing fits; the nearest are less alike:")
    table = Table()
    table.add_column("rank", justify="right")
    table.add_column("score", justify="right")
    for column in ("level", "external_id", "title", "price"):
        table.add_column(column)
    matching = [hit for hit in answer.hits if hit.matches]
    less_alike = [hit for hit in answer.hits if not hit.matches]
    for hit in matching:
        table.add_row(*_row(hit))
    if matching and less_alike:
        table.add_section()
        table.add_row("", "", "", "", "less alike:", "")
    for hit in less_alike:
        table.add_row(*_row(hit), style="dim")
    out.print(table)
    _print_summary(summary)


def _row(hit: Hit) -> tuple[str, ...]:
    product = hit.product
    price = "" if product.price is None else f"{product.price} {product.currency}"
    # Escaped: to the console, [words] in a title would be markup.
    named = (escape(product.external_id), escape(product.title))
    score = "" if hit.score is None else f"{hit.score:.3f}"
    return str(hit.rank), score, hit.level or "", *named, price


def _why_nothing(asked: dict[str, Any]) -> str:
    if asked.get("min_level"):
        return f"no product that the filters leave is surely {asked['min_level']}"
    return "no product fulfils the filters" if asked["filters"] else "the catalogue is empty"


def _print_summary(summary: dict[str, Any]) -> None:
    for facet, counts in summary["facets"].items():
        shown = ", ".join(f"{each['value']} {each['count']:,}" for each in counts[:8])
        if shown:
            err.print(f"{facet}: {shown}", markup=False)
    if summary["next_cursor"]:
        many = f"{'more than ' if summary['capped'] else ''}{summary['total']:,}"
        more = f"{many} match; the next with --cursor {summary['next_cursor']}"
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
        "matches": hit.matches,
        "reasons": None if hit.reasons is None else hit.reasons.as_json(),
        "title": hit.product.title,
        "image_id": None if hit.image is None else hit.image.id,
        "box": None if hit.crop is None else list(hit.crop.box.as_tuple()),
    }


COMMANDS = (_with_options(search),)
