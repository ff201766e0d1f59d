"""Parts taught on: where they begin, what they know of their shots, and the heads after them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from training import facet_heads, refining
from training.data import FACETS, Shot
from training.labels import labels, numbered
from training.towers import Bent, TextTower
from vitrine.finetune import losses


def shot(key: str, source: str = "products", **known: str) -> Shot:
    about = {name: known.pop(name) for name in ("group", "product") if name in known}
    return Shot(
        key,
        Path(key),
        source,
        "train",
        about.get("group", key),
        "",
        "",
        None,
        about.get("product", ""),
        facets=known,
    )


def test_a_bent_line_after_another_gives_the_same_of_raw_features() -> None:
    bent = Bent(torch.nn.Linear(4, 3), 5)
    torch.nn.init.normal_(bent.down.weight)
    mean, matrix, features = torch.randn(7), torch.randn(7, 4), torch.randn(6, 7)
    said = bent.after(mean, matrix)(features)
    torch.testing.assert_close(said, bent((features - mean) @ matrix))


def test_a_bent_line_is_straight_at_first() -> None:
    line, features = torch.nn.Linear(4, 3), torch.randn(6, 4)
    torch.testing.assert_close(Bent(line, 5)(features), line(features))


def test_parts_begin_as_the_closed_form_and_keep_their_shares() -> None:
    torch.manual_seed(0)
    rows = torch.randn(60, 8), torch.randn(60, 5)
    form = torch.nn.functional.normalize(rows[0] @ torch.randn(8, 3), dim=1)
    colour = torch.nn.functional.normalize(rows[1] @ torch.randn(5, 2), dim=1)
    closed = torch.cat([0.8**0.5 * form, 0.2**0.5 * colour], dim=1)
    parts = refining.begun(rows, closed, 3, 0.2)
    made = parts.embedded(rows)
    assert (made * closed).sum(dim=1).mean() > 0.97
    assert (made[:, :3] ** 2).sum(dim=1).numpy() == pytest.approx(np.full(60, 0.8), abs=1e-5)


def test_photos_of_a_stores_product_belong_together_and_its_colours_are_one_design() -> None:
    shots = [
        shot("a", category="Shirts", colour="Red", group="g"),
        shot("b", category="Shirts", group="g"),
        shot("1", "luma", product="p", group="s", category="Tops", colour="Red"),
        shot("2", "luma", product="p", group="s"),
        shot("3", "luma", product="q", group="s"),
        shot("x", "phone", category="Hats"),
    ]
    found = refining.known(shots)
    assert found.products.tolist() == [
        found.products[0],
        *found.products[1:3],
        found.products[2],
        *found.products[4:],
    ]
    assert len(set(found.products.tolist())) == 5
    assert len(set(found.designs.tolist())) == 3
    assert found.together == {int(found.products[2]): [2, 3], int(found.products[4]): [4]}
    assert found.kinds[2] == -1, "a store's kinds are its own words"
    assert found.colours.tolist() == [0, -1, -1, -1, -1, -1]
    assert found.sources == {"products": [0, 1], "phone": [5], "stores": [2, 3, 4]}


def test_points_that_crowd_cost_more_than_points_that_spread() -> None:
    spread = torch.eye(4)
    crowded = torch.nn.functional.normalize(spread + 1.0, dim=1)
    itself = torch.eye(4, dtype=torch.bool)
    assert losses.crowding(crowded, itself) > losses.crowding(spread, itself) + 0.2
    pairs = itself.clone()
    pairs[0, 1] = pairs[1, 0] = True
    twins = spread.clone()
    twins[1] = twins[0]
    assert losses.crowding(twins, pairs) == pytest.approx(float(losses.crowding(spread, itself)))


def test_heads_find_rare_values_and_take_to_the_words_of_each() -> None:
    torch.manual_seed(0)
    kinds = ["Shirts"] * 300 + ["Hats"] * 12
    shots = [shot(str(n), category=kind) for n, kind in enumerate(kinds)]
    words = {
        "[UNK]": 0,
        **{w: n for n, w in enumerate(["a", "photo", "of", "shirt", "hat", "product", ":"], 1)},
    }
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.enable_padding()
    facets, names = numbered(shots)
    asked = labels(shots, names, tokenizer)
    pictures = torch.randn(2, 312, 256) * 0.05
    pictures[:, :300, 0] += 1
    pictures[:, 300:, 1] += 1
    text = TextTower(len(words)).eval()
    head = facet_heads.heads(asked, facets, pictures, text)["category"]
    told = head(pictures[0]).argmax(dim=1)
    column = asked.wanted(facets, FACETS[0])
    right = (told == column).float()
    assert right[300:].all(), "the rare ones"
    assert right.mean() > 0.97
    towards = facet_heads._words(asked, "category", text)
    assert (head(towards).argmax(dim=1) == torch.arange(2)).all()
