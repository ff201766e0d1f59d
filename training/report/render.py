"""The report as a page: every number comes from the JSON, none is typed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from training.report.targets import Report, show, targets

OPENING = Path(__file__).with_name("opening.md")
CURVES = {
    ("neighbours", "pairs"): "pairs of a dev product and another: same category",
    ("second", "first_hit"): "first hit of a synthetic second photo: that product",
    ("titles", "first_hit"): "first hit of a title: a product that bears it",
}
"""Where the curves of cosine lie in the report, and what they say."""


def page(report: Report, pictures: Mapping[str, Path]) -> str:
    """The report as Markdown; `pictures` are files by section, relative to the page."""
    parts = [OPENING.read_text(encoding="utf-8"), _made(report["made"]), _targets(report)]
    for name, section in report["sections"].items():
        parts.append(_section(section))
        if name in pictures:
            parts.append(_picture(section["title"], pictures[name]))
        if name == "facets" and "confusion" in pictures:
            parts.append(_picture("Which category is named as which, in %", pictures["confusion"]))
    parts += _cosines(report, pictures)
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def cell(figure: Mapping[str, Any] | None, digits: int) -> str:
    """One figure with its interval, or a dash."""
    if figure is None:
        return "-"
    value, low, high = (f"{figure[part]:.{digits}f}" for part in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _made(made: Mapping[str, Any]) -> str:
    columns = ", ".join(f"*{head}*: {name}" for head, name in made["columns"].items())
    sizes = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in made["bytes"].items())
    sample = made["limit"]
    lines = [
        f"Columns are {columns}. Pixels are prepared as `{made['preprocess']}` "
        f"in every column, each at its own size. Shipped files: {sizes}."
    ]
    if made["previous"] is None:
        lines.append(
            "The previous weights are not in this copy of the repository; no column has them."
        )
    if sample is not None:
        lines.append(f"**A quick look at {sample} dev shots of each source, not the evaluation.**")
    return _wrapped("\n\n".join(lines))


def _targets(report: Report) -> str:
    rows = [
        f"| {one.name} | {'at most' if one.at_most else 'at least'} {show(one.bound)} "
        f"| {show(one.value)} | {'yes' if one.met else '**no**'} |"
        for one in targets(report)
    ]
    return "\n".join(
        ["## Targets", "", "| what | target | measured | met |", "|---|---|---|---|", *rows]
    )


def _section(section: Mapping[str, Any]) -> str:
    lines = [f"## {section['title']}", "", _wrapped(section["text"])]
    heads = {
        key: name
        for key, name in section["columns"].items()
        if any(row["cells"].get(key) for row in section["rows"])
    }
    if heads:
        lines += [
            "",
            f"| figure | n | {' | '.join(heads.values())} |",
            "|---" * (len(heads) + 2) + "|",
        ]
        lines += list(_rows(section, list(heads)))
    elif not section["rows"]:
        lines += ["", "Not measured: there is nothing to measure it on."]
    return "\n".join(lines)


def _rows(section: Mapping[str, Any], keys: list[str]) -> Iterator[str]:
    for row in section["rows"]:
        cells = [row["cells"].get(key) for key in keys]
        count = next((one["n"] for one in cells if one), 0)
        shown = " | ".join(cell(one, section["digits"]) for one in cells)
        yield f"| {row['name']} | {count:,} | {shown} |"


def _cosines(report: Report, pictures: Mapping[str, Path]) -> list[str]:
    curves = {
        words: curve
        for (section, key), words in CURVES.items()
        if (curve := report["sections"].get(section, {}).get("extras", {}).get(key))
    }
    if not curves:
        return []
    steps = sorted({point["cosine"] for curve in curves.values() for point in curve})
    rows = []
    for step in steps:
        found = [next((p for p in curve if p["cosine"] == step), None) for curve in curves.values()]
        shown = [f"{point['share']:.3f} ({point['n']:,})" if point else "-" for point in found]
        rows.append(f"| {step:.2f} | {' | '.join(shown)} |")
    text = (
        "How often what is this near is right, by cosine from the number given up to 0.05 more; "
        "in brackets how many there were. Words and photos have smaller cosines than photos have."
    )
    head = f"| cosine | {' | '.join(curves)} |"
    lines = [
        "## What a cosine says",
        "",
        _wrapped(text),
        "",
        head,
        "|---" * (len(curves) + 1) + "|",
        *rows,
    ]
    shown = [_picture("What a cosine says", pictures["cosines"])] if "cosines" in pictures else []
    return ["\n".join(lines), *shown]


def _picture(words: str, path: Path) -> str:
    return f"![{words}]({path.as_posix()})"


def _wrapped(text: str) -> str:
    return "\n\n".join(
        textwrap.fill(part, 110, break_long_words=False, break_on_hyphens=False)
        for part in text.split("\n\n")
    )
