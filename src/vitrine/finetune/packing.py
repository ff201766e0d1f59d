"""A tuned model as a folder of its own: graphs extended, heads, card, and all of it checked."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import JsonValue

from vitrine.core.errors import Invalid
from vitrine.finetune import added, graphs, heads, keeping, looking
from vitrine.finetune.looking import Model
from vitrine.finetune.material import Material, Towers
from vitrine.finetune.naming import Judged
from vitrine.finetune.nets import Nets
from vitrine.vision import registry
from vitrine.vision.card import CardFile, EncoderCard, FacetFigures, LabelFigures, card_json
from vitrine.vision.tuning import FILES, Rule, Tuning, read
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import vocabulary

LEAST_COSINE = 0.9999
CHECKED = 24
"""Pictures and lines that the files are compared with PyTorch on."""
BAR = 0.5
SUFFIX = re.compile(r"-t[0-9a-f]{8}$")
HEADS = "heads.npz"


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a run made: towers, how much of them is kept, the vectors of everything seen and read
    before and after, heads by facet, and what was measured."""

    towers: Towers
    share: float
    pictures: tuple[Vector, Vector]
    words: tuple[Vector, Vector]
    heads: Mapping[str, Judged]
    description: str
    figures: Mapping[str, JsonValue]


def export(model: Model, material: Material, tuned: Tuned, out: Path) -> Path:
    """Write the model folder `out`; nothing is kept of one that does not do what PyTorch does.

    Raises Invalid where the files differ.
    """
    with keeping.placed(out) as draft:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        _write_files(model, tuned, draft)
        card = _card(model, tuned, draft)
        agreed = _checked(card, draft, material, tuned)
        figures = {**tuned.figures, "against_torch": agreed}
        card = card.model_copy(update={"figures": figures})
        pinned = card.pinned(registry.pins(card, draft))
        (draft / "card.json").write_text(card_json(pinned), encoding="utf-8")
        moved = {"photo": tuned.pictures, "words": tuned.words}
        _carry_tunings(model, pinned, draft, moved)
    return out


def _write_files(model: Model, tuned: Tuned, draft: Path) -> None:
    card, towers = model.card, tuned.towers
    whole = [(card.dimension, 1.0)]
    nets = towers.nets and towers.nets.mixed(Nets(model), tuned.share)
    for file, tower, one, by, parts, net in (
        (card.image, model.image, towers.image, towers.by_image, model.parts, nets and nets.image),
        (card.text, model.text, towers.text, towers.by_text, whole, nets and nets.text),
    ):
        line, path = added.line(one, by, tuned.share), draft / file.file
        path.write_bytes(net.written(tower.path) if net else tower.path.read_bytes())
        path.write_bytes(graphs.extended(path, tower.output, tower.neck, line, parts))
    tokenizer = card.text.tokenizer.file
    shutil.copyfile(model.folder / tokenizer, draft / tokenizer)
    if tuned.heads:
        heads.write(draft / HEADS, tuned.heads)


def _card(model: Model, tuned: Tuned, draft: Path) -> EncoderCard:
    base = model.card
    names = [base.image.file, base.text.file, *([HEADS] if tuned.heads else [])]
    digest = hashlib.sha256("".join(registry.checksum(draft / n) for n in names).encode())
    return base.model_copy(
        update={
            "version": f"{SUFFIX.sub('', base.version)}-t{digest.hexdigest()[:8]}",
            "description": tuned.description,
            "prefixes": (),
            "heads": CardFile(file=HEADS) if tuned.heads else None,
            "labels": _labels(base, tuned.heads),
        }
    )


def _labels(base: EncoderCard, found: Mapping[str, Judged]) -> LabelFigures | None:
    """What was measured here; what was not keeps its temperature, and claims no figure."""
    told = base.labels.facets if base.labels else {}
    bar = base.labels.bar if base.labels else BAR
    facets = {name: one.model_copy(update={"f1": None, "n": 0}) for name, one in told.items()}
    for name, one in found.items():
        before = told.get(name)
        same = before is not None and before.source == "head"
        warmth = one.temperature or (before.temperature if before and same else 1.0)
        facets[name] = FacetFigures(
            source="head",
            temperature=warmth,
            f1=one.f1.value if one.f1 else None,
            n=one.f1.n if one.f1 else 0,
            shown=one.f1.low >= bar if one.f1 else bool(before and same and before.shown),
        )
    return LabelFigures(vocabulary=vocabulary().version, bar=bar, facets=facets) if facets else None


def _checked(
    card: EncoderCard, draft: Path, material: Material, tuned: Tuned
) -> dict[str, JsonValue]:
    """The least cosines between the files, along the road of every search, and PyTorch."""
    encoder = looking.again(card, draft)
    some = np.linspace(0, len(material.plain) - 1, min(CHECKED, len(material.plain)), dtype=int)
    pixels = [_pixels(material, int(place)) for place in some]
    pictures = tuned.pictures[1][material.plain[some]]
    lines = np.linspace(0, len(material.read) - 1, min(CHECKED, len(material.read)), dtype=int)
    words = tuned.words[1][lines]
    texts = [material.lines.texts[line] for line in lines]
    least = {
        "pictures": float((encoder.embed_images(np.stack(pixels)) * pictures).sum(axis=1).min()),
        "texts": float((encoder.embed_texts(texts) * words).sum(axis=1).min()),
    }
    if not all(one >= LEAST_COSINE for one in least.values()):
        raise Invalid(
            "finetune_differs",
            f"The tuned files do not do what was learnt: the least cosines are {least}; "
            f"{LEAST_COSINE} is needed. Nothing was kept.",
        )
    return {name: round(one, 6) for name, one in least.items()}


def _pixels(material: Material, place: int) -> Vector:
    return looking.one(material.model, material.snapshot, place, 0, 0)


def _carry_tunings(
    model: Model, card: EncoderCard, draft: Path, moved: Mapping[str, tuple[Vector, Vector]]
) -> None:
    """The weights of re-ranking go on to hold; levels say nothing of moved vectors, and what tells
    queries about nothing is turned as the vectors were."""
    for path in sorted(model.folder.glob(FILES)):
        before = read(path)
        matches = {
            kind: one.model_copy(update={"rule": _turned(one.rule, moved[kind])})
            if one.rule and one.rule.direction and kind in moved
            else one
            for kind, one in before.matches.items()
        }
        after = Tuning(
            model_version=card.model_version,
            text_share=before.text_share,
            description=f"Weights of {before.model_version}, on which this model was tuned; "
            "its levels are fitted in the catalogue.",
            weights=before.weights,
            matches=matches,
            spoken=before.spoken,
        )
        text = after.model_dump_json(indent=1) + "\n"
        (draft / path.name).write_text(text, encoding="utf-8")


def _turned(rule: Rule, moved: tuple[Vector, Vector]) -> Rule:
    """The rule with the direction that says of moved vectors what it said before, by ridge."""
    before, after = (rows.astype(np.float64) for rows in moved)
    old = np.array(rule.direction)
    square = after.T @ after
    even = 1e-3 * np.trace(square) / len(square) * np.eye(len(square))
    turned = old + np.linalg.solve(square + even, after.T @ (before @ old - after @ old))
    return rule.model_copy(update={"direction": tuple(round(float(x), 4) for x in turned)})
