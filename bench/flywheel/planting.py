"""Errors as they happen in life, planted so that nothing but the models' own word tells of them.

No wrong label and no wrong primary is written. What the models saw is changed: a garment's vector
is drawn towards that of another garment until the model itself says the other's word, no surer of
it than it is of its own mistakes; or the detector takes the right garment for another kind, or
misses it. Then Vitrine's own rules judge, choose and label anew.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.flywheel.truth import Found, Truth, errors
from vitrine.tables.catalog import Crop, CropEmbedding
from vitrine.vision.labels import LEAST, Labeller
from vitrine.vision.types import WHOLE, Vector

STEPS = np.linspace(0.1, 1.0, 46, dtype=np.float32)
"""How far a vector is drawn towards another's."""


@dataclass(frozen=True, slots=True)
class Margin:
    """A mistake of the model's own: a facet, the true word, its own, and by how much it won."""

    facet: str
    true: str
    said: str
    lead: float


@dataclass(slots=True)
class Planter:
    """Plants errors in products that are right, with one seed."""

    labeller: Labeller
    vectors: Mapping[str, CropEmbedding]
    chance: random.Random
    mistakes: Sequence[Margin] = ()
    donors: Mapping[tuple[str, str], list[Vector]] = field(default_factory=dict)

    def learn(self, truths: Mapping[str, Truth], seen: Mapping[str, Found]) -> None:
        """Look at the model's own mistakes, and at who has which word."""
        donors: dict[tuple[str, str], list[Vector]] = defaultdict(list)
        mistakes = []
        for name, one in seen.items():
            vector = self._of(one)
            for facet, said in one.labels.items():
                true = truths[name].labels.get(facet)
                if true == said:
                    donors[facet, said].append(vector)
                elif true is not None:
                    mistakes.append(Margin(facet, true, said, self._lead(facet, said, vector)))
        self.donors, self.mistakes = donors, mistakes

    def mislabel(self, truth: Truth, one: Found) -> str | None:
        """Have the model say a wrong word of the product; the facet, None where it does not."""
        right = [
            each
            for each in self.mistakes
            if one.labels.get(each.facet) == each.true == truth.labels.get(each.facet)
        ]
        # As often as the model mistakes that word, of which there may be many products or few.
        rates = [1 / len(self.donors[each.facet, each.true]) for each in right]
        for mistake in self.chance.choices(right, rates, k=5) if right else ():
            others = self.donors.get((mistake.facet, mistake.said), ())
            for donor in self.chance.sample(others, min(5, len(others))):
                drawn = self._drawn(self._of(one), donor, mistake)
                if drawn is not None:
                    self.vectors[str(one.product.primary_crop_id)].vector = drawn
                    return mistake.facet
        return None

    def confuse(self, one: Found) -> bool:
        """Have the detector take the right crop for another kind; whether there is another crop."""
        now, others = one.primary, self._others(one)
        if now is None or not others:
            return False
        now.kind = self.chance.choice(others).kind
        return True

    def miss(self, one: Found) -> bool:
        """Have the detector miss the right crop; whether there is another one."""
        now = one.primary
        if now is None or not self._others(one):
            return False
        now.image.crops.remove(now)
        one.crops = [crop for crop in one.crops if crop is not now]
        return True

    def _others(self, one: Found) -> list[Crop]:
        """The product's other kept crops, of other kinds than the right one."""
        now = one.primary
        return [crop for crop in one.kept if now is not None and crop.kind not in (WHOLE, now.kind)]

    def _of(self, one: Found) -> Vector:
        return self.vectors[str(one.product.primary_crop_id)].vector

    def _lead(self, facet: str, said: str, vector: Vector) -> float:
        scores = self._scores(facet, vector[None])[0]
        mine = self._place(facet, said)
        return float(scores[mine] - np.delete(scores, mine).max())

    def _drawn(self, vector: Vector, donor: Vector, like: Margin) -> Vector | None:
        """The vector on the way to the donor's of which the model says the wrong word as surely."""
        mixed = (1 - STEPS[:, None]) * vector + STEPS[:, None] * donor
        mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
        scores, mine = self._scores(like.facet, mixed), self._place(like.facet, like.said)
        leads = scores[:, mine] - np.delete(scores, mine, axis=1).max(axis=1)
        fits = np.flatnonzero((leads > 0) & (scores[:, mine] >= LEAST))
        if not len(fits):
            return None
        best = fits[np.abs(leads[fits] - like.lead).argmin()]
        return np.asarray(mixed[best], dtype=np.float32)

    def _scores(self, facet: str, vectors: Vector) -> Vector:
        (naming,) = (each for each in self.labeller.namings if each.facet.name == facet)
        return naming.scores(vectors)

    def _place(self, facet: str, value: str) -> int:
        (naming,) = (each for each in self.labeller.namings if each.facet.name == facet)
        return [word.value for word in naming.facet.words].index(value)


def embeddings(session: Session, seen: Mapping[str, Found]) -> dict[str, CropEmbedding]:
    """By crop the row with its vector."""
    wanted = {crop.id for one in seen.values() for crop in one.crops}
    return {
        row.crop_id: row for row in session.scalars(select(CropEmbedding)) if row.crop_id in wanted
    }


def wrong(truths: Mapping[str, Truth], seen: Mapping[str, Found]) -> Iterator[str]:
    """The products that anything is wrong of."""
    return (name for name, one in seen.items() if any(errors(truths[name], one)))
