"""A run as one page that needs no other file: figures, curves, and what got better and worse."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np
from matplotlib.figure import Figure as Plot
from PIL import Image

from vitrine.finetune import looking, measuring
from vitrine.finetune.learning import Course, Judge
from vitrine.finetune.looking import Ints
from vitrine.finetune.material import Material
from vitrine.finetune.measuring import NAMES
from vitrine.finetune.packing import Tuned
from vitrine.vision import images
from vitrine.vision.figures import Figure
from vitrine.vision.types import Vector

EXAMPLES, NEAREST, SIDE = 6, 5, 96
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; color: #222;
  padding: 0 1rem }
table { border-collapse: collapse }
td, th { padding: .25rem .7rem; text-align: left; border-bottom: 1px solid #ddd }
.up { color: #05713b } .down { color: #b3261e }
figure { display: inline-block; margin: .2rem; text-align: center; font-size: 12px }
img { height: 96px; border-radius: 4px }
.row { margin: .6rem 0; white-space: nowrap; overflow-x: auto }
.right img { outline: 3px solid #05713b }
svg { max-width: 100%; height: auto }
"""


def written(found: Material, judges: Sequence[Judge], made: Tuned, course: Course) -> str:
    """The page as HTML."""
    held = judges[0]
    rows = measuring.compared(held.before, held.told(made.towers, made.share))
    sides = [found.snapshot.of(side) for side in ("train", "val")]
    parts = [
        f"<h1>{escape(made.description.split('. ')[0].replace('`', ''))}</h1>",
        f"<p>{len(sides[0])} products taught, {len(sides[1])} were held out by group to choose by; "
        f"the best was step {course.best_step}, of which {made.share:.0%} is kept. The test part "
        "was not looked at.</p>",
        "<h2>Held out: before and after</h2>",
        _table(rows),
        _labels(made.figures.get("labels")),
        "<h2>As it learnt</h2>",
        _curves(course),
        *_examples(found, held, made),
    ]
    body = "\n".join(parts)
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' "
        f"content='width=device-width'><title>Fine-tuning</title><style>{STYLE}</style>{body}</html>\n"
    )


def _table(rows: Mapping[str, tuple[Figure, Figure, Figure]]) -> str:
    lines = "".join(
        f"<tr><td>{NAMES[name]}</td><td>{old.n}</td><td>{old.value:.3f}</td>"
        f"<td>{new.value:.3f}</td><td class='{_way(by.low, by.high)}'>{by.value:+.3f} "
        f"[{by.low:+.3f}, {by.high:+.3f}]</td></tr>"
        for name, (old, new, by) in rows.items()
    )
    return (
        "<table><tr><th>figure<th>n<th>before<th>after<th>difference, 95 % interval</tr>"
        f"{lines}</table>"
    )


def _labels(told: object) -> str:
    if not isinstance(told, Mapping) or not told:
        return ""
    lines = "".join(
        f"<tr><td>{escape(name)}</td><td>{one['n']}</td><td>{one['before']:.3f}</td>"
        f"<td>{one['after']:.3f}</td><td class='{_way(one['low'], one['high'])}'>"
        f"[{one['low']:+.3f}, {one['high']:+.3f}]</td></tr>"
        for name, one in told.items()
    )
    return (
        "<h2>Labels, macro-F1</h2><table><tr><th>facet<th>n<th>before<th>after<th>difference, 95 % "
        f"interval</tr>{lines}</table>"
    )


def _way(low: float, high: float) -> str:
    return "up" if low > 0 else "down" if high < 0 else ""


def _curves(course: Course) -> str:
    """How the figures moved, as SVG."""
    plot = Plot(figsize=(9, 3.4))
    axes = plot.add_subplot()
    steps = [look["step"] for look in course.looks]
    for name in sorted({name for look in course.looks for name in look} - {"step"}):
        label = NAMES.get(name, {"score": "mean", "left_out": "left out, mean"}.get(name, name))
        width = 2.5 if name == "score" else 1
        axes.plot(
            steps, [look.get(name, np.nan) for look in course.looks], label=label, linewidth=width
        )
    axes.axhline(0, color="#999", linewidth=0.8)
    axes.axvline(course.best_step, color="#999", linestyle=":")
    axes.set_xlabel("step")
    axes.set_ylabel("gain")
    if steps:
        axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    plot.tight_layout()
    out = io.StringIO()
    plot.savefig(out, format="svg")
    return out.getvalue()[out.getvalue().index("<svg") :]


def _examples(found: Material, held: Judge, made: Tuned) -> Iterator[str]:
    """Products whose neighbours changed most, for the better and for the worse."""
    near = [_nearest(rows[found.plain], held.asks, held.offered) for rows in made.pictures]
    right = [_right(found, held.asks, some) for some in near]
    gained = right[1].mean(axis=1) - right[0].mean(axis=1)
    order = np.argsort(-gained, kind="stable")
    for title, places in (("Got better", order), ("Got worse", order[::-1])):
        yield f"<h2>{title}</h2>"
        for place in places[:EXAMPLES]:
            if gained[place] and (gained[place] > 0) == (title == "Got better"):
                yield _example(found, int(held.asks[place]), [n[place] for n in near])


def _example(found: Material, asks: int, near: Sequence[Ints]) -> str:
    rows = [
        f"<div class='row'>{_figure(found, asks, name)}"
        + "".join(_figure(found, int(one), "", _alike(found, asks, int(one))) for one in some)
        + "</div>"
        for name, some in zip(("before", "after"), near, strict=True)
    ]
    return "".join(rows) + "<hr>"


def _figure(found: Material, place: int, name: str, right: bool = False) -> str:
    item = found.snapshot.items[place]
    told = found.known.facets[place]
    words = name or " / ".join(filter(None, (told.get("category"), told.get("colour"))))
    crop = item.shown[0]
    picture = images.open(found.snapshot.photo(crop.image_sha256).read_bytes(), looking.LIMITS)
    small = looking.cut(picture, crop, found.model.recipe.margin)
    small.thumbnail((2 * SIDE, 2 * SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    data = base64.b64encode(out.getvalue()).decode()
    mark = " class='right'" if right else ""
    alt = escape(item.title or item.product_id, quote=True)
    return (
        f"<figure{mark}><img alt='{alt}' src='data:image/jpeg;base64,{data}'>"
        f"<figcaption>{escape(words[:28])}</figcaption></figure>"
    )


def _nearest(rows: Vector, asks: Ints, offered: Ints) -> Ints:
    scores = rows[asks] @ rows[offered].T
    scores[asks[:, None] == offered[None, :]] = -np.inf
    order: Ints = offered[np.argsort(-scores, axis=1)[:, :NEAREST]]
    return order


def _right(found: Material, asks: Ints, near: Ints) -> Vector:
    known = found.known
    kinds = known.kinds[asks, None] == known.kinds[near]
    colours = known.colours[asks, None] == known.colours[near]
    return np.asarray((kinds & (known.kinds[asks, None] >= 0)) * (1.0 + colours), dtype=np.float32)


def _alike(found: Material, asks: int, other: int) -> bool:
    kind = found.known.kinds[asks]
    return bool(kind >= 0 and kind == found.known.kinds[other])
