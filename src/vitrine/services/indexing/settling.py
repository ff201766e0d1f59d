"""The end of whatever changed a product's crops: every live collection has them, and the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from vitrine.services import models
from vitrine.services.indexing import publish, spaces
from vitrine.services.jobs.work import Work


def settle(work: Work, product_ids: Sequence[str], end: Callable[[Session], object]) -> None:
    """Bring products to every live collection and publish them; `end` is of the same transaction.

    A collection may be begun meanwhile, whose build passed these products already: then once more.
    """
    while not _settled(work, product_ids, end):
        pass


def _settled(work: Work, product_ids: Sequence[str], end: Callable[[Session], object]) -> bool:
    filled = spaces.fill_all(work, product_ids)
    with work.write() as session:
        publish.publish(session, work.ports.vectors, product_ids)
        if not filled.issuperset(each.id for each in models.live(session)):
            return False
        end(session)
    return True
