"""What came of the circle, as a section of docs/flywheel.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.flywheel.catalogue import World
from bench.flywheel.circle import Circle
from bench.flywheel.finding import Finding

PAGE = Path("docs/flywheel.md")

Json = Mapping[str, Any]


def put(name: str, lines: Sequence[str], page: Path = PAGE) -> None:
    """Put the lines in place of what stands between the marks of that name, or at the end."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = page.read_text(encoding="utf-8") if page.exists() else "# The data flywheel\n"
    section = "\n".join([begin, *lines, end])
    before, found, rest = text.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    page.write_text(f"{before if found else before + chr(10)}{section}{after}", encoding="utf-8")


def finding(name: str, world: World, found: Finding, blind: int) -> Iterator[str]:
    """How many errors the queue found; `blind` is how many without the shop's own words."""
    own = len(world.wrong) - sum(name in world.wrong for name in world.planted)
    told = (
        f"`{name}`: {len(world.truths):,} products, {len(world.wrong)} of them wrong, {own} by the "
        f"models' own mistakes. Of the queue's first {found.items} items **{found.found}** were "
        f"wrong. A random order finds {found.random:.0f} (95 % find {found.low:.0f} to "
        f"{found.high:.0f}): the queue finds **{found.ratio:.2f} times** as many. {found.sampled} "
        f"of the items were its random share, of which {found.sampled_found} were wrong. Where the "
        f"shop says neither category nor attributes, {blind} of the first {found.items} are wrong "
        f"({blind / found.random:.2f} times, without a random share)."
    )
    yield from textwrap.wrap(told, 118)
    yield ""
    yield "| wrong | products | among the first items |"
    yield "|---|---|---|"
    for what, (seen, total) in found.by_error.items():
        yield f"| {what} | {total} | {seen} |"
    yield ""
    yield "| kind of doubt | items that had it | of these wrong |"
    yield "|---|---|---|"
    for kind, (items, wrong) in found.doubts.items():
        yield f"| {kind} | {items} | {wrong} |"


def circle(turned: Circle, left: tuple[int, int | None], unreviewed: int) -> Iterator[str]:
    """What the snapshot, the training, the gate and the cutover came to."""
    counts = turned.snapshot["counts"]
    splits = ", ".join(f"{each['products']} {name}" for name, each in counts["splits"].items())
    yield f"Snapshot `{turned.snapshot['name']}`: {counts['products']} products ({splits})."
    yield ""
    yield f"Gate: {turned.gate.get('says', 'there was nothing to judge')}"
    yield ""
    yield "| figure | n | active | candidate | difference, 95 % | |"
    yield "|---|---|---|---|---|---|"
    for one in turned.gate.get("figures", ()):
        yield _gate_row(one)
    yield ""
    if live := turned.collection:
        yield f"Promoted: `{live['name']}` is {live['state']}, {live['lacking']} products lacking."
        yield ""
    before, after = left
    now = "" if after is None else f", {after} after the cutover"
    yield f"Of the {unreviewed} products nobody reviewed {before} were wrong before{now}."
    yield ""
    steps = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in turned.seconds.items())
    yield f"Time: {steps}."


def evaluated(before: Json, after: Json) -> Iterator[str]:
    """What `vitrine evaluate` says of products that no part of the circle saw."""
    yield "| held out | n | before | after |"
    yield "|---|---|---|---|"
    found, now = _measured(before), _measured(after)
    for name, old in found.items():
        if new := now.get(name):
            yield f"| {name.replace('_', ' ')} | {old['n']} | {_figure(old)} | {_figure(new)} |"


def _measured(told: Json) -> dict[str, Json]:
    """Every figure by its name: of retrieval, and how well each facet is labelled."""
    found = {name: one for name, one in told.items() if isinstance(one, dict) and "value" in one}
    labels = {f"{facet} labels": one.get("f1") for facet, one in told["labels"].items()}
    return found | {name: one for name, one in labels.items() if one}


def _gate_row(one: Json) -> str:
    if one["difference"] is None:
        return f"| {one['name']} ({one['role']}) | {one['n']} | | | | {one['verdict']} |"
    values = f"{one['active']:.3f} | {one['candidate']:.3f}"
    by = f"{one['difference']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
    return f"| {one['name']} ({one['role']}) | {one['n']} | {values} | {by} | {one['verdict']} |"


def _figure(one: Json) -> str:
    return f"{one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f})"
