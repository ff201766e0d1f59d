"""What a reviewer may change about a product: checked as a whole before anything is written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vitrine.core.errors import Invalid, invalid
from vitrine.core.groups import QualitySettings
from vitrine.services.indexing import crops
from vitrine.tables.catalog import Crop, Image, Product
from vitrine.vision import geometry, items
from vitrine.vision.types import WHOLE, Box, Detection, Size
from vitrine.vision.vocabulary import CATEGORY, vocabulary

MOST = 50
"""So many boxes may be added to one product in one answer."""


@dataclass(frozen=True, slots=True)
class NewBox:
    """A box to add; `key` is what the reviewer calls it in the same answer."""

    key: str
    image_id: str
    box: Box
    kind: str


@dataclass(frozen=True, slots=True)
class BoxChange:
    """Another place or kind of a crop's box; None leaves it."""

    crop_id: str
    box: Box | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """Whether a crop is kept, and why not."""

    crop_id: str
    kept: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """All that one answer changes; `labels` are by facet, and an empty list says none fits."""

    primary: str | None = None
    add: Sequence[NewBox] = ()
    change: Sequence[BoxChange] = ()
    remove: Sequence[str] = ()
    verdicts: Sequence[VerdictChange] = ()
    labels: Mapping[str, Sequence[str]] | None = None

    @property
    def none(self) -> bool:
        """Whether nothing is changed."""
        return not (self.primary or self.of_boxes or self.labels)

    @property
    def of_boxes(self) -> bool:
        """Whether boxes or verdicts are changed."""
        return bool(self.add or self.change or self.remove or self.verdicts)


def check(product: Product, wanted: Changes, rules: QualitySettings) -> None:
    """Raise Invalid naming field, value and reason for what cannot be done to the product."""
    known = {crop.id: crop for image in product.images for crop in image.crops}
    _check_names(known, wanted)
    _check_boxes(product, known, wanted)
    kept = _kept_after(product, known, wanted)
    _check_primary(kept, wanted)
    _check_overlaps(kept, wanted, rules)
    for place, (facet, values) in enumerate((wanted.labels or {}).items()):
        _check_labels(f"changes.labels.{place}", facet, values)


def kinds() -> list[str]:
    """The kinds of garment that a box may be of."""
    return sorted({word.kind for word in vocabulary().facets[CATEGORY].words if word.kind})


def moved(wanted: Changes) -> dict[str, Box]:
    """By crop its new box, for those whose box is another."""
    return {one.crop_id: one.box for one in wanted.change if one.box is not None}


def _check_names(known: Mapping[str, Crop], wanted: Changes) -> None:
    named = [
        *(("changes.boxes.change", one.crop_id) for one in wanted.change),
        *(("changes.boxes.remove", crop_id) for crop_id in wanted.remove),
        *(("changes.verdicts", one.crop_id) for one in wanted.verdicts),
    ]
    for field, crop_id in named:
        if crop_id not in known:
            raise invalid(field, f"the product has no crop {crop_id!r}", code="crop_unknown")
    boxes = [*(one.crop_id for one in wanted.change), *wanted.remove]
    judged = [*wanted.remove, *(one.crop_id for one in wanted.verdicts)]
    keys = [one.key for one in wanted.add]
    for field, names in (("boxes", boxes), ("verdicts", judged), ("boxes.add", keys)):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise invalid(f"changes.{field}", f"{twice!r} is named twice")
    if len(wanted.add) > MOST:
        raise invalid("changes.boxes.add", f"has {len(wanted.add)} boxes; {MOST} is the most")


