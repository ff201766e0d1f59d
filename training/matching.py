"""Fit which queries are about a shop's products at all, and from which score on products match.

    python -m training.matching --data ../shared/data

Rewrites `matches` and `spoken` of the search.json beside the encoder; some minutes. Real queries
are of held-back train products, their synthetic second photos and phone photos; the others are
texts about other things and at random (`offtopic`), and drawn pictures and backgrounds (`strange`).
What is measured (`training.report`) is of other products, other things, other ways to draw, and of
another shop.
"""

from __future__ import annotations

import argparse
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from training import captions, data, lexicon, manifests, offtopic, spelling, strange
from training.data import Shot
from training.report import columns
from training.report.columns import LIMITS, Column
from vitrine.adapters.vision import EmbeddedVision
from vitrine.core.groups import VisionSettings
from vitrine.ports import Vision
from vitrine.services.calibration import bars
from vitrine.services.evaluation import gallery, queries
from vitrine.services.evaluation.figures import Mask, Values
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.evaluation.neighbours import SIMILAR, Near, nearest
from vitrine.services.search import detected, matching, understand
from vitrine.services.search.intent import Intent
from vitrine.services.search.matching import Evidence
from vitrine.services.search.meaning import Known
from vitrine.services.search.sights import Sights
from vitrine.services.search.understand import Words
from vitrine.vision import analyzer, images, tuning
from vitrine.vision.registry import PACKAGED
from vitrine.vision.tuning import Kind, Matches, Rule, Spoken, Tuning, Weights, file_name
from vitrine.vision.types import Vector
from vitrine.vision.vocabulary import CATEGORY, vocabulary

HELD_BACK = 0.04
"""The share of train products that the encoder was not trained on (`training.tune`)."""
GALLERY, TEXTS, PICTURES = 1_500, 1_000, 120
DETECTOR = "vitrine-garments"
HEARD: Mapping[Kind, Sequence[str]] = {
    "words": ("vocabulary", "catalogue", "count", "garment", "cosine"),
    "photo": ("seen", "cosine", "apart"),
}
"""The evidence that rules weigh."""

REAL: Mapping[Kind, float] = {"words": 0.44, "photo": 0.7}
"""What all real queries count together, the others counting the rest: of words more strange ones
would match than real ones be refused, of photos the other way round."""

DIRECTION_RIDGE, RULE_RIDGE, FOLDS, ROUNDS = 6.0, 0.5, 5, 40
MISSPELT = 0.12


@dataclass(frozen=True, slots=True)
class Queries:
    """Queries of one kind: what speaks for each, its vector, and whether it is a real one."""

    evidence: Sequence[Evidence]
    vectors: Vector
    real: Mask


def main(argv: Sequence[str] | None = None) -> None:
    """Fit and rewrite the file."""
    options = _options(argv)
    path = options.encoder / file_name(options.text_share)
    known = tuning.read(path).model_copy(update={"spoken": spoken()})
    column = columns.of(columns.load(options.encoder, 2), options.encoder)
    held, asking = shelf(options.data, column, options.text_share)
    both: Mapping[Kind, Queries] = {
        "words": of_texts(held, known.spoken, asking),
        "photo": of_pictures(
            held, with_detector(options.encoder), *pictures(options.data, options.cache, asking)
        ),
    }
    path.write_text(fitted(known, both, held, asking).model_dump_json(indent=1) + "\n")
    print(path)


def fitted(
    known: Tuning, both: Mapping[Kind, Queries], held: Gallery, asking: Sequence[Shot]
) -> Tuning:
    """The tuning with lines and rules; words beside a photo are judged by the rules of both."""
    found = {
        kind: Matches(
            line=line(near, known.weights.get(kind, {})),
            rule=fit(both[kind], HEARD[kind], REAL[kind]) if kind in both else None,
        )
        for kind, near in near_of(held, asking).items()
    }
    return known.model_copy(update={"matches": found})


def fit(given: Queries, heard: Sequence[str], share_of_real: float = 0.5) -> Rule:
    """A logistic rule over the evidence, and over a direction in which real queries lie.

    The direction's share is judged on queries it was not fitted on, by FOLDS.
    """
    real = given.real.astype(np.float64)
    folds = np.arange(len(real)) % FOLDS
    told, vectors = np.zeros(len(real)), given.vectors.astype(np.float64)
    for fold in range(FOLDS):
        away = folds != fold
        own = logistic(vectors[away], real[away], DIRECTION_RIDGE)
        told[~away] = vectors[~away] @ own[:-1] + own[-1]
    evidence = np.array([[one[name] for name in heard] for one in given.evidence])
    *weights, share, bias = logistic(
        np.c_[evidence, told], real, RULE_RIDGE, share_of_real
    ).tolist()
    direction = logistic(vectors, real, DIRECTION_RIDGE)
    return Rule(
        bias=round(bias + share * float(direction[-1]), 4),
        weights={name: round(weight, 4) for name, weight in zip(heard, weights, strict=True)},
        direction=tuple(np.round(share * direction[:-1], 4).tolist()),
    )


