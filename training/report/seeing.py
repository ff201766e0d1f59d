"""The detector on pictures of others: one right item, kinds, doubles, pairs, the main item."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from training.data import Shot
from training.detector.kinds import KIND_OF
from training.report import packshots, phone
from training.report.columns import LIMITS
from training.report.rows import Row, Section
from training.report.study import Study
from vitrine.services.evaluation.figures import Figure, figure
from vitrine.vision import geometry, images, items, kinds
from vitrine.vision.types import Box, Detection, Size

TITLE = "The detector on other people's pictures"
ENOUGH = 0.7
LARGE = 0.2
DOUBLE, NESTED = 0.5, 0.8
COLUMNS = {"shop": "another shop", "phone": "phone photos", "home": "home shop"}
TEXT = f"""Photos that show one product alone: those of another shop and of the home shop whose
ground is even (`training/report/packshots.py`), and the dev phone photos. What is kept is what the
product keeps, *as boxes* what it would keep if doubles and pairs of shoes stayed as they are.
*One right item* is exactly one, of a kind that fits the category, with IoU >= {ENOUGH} with the box
around what is not ground, on phone photos on a fifth of the photo or more. *Seen twice* are photos
where two overlap by IoU >= {DOUBLE} or one lies to {NESTED} in another. *The main item* is the
largest garment, from a score of {items.SURE} on and with {items.LARGER} times the area of every
other; its row counts the products that are garments, all photos of both shops."""

FITTING: Mapping[str, Collection[str]] = {
    **dict.fromkeys(("Sweater", "Hoodie", "Cardigan", "Blazer", "Shirt"), ("top", "outerwear")),
    **dict.fromkeys(("Sweaters", "Sweatshirts", "Waistcoat"), ("top", "outerwear")),
    "Leggings/Tights": ("pants",),
    "Underwear bottom": ("shorts",),
    "Swimwear bottom": ("shorts",),
    "Swimsuit": ("dress", "top"),
}
"""Kinds that fit a shop's category where they are not the one its name says."""


@dataclass(frozen=True, slots=True)
class Photo:
    """What is on one photo: its size, what fits, where it lies, and what is kept of it."""

    size: Size
    fitting: Collection[str]
    place: Box | None
    is_alone: bool
    boxes: Sequence[Detection]
    items: Sequence[Detection]

    def right(self, kept: Sequence[Detection]) -> bool:
        """Whether there is exactly one, of a kind that fits, in the right place."""
        if len(kept) != 1 or kept[0].kind not in self.fitting:
            return False
        if self.place is not None:
            return geometry.iou(kept[0].box, self.place) >= ENOUGH
        return kept[0].box.area >= LARGE * geometry.whole(self.size).area


Seen = Sequence[tuple[Photo, Sequence[Detection]]]
"""Photos with what is kept of each."""


def measure(study: Study) -> Section:
    """Every figure of each source, of items and of boxes."""
    if study.finder is None:
        return Section(TITLE, "There is no detector yet.", columns=COLUMNS)
    every = {"shop": _shop(study), "phone": _phone(study), "home": _home(study)}
    alone = {key: [one for one in some if one.is_alone] for key, some in every.items()}
    rows = [row for key in ALONE for row in _rows(key, *ALONE[key], alone)]
    rows += [row for key in EVERY for row in _rows(key, *EVERY[key], every)]
    return Section(TITLE, TEXT, rows, COLUMNS)


def fitting(category: str) -> Collection[str]:
    """The kinds of the detector that a shop's category can be; none where its name says no kind."""
    known = FITTING.get(category)
    if known is not None:
        return known
    stated = KIND_OF.get(category) or kinds.stated(category)
    return (stated,) if stated else ()


def is_double(kept: Sequence[Detection]) -> bool:
    """Whether two of them lie on one thing."""
    return any(
        geometry.iou(one.box, other.box) >= DOUBLE or geometry.within(one.box, other.box) >= NESTED
        for one, other in combinations(kept, 2)
    )