def _check_boxes(product: Product, known: Mapping[str, Crop], wanted: Changes) -> None:
    images = {image.id: image for image in product.images}
    for place, one in enumerate(wanted.add):
        field = f"changes.boxes.add.{place}"
        if one.image_id not in images:
            reason = f"the product has no photo {one.image_id!r}"
            raise invalid(f"{field}.image_id", reason, code="image_unknown")
        _check_box(f"{field}.box", one.box, images[one.image_id])
        _check_kind(f"{field}.kind", one.kind)
    for place, change in enumerate(wanted.change):
        field = f"changes.boxes.change.{place}"
        if change.box is not None:
            _check_box(f"{field}.box", change.box, known[change.crop_id].image)
        if change.kind is not None:
            _check_kind(f"{field}.kind", change.kind)


def _check_box(field: str, box: Box, image: Image) -> None:
    told = list(box.as_tuple())
    if not all(map(math.isfinite, told)) or box.width < 1 or box.height < 1:
        reason = f"{told} must be at least one pixel wide and high, left and top first"
        raise invalid(field, reason, code="box_empty")
    if not geometry.inside(box, Size(image.width, image.height)):
        size = f"{image.width} x {image.height}"
        raise invalid(field, f"{told} is outside of the photo of {size} pixels", code="box_outside")


def _check_kind(field: str, kind: str) -> None:
    if kind not in kinds():
        reason = f"{kind[:100]!r} is no kind of garment; there are {', '.join(kinds())}"
        raise invalid(field, reason, code="kind_unknown")


def _check_primary(kept: Mapping[str, tuple[Image, Detection]], wanted: Changes) -> None:
    if wanted.primary is None or wanted.primary in kept:
        return
    reason = f"{wanted.primary!r} is no crop that is kept, nor the key of a box in this answer"
    raise invalid("changes.primary", reason, code="crop_unknown")


def _check_overlaps(
    kept: Mapping[str, tuple[Image, Detection]],
    wanted: Changes,
    rules: QualitySettings,
) -> None:
    """No box that is drawn or moved may show the same as another one that is kept."""
    drawn = {one.key for one in wanted.add} | set(moved(wanted))
    for name in sorted(drawn & kept.keys()):
        image, one = kept[name]
        for other, (place, seen) in kept.items():
            same = other != name and place is image and seen.kind != WHOLE
            if same and items.same(one, seen, rules):
                reason = f"{list(one.box.as_tuple())} shows the same {one.kind} as crop {other!r}"
                raise invalid(f"changes.boxes.{name}", reason, code="box_overlaps")


def _kept_after(
    product: Product, known: Mapping[str, Crop], wanted: Changes
) -> dict[str, tuple[Image, Detection]]:
    """What is kept once the answer is given, by crop id or key; a moved box by its crop's id."""
    judged = {one.crop_id: one.kept for one in wanted.verdicts} | dict.fromkeys(
        wanted.remove, False
    )
    primary = wanted.primary
    if primary is not None and primary in known and judged.get(primary, True):
        judged[primary] = True
    return {
        name: told
        for name, told in _boxes(product, known, wanted)
        if judged.get(name, _keeps(known, name))
    }


def _keeps(known: Mapping[str, Crop], name: str) -> bool:
    return name not in known or known[name].kept


def _boxes(
    product: Product, known: Mapping[str, Crop], wanted: Changes
) -> Iterator[tuple[str, tuple[Image, Detection]]]:
    images = {image.id: image for image in product.images}
    changed = {one.crop_id: one for one in wanted.change}
    for crop_id, crop in known.items():
        seen, change = crops.as_detection(crop), changed.get(crop_id)
        if change is not None:
            seen = Detection(change.box or seen.box, change.kind or seen.kind, 1.0)
        yield crop_id, (crop.image, seen)
    for one in wanted.add:
        yield one.key, (images[one.image_id], Detection(one.box, one.kind, 1.0))


def _check_labels(field: str, facet: str, values: Sequence[str]) -> None:
    try:
        known = vocabulary().facet(facet)
        for value in values:
            known.value(value)
    except Invalid as wrong:
        [(name, reason)] = wrong.fields.items()
        raise invalid(f"{field}.{name}", reason, code=wrong.code) from None
