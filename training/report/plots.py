"""The report as pictures: bars with intervals, confusions, curves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from training.report.render import CURVES
from training.report.rows import COLUMNS
from training.report.targets import Report

mpl.use("Agg")

SHADES = {
    "shipped": "#0a66c2",
    "previous": "#8ab8e6",
    "imagenet": "#c9a35a",
    "lite2": "#e0cda6",
    "histogram": "#c8c8c8",
}
BARS = {
    "abroad": "eval-abroad.png",
    "pairs": "eval-pairs.png",
    "titles": "eval-words.png",
    "neighbours": "eval-neighbours.png",
    "facets": "eval-naming.png",
    "second": "eval-same-product.png",
    "phone": "eval-phone.png",
    "street": "eval-street.png",
    "shoppers": "eval-shoppers.png",
}
KINDS, CONFUSION, COSINES = "eval-kinds.png", "eval-confusion.png", "eval-cosines.png"


def draw(report: Report, folder: Path) -> dict[str, str]:
    """Write the pictures into the folder; the file name of each section's."""
    folder.mkdir(parents=True, exist_ok=True)
    sections = report["sections"]
    drawn = {}
    for name, file in BARS.items():
        if sections.get(name, {}).get("rows"):
            _save(_bars(sections[name]), folder / file)
            drawn[name] = file
    if sections.get("detector", {}).get("rows"):
        _save(_kinds(sections["detector"]), folder / KINDS)
        drawn["detector"] = KINDS
    confusion = sections.get("facets", {}).get("extras", {}).get("confusion")
    if confusion:
        _save(_confusion(confusion), folder / CONFUSION)
        drawn["confusion"] = CONFUSION
    curves = {
        words: sections[section]["extras"][key]
        for (section, key), words in CURVES.items()
        if sections.get(section, {}).get("extras", {}).get(key)
    }
    if curves:
        _save(_cosines(curves), folder / COSINES)
        drawn["cosines"] = COSINES
    return drawn


def _bars(section: Mapping[str, Any]) -> Canvas:
    rows = section["rows"]
    keys = [key for key in COLUMNS if any(row["cells"].get(key) for row in rows)]
    canvas, axes = pyplot.subplots(figsize=(7, 0.6 + len(rows) * (0.14 + 0.14 * len(keys))))
    height = 0.8 / max(1, len(keys))
    for place, key in enumerate(keys):
        at = [number + place * height for number, row in enumerate(rows) if row["cells"].get(key)]
        cells = [row["cells"][key] for row in rows if row["cells"].get(key)]
        _with_intervals(axes, at, cells, height * 0.9, (SHADES[key], section["columns"][key]))
    axes.set_yticks(np.arange(len(rows)) + 0.4 - height / 2, [row["name"] for row in rows])
    return _finished(canvas, axes)


def _kinds(section: Mapping[str, Any]) -> Canvas:
    rows = section["rows"]
    canvas, axes = pyplot.subplots(figsize=(7, 0.6 + len(rows) * 0.36))
    for place, (key, shade) in enumerate((("ap50", "#0a66c2"), ("ap50_95", "#8ab8e6"))):
        at = [number + place * 0.4 for number in range(len(rows))]
        cells = [row["cells"][key] for row in rows]
        _with_intervals(axes, at, cells, 0.36, (shade, section["columns"][key]))
    axes.set_yticks(np.arange(len(rows)) + 0.2, [row["name"] for row in rows])
    return _finished(canvas, axes)


def _with_intervals(
    axes: Axes,
    at: list[float],
    cells: list[Mapping[str, float]],
    height: float,
    look: tuple[str, str],
) -> None:
    values, low, high = (
        np.array([one[part] for one in cells]) for part in ("value", "low", "high")
    )
    spread = np.clip([values - low, high - values], 0, None)
    shade, label = look
    style = {"ecolor": "#555555", "elinewidth": 0.8}
    axes.barh(at, values, height, xerr=spread, color=shade, label=label, error_kw=style)


def _finished(canvas: Canvas, axes: Axes) -> Canvas:
    axes.set_xlim(0, 1)
    axes.invert_yaxis()
    axes.grid(axis="x", color="#e8e8e8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
    return canvas


def _confusion(table: Mapping[str, Any]) -> Canvas:
    counts = np.array(table["counts"], dtype=np.float64)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    names, places = table["values"], range(len(table["values"]))
    canvas, axes = pyplot.subplots(figsize=(7.5, 7))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(places, names, rotation=90, fontsize=7)
    axes.set_yticks(places, names, fontsize=7)
    axes.set_xlabel("named", fontsize=8)
    axes.set_ylabel("true", fontsize=8)
    for row, column in np.argwhere(shares >= 0.05):
        ink = "white" if shares[row, column] > 0.5 else "black"
        words = f"{shares[row, column] * 100:.0f}"
        axes.text(column, row, words, ha="center", va="center", fontsize=6, color=ink)
    return canvas


def _cosines(curves: Mapping[str, list[Mapping[str, float]]]) -> Canvas:
    canvas, axes = pyplot.subplots(figsize=(7, 3.6))
    for words, curve in curves.items():
        middles = [point["cosine"] + 0.025 for point in curve]
        axes.plot(middles, [point["share"] for point in curve], "o-", markersize=3, label=words)
    axes.set_ylim(0, 1)
    axes.set_xlabel("cosine", fontsize=8)
    axes.set_ylabel("share that is right", fontsize=8)
    axes.grid(color="#e8e8e8")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    axes.legend(fontsize=8, frameon=False)
    return canvas


def _save(canvas: Canvas, path: Path) -> None:
    # Without a date and a version in the file equal figures give equal pictures.
    canvas.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})
    pyplot.close(canvas)
