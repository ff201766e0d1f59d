"""The shop's own words in ours: what its values are labelled as, and found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from vitrine.fields.facets import LABEL
from vitrine.services.models import Meanings
from vitrine.services.models.calibrations import key
from vitrine.services.search.cache.called import columns_of, names
from vitrine.services.search.cache.store import Aliases
from vitrine.services.search.filters import Value
from vitrine.services.search.filters import key as filter_key
from vitrine.vision.vocabulary import vocabulary

Stated = Mapping[str, Sequence[Value]]
"""By facet of search what a product says of itself."""


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
    """The names of the words that the shop's values mean, none for what means nothing of ours: by
    these they are found as well."""
    found: defaultdict[str, dict[str, Sequence[str]]] = defaultdict(dict)
    for (name, value), meant in meanings.items():
        facet = vocabulary().facets.get(name)
        word = next((one for one in facet.words if one.value == meant), None) if facet else None
        for column in columns_of(facet) if facet else ():
            found[column][filter_key(value)] = () if word is None else names(word)
    return found
