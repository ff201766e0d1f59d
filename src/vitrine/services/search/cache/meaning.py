"""The shop's own words in ours: what its values are labelled as, and found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from vitrine.fields import FIELDS
from vitrine.fields.facets import ATTRIBUTE, LABEL
from vitrine.services.models import Meanings
from vitrine.services.models.calibrations import key
from vitrine.services.search.cache.store import Aliases
from vitrine.services.search.filters import Value
from vitrine.services.search.filters import key as filter_key
from vitrine.vision.vocabulary import Facet, vocabulary

Stated = Mapping[str, Sequence[Value]]
"""By facet of search what a product says of itself."""


def columns_of(facet: Facet) -> tuple[str, ...]:
    """The facets of search in which a shop may state values of a facet of the vocabulary."""
    if facet.name in FIELDS:
        return (facet.name,)
    return tuple(dict.fromkeys(f"{ATTRIBUTE}{name}" for name in (facet.name, facet.head)))


def labels_of(meanings: Meanings, stated: Stated) -> dict[str, tuple[Value, ...]]:
    """What the shop's own statements say in the words of the vocabulary, by facet of labels."""
    found: dict[str, tuple[Value, ...]] = {}
    for facet in vocabulary().facets.values() if meanings else ():
        values = [value for column in columns_of(facet) for value in stated.get(column, ())]
        words = (meanings.get((facet.name, key(str(value)))) for value in values)
        if known := tuple(dict.fromkeys(word for word in words if word)):
            found[f"{LABEL}{facet.name}"] = known
    return found


def aliases_of(meanings: Meanings) -> Aliases:
    """The names of the words that the shop's values mean: by these they are found as well."""
    found: defaultdict[str, dict[str, Sequence[str]]] = defaultdict(dict)
    for (name, value), meant in meanings.items():
        facet = vocabulary().facets.get(name)
        word = next((one for one in facet.words if one.value == meant), None) if facet else None
        for column in columns_of(facet) if facet and word else ():
            if word:
                found[column][filter_key(value)] = (word.value, *word.names.values())
    return found
