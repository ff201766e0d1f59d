"""Promotion without downtime: another collection is built beside the searched one, compared,
searched in its place, gone back from, and retired."""

from vitrine.services.promotion.building import begin, build, redetect
from vitrine.services.promotion.cutover import Wish, promote, promote_detector, retire, rollback
from vitrine.services.promotion.recipes import Recipe, versions
from vitrine.services.promotion.standing import Standing, standing, standings

__all__ = [
    "Recipe",
    "Standing",
    "Wish",
    "begin",
    "build",
    "promote",
    "promote_detector",
    "redetect",
    "retire",
    "rollback",
    "standing",
    "standings",
    "versions",
]