def logistic(given: Values, real: Values, ridge: float, share: float = 0.5) -> Values:
    """Weights and, last, the bias of a logistic regression; all real ones count `share`."""
    wide = np.c_[np.asarray(given, dtype=np.float64), np.ones(len(given))]
    counts = np.where(real > 0, share / real.mean(), (1 - share) / (1 - real.mean()))
    penalty = ridge * np.eye(wide.shape[1])
    penalty[-1, -1] = 1e-9
    weights = np.zeros(wide.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(wide @ weights, -50, 50)))
        slope = wide.T @ (counts * (chance - real)) + penalty @ weights
        curve = (wide * (counts * chance * (1 - chance))[:, None]).T @ wide + penalty
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def line(near: Near, weights: Weights) -> float:
    """The least score from which on a product is of the wanted category with LIKELY or more."""
    scores, right = near.scores(weights).ravel(), (near.grades >= SIMILAR).ravel()
    at, chances = bars.isotonic(scores, right)
    sure = np.flatnonzero(chances >= bars.LIKELY)
    return round(float(at[sure[0]]), 4) if len(sure) else matching.NOTHING


def near_of(held: Gallery, asking: Sequence[Shot]) -> dict[Kind, Near]:
    """What the products that ask find among the others: as themselves, by words, recoloured."""
    rows = [row for row, photo in enumerate(held.photos) if photo.of in asking]
    some = [held.photos[row] for row in rows]
    photos = [replace(one, without=one.group) for one in queries.by_photo(held, some)]
    return {
        "photo": nearest(held, [replace(one, own=-1) for one in photos]),
        "words": nearest(held, queries.by_words(held, asking)),
        "composed": nearest(held, queries.recoloured(held, some, each=2)),
    }


def shelf(root: Path, column: Column, text_share: float) -> tuple[Gallery, list[Shot]]:
    """A sample of train products with all that were held back, which ask."""
    train = [shot for shot in data.products(root) if shot.split == "train"]
    asking = [shot for shot in train if data.is_validation(shot, HELD_BACK)]
    others = [shot for shot in train if not data.is_validation(shot, HELD_BACK)]
    dice = random.Random(0)  # noqa: S311 - no secret
    shots = [*dice.sample(others, min(GALLERY, len(others))), *asking]
    return gallery_of(shots, column, text_share), asking


def gallery_of(shots: Sequence[Shot], column: Column, text_share: float = 0.0) -> Gallery:
    """The shots as a catalogue holds them, each embedded whole, words being this share."""
    if column.embed_texts is None:
        raise ValueError("an encoder with words is needed")
    photos = []
    for start in range(0, len(shots), 32):
        some = shots[start : start + 32]
        opened = [images.open(shot.path.read_bytes(), LIMITS) for shot in some]
        vectors = column.embed(opened, [shot.box for shot in some])
        photos += [Photo(shot, vector) for shot, vector in zip(some, vectors, strict=True)]
    return gallery.build(photos, column.embed_texts, text_share)


def of_texts(held: Gallery, said: Spoken, asking: Sequence[Shot]) -> Queries:
    """Queries by words of the products that ask, and as many that are about nothing."""
    dice = random.Random(1)  # noqa: S311 - no secret
    real = [typed(shot, dice) for shot in dice.choices(asking, k=TEXTS)]
    return judged_texts(held, said, real, offtopic.drawn(dice, TEXTS))


def judged_texts(
    held: Gallery, said: Spoken, real: Sequence[str], others: Sequence[str]
) -> Queries:
    """What speaks for these texts in a catalogue."""
    texts = [*real, *others]
    vectors, known = held.lexicon.embed(texts), Known.of(said)
    evidence = [
        matching.of_words(known, held.snapshot, worded(held, text, vector), vector)
        for text, vector in zip(texts, vectors, strict=True)
    ]
    return Queries(evidence, vectors, np.arange(len(texts)) < len(real))


def worded(held: Gallery, text: str, vector: Vector) -> Intent:
    """The text as search understands it in a catalogue."""
    words = Words(text, "", {text: vector})
    return understand.understood(held.lexicon, held.snapshot, None, words)


