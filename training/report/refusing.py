"""Whether search says no where nothing fits, and only there: at home and in another shop."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from training import data, matching, offtopic, spelling, strange
from training.data import Shot
from training.report.columns import Column
from training.report.rows import SHIPPED, Row, Section
from training.report.study import Study
from vitrine.services.evaluation import gallery
from vitrine.services.evaluation.figures import Figure, figure
from vitrine.services.evaluation.gallery import Gallery, Photo
from vitrine.services.search.matching import fits
from vitrine.vision import tuning
from vitrine.vision.tuning import Tuning, file_name

TITLE = "No match"
COLUMNS = {"refused": "real, refused", "matched": "others, matched"}
REAL, OTHERS = 400, 200
TEXT = f"""Of {REAL} texts that a shopper may type for a dev product (its title, its kind, its kind
and colour, the first sentence of its description; one in eight misspelt), and of {OTHERS} photos,
how many search wrongly says of that nothing fits; and of {OTHERS} texts at random or about other
things, and of {OTHERS} pictures, half drawn, half backgrounds cut from street photos, of how many
it says that something does. The rules were fitted on train products, on other things and on other
ways to draw (`training.matching`); of the other shop nothing was fitted."""


def measure(study: Study) -> Section:
    """Both shares by catalogue and by kind of query."""
    column = study.columns[SHIPPED]
    path = None if column.folder is None else column.folder / file_name(0)
    if path is None or not path.exists() or column.embed_texts is None:
        return Section(TITLE, TEXT, columns=COLUMNS)
    known, rows = tuning.read(path), list[Row]()
    if "words" not in known.matches or not study.shots.dev:
        return Section(TITLE, TEXT, columns=COLUMNS)
    places = (
        ("home", "at home", study.shots.dev, typed_at_home),
        ("shop", "in another shop", study.shots.shop, typed),
    )
    for key, name, shots, way in places:
        if shots:
            held = _gallery(study, column, shots)
            rows.append(Row(f"match_words_{key}", f"words {name}", _texts(known, held, shots, way)))
            photos = _photos(study, key, shots)
            cells = _pictures(study, known, held, photos)
            rows.append(Row(f"match_photo_{key}", f"photos {name}", cells))
    return Section(TITLE, TEXT, rows, columns=COLUMNS)


def typed_at_home(shot: Shot, dice: random.Random) -> str:
    """What a shopper may type for a product whose words the lexicon has."""
    return matching.typed(shot, dice)


def typed(shot: Shot, dice: random.Random) -> str:
    """What a shopper may type for a product, in its own shop's words."""
    told = {name: value.lower() for name, value in shot.facets.items() if value != "Unknown"}
    category, colour = told.get("category", ""), told.get("colour", "")
    ways = (
        shot.title,
        category,
        f"{colour} {category}",
        f"{category} {colour}",
        f"{told.get('pattern', '')} {category}",
        shot.description.split(".")[0][:90],
    )
    text = dice.choice([way.strip() for way in ways if way.strip(" -")])
    return spelling.misspelt(text, dice) if dice.random() < matching.MISSPELT else text


def _gallery(study: Study, column: Column, shots: Sequence[Shot]) -> Gallery:
    vectors = study.vectors(SHIPPED, shots)
    photos = [Photo(shot, vector) for shot, vector in zip(shots, vectors, strict=True)]
    if column.embed_texts is None:
        raise ValueError("an encoder with words is needed")
    return gallery.build(photos, column.embed_texts)


def _texts(
    known: Tuning,
    held: Gallery,
    shots: Sequence[Shot],
    way: Callable[[Shot, random.Random], str],
) -> dict[str, Figure | None]:
    dice = random.Random(3)  # noqa: S311 - no secret
    real = [way(shot, dice) for shot in dice.sample(list(shots), min(REAL, len(shots)))]
    texts = [*real, *offtopic.texts(OTHERS)]
    vectors = held.lexicon.embed(texts)
    told = [
        fits(known, held.snapshot, matching.worded(held, text, vector))
        for text, vector in zip(texts, vectors, strict=True)
    ]
    return _shares(told, len(real))


def _photos(study: Study, key: str, shots: Sequence[Shot]) -> list[bytes]:
    """Photos of products, at home half of them by phone."""
    dice = random.Random(4)  # noqa: S311 - no secret
    phone = list(study.shots.phone) if key == "home" else []
    alone = dice.sample(phone, min(OTHERS // 2, len(phone)))
    some = dice.sample(list(shots), min(OTHERS - len(alone), len(shots)))
    return [shot.path.read_bytes() for shot in (*alone, *some)]


def _pictures(
    study: Study, known: Tuning, held: Gallery, photos: Sequence[bytes]
) -> dict[str, Figure | None]:
    vision = matching.with_detector(study.columns[SHIPPED].folder or Path())
    told = [
        fits(known, held.snapshot, matching.pictured(vision, photo))
        for photo in (*photos, *_others(study.root))
    ]
    return _shares(told, len(photos))


def _others(root: Path) -> list[bytes]:
    street = [shot for shot in data.garments(root, 0.0) if shot.split == "dev"]
    dice = random.Random(5)  # noqa: S311 - no secret
    half = OTHERS // 2
    cut = strange.backgrounds(street, dice, half)
    return [matching.written(picture) for picture in (*strange.measured(half), *cut)]


def _shares(told: Sequence[bool], real: int) -> dict[str, Figure | None]:
    fit = np.array(told, dtype=np.bool_)
    return {"refused": figure(~fit[:real]), "matched": figure(fit[real:])}
