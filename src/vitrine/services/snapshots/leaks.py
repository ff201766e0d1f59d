"""The proof that no split knows anything of another: counted on what is written, from scratch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vitrine.services.snapshots.groups import near
from vitrine.services.snapshots.items import Item


@dataclass(frozen=True, slots=True)
class Leaks:
    """What stands in two splits: groups, the same photos, photos that look the same.

    Of `photos` so many as `compared` could be looked at: the others have no hash yet.
    """

    groups: int
    same_photos: int
    near_photos: int
    photos: int
    compared: int

    @property
    def none(self) -> bool:
        """Whether nothing leaks."""
        return not (self.groups or self.same_photos or self.near_photos)


def check(items: Sequence[Item]) -> Leaks:
    """Count what leaks between the splits of these items."""
    photos = {photo.sha256: photo for item in items for photo in item.photos}
    splits = _splits((photo.sha256, item.split) for item in items for photo in item.photos)
    alike = near((each.sha256, each.perceptual_hash, each.colour_grid) for each in photos.values())
    return Leaks(
        groups=_across(_splits((item.group, item.split) for item in items)),
        same_photos=_across(splits),
        near_photos=sum(splits[one] != splits[other] for one, other in alike),
        photos=len(photos),
        compared=sum(bool(each.perceptual_hash and each.colour_grid) for each in photos.values()),
    )


def _splits(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, split in pairs:
        found[key].add(split)
    return found


def _across(splits: Mapping[str, set[str]]) -> int:
    return sum(len(each) > 1 for each in splits.values())