def _rows(key: str, name: str, told: Tell, photos: Mapping[str, Sequence[Photo]]) -> Iterator[Row]:
    items_of = {source: [(one, one.items) for one in some] for source, some in photos.items()}
    boxes_of = {source: [(one, one.boxes) for one in some] for source, some in photos.items()}
    yield Row(f"seen_{key}", name, _cells(told, items_of))
    yield Row(f"seen_{key}_boxes", "... as boxes", _cells(told, boxes_of))


def _cells(told: Tell, photos: Mapping[str, Seen]) -> dict[str, Figure | None]:
    return {source: figure(np.array(told(some), np.float64)) for source, some in photos.items()}


def _shop(study: Study) -> list[Photo]:
    shots = study.shots.shop
    return list(_photos(study, shots, [fitting(_category(shot)) for shot in shots]))


def _home(study: Study) -> list[Photo]:
    worn = [shot for shot in study.shots.dev if fitting(_category(shot))]
    return list(_photos(study, worn, [fitting(_category(shot)) for shot in worn]))


def _phone(study: Study) -> list[Photo]:
    shots = study.shots.phone
    fits = [phone.KINDS.get(_category(shot), ()) for shot in shots]
    return list(_photos(study, shots, fits, has_ground=False))


def _category(shot: Shot) -> str:
    return shot.facets.get("category", "")


def _photos(
    study: Study, shots: Sequence[Shot], fits: Sequence[Collection[str]], has_ground: bool = True
) -> Iterator[Photo]:
    finder = study.finder
    if finder is None or not shots:
        return
    for shot, fit, sight in zip(shots, fits, study.sights(shots), strict=True):
        place = _place(shot) if has_ground else None
        alone = not has_ground or place is not None
        yield Photo(sight.size, fit, place, alone, finder.boxes(sight), finder.sure(sight))


def _place(shot: Shot) -> Box | None:
    return packshots.alone(np.asarray(images.open(shot.path.read_bytes(), LIMITS).pixels))


def _right(seen: Seen) -> list[float]:
    return [photo.right(kept) for photo, kept in seen if photo.fitting]


def _fits(seen: Seen) -> list[float]:
    return [one.kind in photo.fitting for photo, kept in seen if photo.fitting for one in kept]


def _found(seen: Seen) -> list[float]:
    return [any(one.kind in photo.fitting for one in kept) for photo, kept in seen if photo.fitting]


def _many(seen: Seen) -> list[float]:
    return [len(kept) for _, kept in seen]


def _twice(seen: Seen) -> list[float]:
    return [is_double(kept) for _, kept in seen]


def _pairs(seen: Seen) -> list[float]:
    shoes = (kept for photo, kept in seen if tuple(photo.fitting) == (items.SHOES,))
    return [sum(one.kind == items.SHOES for one in kept) == 1 for kept in shoes]


def _mains(seen: Seen) -> list[tuple[Photo, Detection | None]]:
    garments = (pair for pair in seen if items.GARMENTS.intersection(pair[0].fitting))
    return [(photo, items.main(kept)) for photo, kept in garments]


def _main(seen: Seen) -> list[float]:
    return [one.kind in photo.fitting for photo, one in _mains(seen) if one is not None]


def _sure(seen: Seen) -> list[float]:
    return [one is not None for _, one in _mains(seen)]


Tell = Callable[[Seen], Sequence[float]]
ALONE: Mapping[str, tuple[str, Tell]] = {
    "right": ("exactly one right item", _right),
    "kinds": ("items whose kind fits", _fits),
    "found": ("photos with an item whose kind fits", _found),
    "many": ("items on a photo", _many),
    "twice": ("photos where one thing is seen twice", _twice),
    "pairs": ("shoes as exactly one item", _pairs),
}
"""Figures of photos that show one product alone."""
EVERY: Mapping[str, tuple[str, Tell]] = {
    "main": ("main item is of the product's own kind", _main),
    "sure": ("photos with a main item", _sure),
}
"""Figures of all photos."""
