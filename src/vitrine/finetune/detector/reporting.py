"""The report of a run as one page without scripts: figures, curves, and photos of both kinds."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Sequence
from html import escape

from PIL import Image, ImageDraw

from vitrine.finetune.detector.comparing import Compared, Example
from vitrine.finetune.detector.course import Course
from vitrine.finetune.detector.marked import Marked
from vitrine.vision.card import DetectorCard
from vitrine.vision.types import Detection

GREEN, RED = (20, 140, 60), (200, 20, 20)
WIDTH, HEIGHT, RIM = 640, 220, 36
STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1c1c1c;background:#fff}table{border-collapse:collapse}td,th{padding:.2rem .9rem .2rem 0;
text-align:right}td:first-child,th:first-child{text-align:left}figure{display:inline-block;
margin:.5rem}img{height:280px;margin-right:4px}svg{max-width:100%}"""


def report(before: DetectorCard, after: DetectorCard, course: Course, compared: Compared) -> str:
    """The page as HTML."""
    told = after.figures
    parts = [
        f"<h1>{escape(after.model_version)}</h1>",
        f"<p>Tuned from {escape(before.model_version)} on {escape(str(told['snapshot']))}: "
        f"{course.best_look.step} steps were kept of {course.looks[-1].step}, "
        f"{course.seconds / 60:.1f} minutes, seed {escape(str(told['seed']))}. "
        f"Boxes count from confidence {after.confidence:g} on.</p>",
        "<h2>On held photos</h2>",
        _table(compared),
        "<h2>Curves</h2>",
        _curve("mAP50 on held photos", [(one.step, one.map50) for one in course.looks]),
        _curve("Loss", [(one.step, one.loss) for one in course.looks if not math.isnan(one.loss)]),
        *_examples("Became better", compared.better),
        *_examples("Became worse", compared.worse),
    ]
    head = f"<meta charset=utf-8><title>{escape(after.model_version)}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _table(compared: Compared) -> str:
    old, new = compared.figures["before"], compared.figures["after"]
    rows = "".join(
        f"<tr><td>{escape(name)}<td>{old.get(name, 0):.3f}<td>{value:.3f}"
        f"<td>{value - old.get(name, 0):+.3f}</tr>"
        for name, value in new.items()
    )
    return f"<table><tr><th>figure<th>before<th>after<th>change</tr>{rows}</table>"


def _curve(title: str, points: Sequence[tuple[float, float]]) -> str:
    """A line through the points, with the least and the most of both axes at its rim."""
    if len(points) < 2:
        return ""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    line = " ".join(
        f"{_along(x, xs, WIDTH):.1f},{HEIGHT - _along(y, ys, HEIGHT):.1f}" for x, y in points
    )
    corners = (
        (4, HEIGHT - RIM, f"{min(ys):.3f}"),
        (4, RIM, f"{max(ys):.3f}"),
        (RIM, HEIGHT - 8, f"step {xs[0]:g}"),
        (WIDTH - 2 * RIM, HEIGHT - 8, f"step {xs[-1]:g}"),
    )
    words = "".join(f'<text x="{x}" y="{y}" font-size="11">{said}</text>' for x, y, said in corners)
    return (
        f'<h3>{escape(title)}</h3><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}"><polyline fill="none" stroke="#0a66c2" stroke-width="2" '
        f'points="{line}"/>{words}</svg>'
    )


def _along(value: float, every: Sequence[float], length: int) -> float:
    low, high = min(every), max(every)
    return RIM + (value - low) / ((high - low) or 1) * (length - 2 * RIM)


def _examples(title: str, examples: Sequence[Example]) -> Iterable[str]:
    if not examples:
        return
    yield f"<h2>{escape(title)}</h2><p>Green is what people drew; red is what was kept: left "
    yield "before, right after.</p>"
    for one in examples:
        pictures = "".join(_picture(one.marked, seen) for seen in (one.before, one.after))
        yield f"<figure>{pictures}<figcaption>F1 {one.gain:+.2f}</figcaption></figure>"


def _picture(marked: Marked, seen: Sequence[Detection]) -> str:
    picture = Image.fromarray(marked.pixels)
    pen = ImageDraw.Draw(picture)
    for box in marked.boxes:
        pen.rectangle([float(edge) for edge in box], outline=GREEN, width=3)
    for one in seen:
        pen.rectangle(one.box.as_tuple(), outline=RED, width=3)
        words = f"{one.kind} {one.score:.2f}"
        pen.text((one.box.x1 + 5, one.box.y1 + 3), words, fill=RED, font_size=18)
    picture.thumbnail((420, 420))
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(kept.getvalue()).decode()}">'
