"""Another shop's catalogue, of which nothing was trained on: what whoever installs gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from training import abroad, offtopic
from training.data import Shot
from training.report.rows import Row, Section
from training.report.study import Study, numbered
from vitrine.services.evaluation.figures import (
    Figure,
    Ints,
    Mask,
    Rows,
    figure,
    first_ranks,
    precisions,
)
from vitrine.services.evaluation.labels import f1, places, unsaid
from vitrine.vision import parts
from vitrine.vision.types import LabelScore, Vector
from vitrine.vision.vocabulary import vocabulary

TITLE = "Another shop"
TEXT = """The catalogue of another shop, of which nothing was trained on; it only chose between
recipes. The first article of each design that has several asks, all other articles answer. *Same
design* is any other article of it, *in another colour* one that is not of the query's colour, those
of its colour being left out of the gallery; *by form alone* means that the query's form weighs all
and its colour nothing. Words are the shop's own names of kinds and colours, and its designs'
descriptions, among all photos: a description is right where it finds one of its design. Labels are
compared after the shop's names were looked up in `vocabulary.toml`; what it has no word for is
wrong whatever it gets. *Nonsense told apart* is the chance that the best hit of a text that means
nothing to a fashion shop has a smaller cosine than that of a name of kind or colour."""
FACETS = ("category", "colour")

EmbedTexts = Callable[[Sequence[str]], Vector]
Label = Callable[[Vector], Sequence[Sequence[LabelScore]]]
JOINT = "both"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The shop's photos, who asks, and each photo's numbers of design, category, colour, both."""

    shots: Sequence[Shot]
    asking: Mask
    numbers: Mapping[str, Ints] = field(default_factory=dict)

    @staticmethod
    def of(shots: Sequence[Shot]) -> Catalogue:
        """The catalogue with the first article of each design of several asking."""
        stated = {facet: [shot.facets.get(facet, "") for shot in shots] for facet in FACETS}
        stated[JOINT] = ["/".join(pair) for pair in zip(*stated.values(), strict=True)]
        stated["design"] = [shot.group for shot in shots]
        pairs = zip(stated["design"], stated["colour"], strict=True)
        stated["article"] = ["/".join(pair) for pair in pairs]
        numbers = {name: numbered(some, sorted(set(some))) for name, some in stated.items()}
        return Catalogue(shots, np.array(abroad.asking(shots), dtype=np.bool_), numbers)

    def rows(self, vectors: Vector, name: str) -> Rows:
        """The photos with their vectors, each an owner of its own, labelled by one of `numbers`."""
        return Rows(vectors, np.arange(len(vectors)), self.numbers[name])


def measure(study: Study) -> Section:
    """Every figure by column; those of words and labels where a column has them."""
    if not study.shots.shop:
        return Section(TITLE, TEXT)
    held = Catalogue.of(study.shots.shop)
    cells: dict[str, dict[str, Figure | None]] = {}
    for key in study.columns:
        for name, found in _figures(study, held, key).items():
            cells.setdefault(name, {})[key] = found
    rows = [Row(f"shop_{name}", NAMES[name], cells[name]) for name in NAMES if name in cells]
    return Section(TITLE, TEXT, rows)


def _figures(study: Study, held: Catalogue, key: str) -> Mapping[str, Figure | None]:
    vectors, column = study.vectors(key, held.shots), study.columns[key]
    found = neighbours(held, vectors) | same_design(held, vectors, vectors)
    if column.parts:
        form = parts.reweighed(vectors, column.parts, parts.weights(column.parts, -1.0))
        found["other_colour_form"] = same_design(held, form, vectors)["other_colour"]
    if column.embed_texts is not None:
        found |= _by_words(study, held, key)
    if column.label is not None:
        found |= labelled(held, vectors, column.label)
    return found


def neighbours(held: Catalogue, vectors: Vector) -> dict[str, Figure | None]:
    """P@10 of category, colour and both."""
    found: dict[str, Figure | None] = {}
    for name in (*FACETS, JOINT):
        rows = held.rows(vectors, name)
        found[name] = figure(precisions(rows.where(held.asking), rows.where(~held.asking)))
    return found


