"""One facet in memory says the same however its pairs of row and value are read."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from vitrine.services.search.cache.columns import Chosen, Column, Mask
from vitrine.services.search.filters import AnyOf

ROWS = 12
VALUES = ("red", "blue", "Blue", "green", "grey")

one_each = some.dictionaries(some.integers(0, ROWS - 1), some.sampled_from(VALUES)).map(
    lambda told: [(row, value) for row, value in told.items()]
)
several = some.sets(some.tuples(some.integers(0, ROWS - 1), some.sampled_from(VALUES))).map(list)
pairs_of = one_each | several
masks = some.lists(some.booleans(), min_size=ROWS, max_size=ROWS).map(
    lambda told: np.array(told, dtype=np.bool_)
)


def column(pairs: list[tuple[int, str]]) -> Column:
    return Column().replaced(np.zeros(ROWS, dtype=np.bool_), pairs)


@given(pairs_of, masks)
def test_counts_are_those_of_the_pairs_within_the_mask(
    pairs: list[tuple[int, str]], mask: Mask
) -> None:
    total = Counter(value.casefold() for row, value in pairs if mask[row])
    expected = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    made = column(pairs)
    found = [(str(each.value).casefold(), each.count) for each in made.counts(Chosen(mask))]
    assert found == expected
    for most in (1, 2):
        assert made.counts(Chosen(mask), most=most) == made.counts(Chosen(mask))[:most]


@given(pairs_of, some.sets(some.sampled_from(VALUES)))
def test_a_row_fulfils_what_any_of_its_values_does(
    pairs: list[tuple[int, str]], wanted: set[str]
) -> None:
    keys = frozenset(value.casefold() for value in wanted)
    found = column(pairs).where(AnyOf("colour", keys), ROWS)
    expected = {row for row, value in pairs if value.casefold() in keys}
    assert set(np.flatnonzero(found).tolist()) == expected


@given(pairs_of)
def test_rows_of_a_code_are_told_once_for_each_pair_as_often_as_they_are_asked(
    pairs: list[tuple[int, str]],
) -> None:
    made = column(pairs)
    for code, value in [*enumerate(made.words.values)] * 2:
        assert sorted(made.having([code]).tolist()) == sorted(
            row for row, given_ in pairs if given_ == value
        )


@given(pairs_of, pairs_of, masks)
def test_the_next_column_is_that_of_its_pairs_whatever_the_one_before_found_out(
    pairs: list[tuple[int, str]], fresh: list[tuple[int, str]], touched: Mask
) -> None:
    before, told = column(pairs), [(row, value) for row, value in fresh if touched[row]]
    before.coded(ROWS)  # so that it is known
    left = [(row, value) for row, value in pairs if not touched[row]]
    here, there = before.replaced(touched, told), column([*left, *told])
    assert codes_by_row(here) == codes_by_row(there)
    one, other = (each.coded(ROWS) for each in (here, there))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert [here.words.values[code] for code in one if code >= 0] == [
            there.words.values[code] for code in other if code >= 0
        ]
        assert np.array_equal(one >= 0, other >= 0)


def codes_by_row(made: Column) -> list[tuple[int, str]]:
    pairs = zip(made.rows.tolist(), made.codes.tolist(), strict=True)
    return sorted((row, str(made.words.values[code])) for row, code in pairs)


def test_a_design_whose_variants_spell_a_value_in_two_ways_is_counted_once() -> None:
    made = Column().replaced(
        np.zeros(4, dtype=np.bool_), [(0, "Dress"), (1, "dress"), (2, "Dress"), (3, "Belt")]
    )
    designs = np.array([7, 7, 8, 9])
    counted = made.counts(Chosen(np.ones(4, dtype=np.bool_)), designs)
    assert [(each.value, each.count) for each in counted] == [("Dress", 2), ("Belt", 1)]
    assert made.counts(Chosen(np.zeros(4, dtype=np.bool_)), designs) == []