def typed(shot: Shot, dice: random.Random) -> str:
    """What a shopper may type for a product: its title, kind and colour, a phrase; with slips."""
    category, colour = (shot.facets.get(name, "").lower() for name in ("category", "colour"))
    language = dice.choice((None, "de", "ja"))
    ways = (
        shot.title,
        category,
        f"{colour} {category}",
        f"{category} {colour}",
        shot.description.split(".")[0][:90],
        captions.composed(shot, dice, language).text,
        captions.composed(shot, dice).text,
    )
    text = dice.choice([way.strip() for way in ways if way.strip(" -")])
    return spelling.misspelt(text, dice) if dice.random() < MISSPELT else text


def pictures(root: Path, cache: Path, asking: Sequence[Shot]) -> tuple[list[bytes], list[bytes]]:
    """Photos of what is sold, and pictures of what is not."""
    dice = random.Random(2)  # noqa: S311 - no secret
    phone = [shot for shot in data.phone(root) if shot.split == "train"]
    street = [shot for shot in data.garments(root, 0.0) if shot.split == "train"]
    some = dice.sample(list(asking), min(PICTURES, len(asking)))
    second = manifests.second_photos(some, [shot.path for shot in phone], cache)
    alone = dice.sample(phone, min(PICTURES // 2, len(phone)))
    real = [shot.path.read_bytes() for shot in (*second, *alone, *some[: PICTURES // 2])]
    others = (*strange.drawn(dice, PICTURES), *strange.backgrounds(street, dice, PICTURES))
    return real, [written(picture) for picture in others]


def of_pictures(
    held: Gallery, vision: Vision, real: Sequence[bytes], others: Sequence[bytes]
) -> Queries:
    """What speaks for these pictures in a catalogue, seen as search sees a photo."""
    evidence, vectors = list[Evidence](), list[Vector]()
    for photo in (*real, *others):
        intent = pictured(vision, photo)
        evidence.append(matching.of_picture(held.snapshot, intent, intent.vector))
        vectors.append(intent.vector)
    return Queries(evidence, np.stack(vectors), np.arange(len(vectors)) < len(real))


def pictured(vision: Vision, photo: bytes) -> Intent:
    """A photo as search sees it, where nobody chose an item."""
    subject = understand.of_item(detected.pick(Sights(), vision, photo, None, None))
    return Intent("photo", subject.vector, subject.vector, seen=subject.sure)


def with_detector(encoder: Path) -> Vision:
    """The encoder of a model folder beside the detector that ships."""
    home = encoder.resolve()
    settings = VisionSettings(
        encoder=home.name, detector=DETECTOR, models_dir=home.parent, threads=2
    )
    return EmbeddedVision(analyzer.load(settings, LIMITS))


def written(picture: Image.Image) -> bytes:
    """The picture as a JPEG."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


ALSO_SAID_WORDS = """
activewear apparel beachwear clothes clothing fashion footwear garment gift knitwear loungewear
nightwear office outfit outwear party sleepwear sportswear style streetwear summer swimwear
underwear wedding winter workwear spring autumn Kleidung Mode Klamotten Schuhe Sommer Hochzeit
Geschenk 服 ファッション 夏 冬 結婚式 プレゼント
"""
ALSO_SAID = tuple(ALSO_SAID_WORDS.split())
"""What shoppers say that is the name of no value."""


def spoken() -> Spoken:
    """Every word of the vocabulary and the lexicon: names of sorts of garments, and all others."""
    garments, others = set[str](), set[str]()
    for facet in vocabulary().facets.values():
        names = garments if facet.name == CATEGORY else others
        for word in facet.words:
            names.update((word.value, *word.english, *word.same, *word.spellings, *word.also))
    for facet_name in lexicon.facets():
        names = garments if facet_name in (CATEGORY, "group", "department") else others
        for value in lexicon.values(facet_name):
            for language in ("en", "de", "ja"):
                names.update(word.text for word in lexicon.words(facet_name, value, language))
    others.update((*lexicon.every_word(), *ALSO_SAID))
    return Spoken(garments=tuple(sorted(garments)), others=tuple(sorted(others - garments)))


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.matching",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="the data folder")
    add("--encoder", type=Path, default=PACKAGED / "vitrine-mini", help="model folder to fit for")
    add(
        "--text-share",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="fit for vectors of which words are this share (VITRINE_VISION__TEXT_SHARE)",
    )
    add("--cache", type=Path, default=Path("build/eval"), help="second photos")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