def same_design(held: Catalogue, asked: Vector, vectors: Vector) -> dict[str, Figure | None]:
    """R@1 and R@10 of the design, R@10 of it in another colour and of it in the same colour."""
    asking, found = held.asking, dict[str, Figure | None]()
    for name, ks in (("design", (1, 10)), ("article", (10,))):
        queries = held.rows(asked, name).where(asking)
        ranks = first_ranks(queries, held.rows(vectors, name).where(~asking))
        found |= {f"{name}_r{k}": figure((ranks <= k)[np.isfinite(ranks)]) for k in ks}
    return found | {"other_colour": _other_colour(held, asked, vectors)}


def _other_colour(held: Catalogue, asked: Vector, vectors: Vector) -> Figure | None:
    asking = held.asking
    alike = {
        name: held.numbers[name][asking][:, None] == held.numbers[name][~asking]
        for name in ("design", "colour")
    }
    scores = asked[asking] @ vectors[~asking].T
    scores[alike["design"] & alike["colour"]] = -np.inf
    right = alike["design"] & ~alike["colour"]
    best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)
    ahead = ((scores >= best) & ~right).sum(axis=1)
    return figure((ahead < 10)[right.any(axis=1)])


def _by_words(study: Study, held: Catalogue, key: str) -> dict[str, Figure | None]:
    embed, vectors = study.columns[key].embed_texts, study.vectors(key, held.shots)
    if embed is None:
        return {}
    found: dict[str, Figure | None] = {}
    real = []
    for facet in FACETS:
        numbers = held.numbers[facet]
        names = np.unique([shot.facets[facet] for shot in held.shots if facet in shot.facets])
        values = numbered(names.tolist(), sorted({s.facets.get(facet, "") for s in held.shots}))
        often = np.bincount(numbers)[values] >= 10
        words = embed([str(name).lower() for name in names[often]])
        gallery = Rows(vectors, np.arange(len(vectors)), numbers)
        asked = Rows(words, np.full(len(words), -1), values[often])
        found[f"{facet}_words"] = figure(precisions(asked, gallery))
        real.append((words @ vectors.T).max(axis=1))
    far = (embed(offtopic.texts()) @ vectors.T).max(axis=1)
    found["told_apart"] = figure((np.concatenate(real)[:, None] > far).mean(axis=1))
    return found | {"described_r10": _described(held, vectors, embed)}


def _described(held: Catalogue, vectors: Vector, embed: EmbedTexts) -> Figure | None:
    first = np.flatnonzero(held.asking)
    words = embed([held.shots[row].description for row in first.tolist()])
    designs = held.numbers["design"]
    ranks = first_ranks(Rows(words, first, designs[first]), held.rows(vectors, "design"))
    return figure(ranks <= 10)


def labelled(held: Catalogue, vectors: Vector, label: Label) -> dict[str, Figure | None]:
    """Macro-F1 of the labels of category and colour."""
    told = [{one.facet: one.value for one in some} for some in label(vectors)]
    found = {}
    for name in FACETS:
        facet = vocabulary().facets[name]
        place = {word.value: number for number, word in enumerate(facet.words)}
        said = np.array([place.get(one.get(name, ""), unsaid(facet)) for one in told])
        truth = places(facet, [shot.facets.get(name, "") for shot in held.shots])
        measured = f1(facet, truth, said)
        found[f"{name}_label"] = None if measured is None else measured.figure
    return found


NAMES = {
    "category": "same category P@10",
    "colour": "same colour P@10",
    "both": "same category and colour P@10",
    "design_r1": "same design R@1",
    "design_r10": "same design R@10",
    "other_colour": "same design in another colour R@10",
    "other_colour_form": "... by form alone",
    "article_r10": "same design and colour R@10",
    "category_words": "names of kinds to photos P@10",
    "colour_words": "names of colours to photos P@10",
    "described_r10": "description to a photo of its design R@10",
    "category_label": "category labels, macro-F1",
    "colour_label": "colour labels, macro-F1",
    "told_apart": "nonsense told apart",
}
