"""A shop whose products wait at the review desk, and people who review them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from sqlalchemy import select

from tests.worlds.factories import COLOURS, encoded, product_with_photos
from tests.worlds.fakes import ListQueue
from vitrine.services.review import answers, items, leases, queue, states
from vitrine.services.review.answers import Answer, Answered
from vitrine.services.review.changes import Changes
from vitrine.services.review.items import Shown
from vitrine.services.review.leases import Reviewer, Wanted
from vitrine.services.review.looked import EVERYTHING, Looked
from vitrine.tables.catalog import CropEmbedding, Product
from vitrine.tables.people import User
from vitrine.tables.review import ReviewItem
from vitrine.wiring import Runtime


def halves(left: str = "red", right: str = "blue", seed: int = 0) -> bytes:
    """A photo of 96 x 128 whose halves have these colours, no two seeds alike."""
    dice = np.random.default_rng(seed)
    pixels = np.empty((128, 96, 3))
    pixels[:, :48], pixels[:, 48:] = COLOURS[left], COLOURS[right]
    noisy = np.clip(pixels + dice.integers(-8, 9, pixels.shape), 0, 255)
    return encoded(Image.fromarray(noisy.astype(np.uint8)), "PNG")


LEFT, RIGHT = (0.0, 0.0, 48.0, 128.0), (48.0, 0.0, 96.0, 128.0)


@dataclass
class Desk:
    """The review desk of a running shop."""

    runtime: Runtime
    people: dict[str, Reviewer] = field(default_factory=dict)

    def add(self, external_id: str, *photos: bytes, **given: object) -> str:
        """An indexed product; its id."""
        runtime = self.runtime
        with runtime.sessions.write() as session:
            product, made = product_with_photos(
                session, runtime.ports, external_id, *photos, **given
            )
        runtime.run_job(made.id)
        return product.id

    def person(self, name: str = "ada", role: str = "reviewer") -> Reviewer:
        """A reviewer of that name, the same for the same name."""
        if name not in self.people:
            user = User(email=f"{name}@shop.example", name=name, role=role, password_hash="-")
            with self.runtime.sessions.write() as session:
                session.add(user)
            rules = self.runtime.settings.vision.quality
            self.people[name] = Reviewer(user.id, rules, admin=role == "admin")
        return self.people[name]

    def refresh(self, *product_ids: str) -> None:
        """Bring the queue in step about these products."""
        queue.refresh(self.runtime.sessions, self.runtime.ports.vision, product_ids)

    def lease(self, name: str = "ada", count: int = 1, **wanted: object) -> list[Shown]:
        """Items leased to somebody, as they see them."""
        reviewer = self.person(name)
        with self.runtime.sessions.write() as session:
            asked = Wanted(**wanted)  # type: ignore[arg-type] # each of a type of its own
            taken = leases.lease(session, asked, reviewer, count)
            return [items.show(session, item, frozenset({"colour"})) for item in taken]

    def next(self, name: str = "ada", **wanted: object) -> Shown:
        """The one item leased to somebody."""
        [shown] = self.lease(name, **wanted)  # type: ignore[arg-type] # as above
        return shown

    def answer(
        self,
        shown: Shown,
        outcome: str = "accept",
        name: str = "ada",
        changes: Changes | None = None,
        comment: str = "",
        looked: Looked = EVERYTHING,
    ) -> Answered:
        """What somebody says of an item."""
        told = Answer(shown.version, outcome, changes or Changes(), comment, looked=looked)
        runtime = self.runtime
        return answers.submit(
            runtime.sessions, runtime.ports, shown.item.id, told, self.person(name)
        )

    def run_jobs(self) -> None:
        """Run what waits."""
        sent = self.runtime.ports.queue
        assert isinstance(sent, ListQueue)
        sent.run_all(self.runtime.run_job)

    def whole(self, product_id: str) -> dict[str, object]:
        """All of a product that an answer may change, with its vectors and what the index holds."""
        runtime = self.runtime
        with runtime.sessions.read() as session:
            product = session.get_one(Product, product_id)
            state: dict[str, object] = dict(states.read(session, product))
            rows = session.scalars(select(CropEmbedding).order_by(CropEmbedding.crop_id))
            state["vectors"] = {(row.crop_id, row.id): row.vector.tolist() for row in rows}
            collection = runtime.ports.vision.versions.collection
        held = runtime.ports.vectors.get(collection, [product_id])
        state["index"] = {name: vector.tolist() for name, vector in held.items()}
        return state

    def item(self, product_id: str) -> ReviewItem:
        """The product's item."""
        with self.runtime.sessions.read() as session:
            return session.scalars(
                select(ReviewItem).where(ReviewItem.product_id == product_id)
            ).one()
