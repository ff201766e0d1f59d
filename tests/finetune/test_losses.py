"""What the towers are asked for, by hand: captions and shots, neighbours, memory, labels."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest
import torch
from torch import Tensor

from training import captions, data
from training.captions import Caption
from training.data import FACETS, Shot
from training.labels import RAREST, labels, numbered, scaled
from training.memory import Memory, Seen
from training.net import PREFIXES
from training.objective import _view_loss
from training.words import train_tokenizer
from vitrine.finetune import losses
from vitrine.finetune.losses import Said, gather_alike, keep_structure, matches, one_way

NOTHING = torch.empty(0, 3, dtype=torch.int64)


def shot(number: int = 1, group: str = "g", **facets: str) -> Shot:
    return Shot(str(number), Path("x"), "products", "train", group, facets=facets)


def seen(number: int, count: int = 2) -> Seen:
    vectors = torch.full((count, 256), float(number), requires_grad=True)
    numbers = torch.full((count,), number)
    return Seen(vectors, vectors, numbers[:, None].repeat(1, len(FACETS)), numbers, numbers)


def matched(spoken: Tensor, facets: Tensor, also: Tensor = NOTHING) -> tuple[Tensor, Tensor]:
    groups = torch.arange(len(facets))
    return matches(facets, Said(spoken, also), groups, facets, groups)


def test_a_caption_is_right_for_every_shot_it_describes() -> None:
    facets = torch.tensor([[0, 1], [0, 1], [0, -1], [2, 1]])
    spoken = torch.tensor([[True, True], [True, False], [False, False], [True, True]])
    right, unknown = matched(spoken, facets)
    assert right.tolist() == [
        [True, True, False, False],
        [True, True, True, False],
        [False, False, True, False],
        [False, False, False, True],
    ]
    assert unknown.nonzero().tolist() == [[0, 2]]


def test_words_that_fit_further_values_are_right_for_them_too() -> None:
    facets = torch.tensor([[0, 1], [2, 1], [2, 3], [4, 1]])
    spoken = torch.tensor([[True, True], [True, False], [True, True], [True, True]])
    also = torch.tensor([[0, 0, 2], [2, 1, 1]])  # caption, facet, value
    right, unknown = matched(spoken, facets, also)
    assert right.nonzero().tolist() == [[0, 0], [0, 1], [1, 1], [1, 2], [2, 1], [2, 2], [3, 3]]
    assert not unknown.any()


def test_a_title_is_right_for_its_group_and_nothing_is_known_wrong_by_it() -> None:
    facets = torch.tensor([[0], [0], [0]])
    groups = torch.tensor([5, 5, 6])
    spoken = torch.zeros(3, 1, dtype=torch.bool)
    right, unknown = matches(facets, Said(spoken, NOTHING), groups, facets, groups)
    assert right.tolist() == [[True, True, False], [True, True, False], [False, False, True]]
    assert not unknown.any()


def test_what_captions_say_holds_of_their_shot() -> None:
    colours = ("Red", "Blue", "Navy Blue")
    kinds = ("Casual Shoes", "Sports Shoes", "Dresses", "Handbags")
    shots = [
        shot(kind_number * 10 + number, category=kind, colour=colour)
        for kind_number, kind in enumerate(kinds)
        for number, colour in enumerate(colours)
    ]
    facets, names = numbered(shots)
    dice = random.Random(0)
    lines: list[Caption] = [captions.composed(one, dice) for one in shots]
    spoken = torch.zeros(len(shots), len(FACETS), dtype=torch.bool)
    also = []
    for row, line in enumerate(lines):
        spoken[row, list(line.facets)] = True
        also += [
            (row, facet, names[facet].index(value))
            for facet, value in line.also
            if value in names[facet]
        ]
    groups = torch.arange(len(shots))
    said = Said(spoken, torch.tensor(also, dtype=torch.int64).view(-1, 3))
    right, _ = matches(facets, said, groups, facets, groups)
    assert right.diagonal().all()
    for row, line in enumerate(lines):
        for column in right[row].nonzero().flatten().tolist():
            for facet in line.facets:
                name = FACETS[facet]
                value = shots[column].facets[name]
                assert value == shots[row].facets[name] or (facet, value) in line.also


def test_one_way_by_hand() -> None:
    scores = torch.tensor([[0.0, math.log(3.0), 5.0], [1.0, 1.0, 1.0], [9.0, 0.0, 0.0]])
    right = torch.tensor([[False, True, False], [True, True, False], [False, False, False]])
    unknown = torch.tensor([[False, False, True], [False, False, False], [False, False, False]])
    # Chances 3/4 in the first row and 1/3 each in the second; the third is asked for nothing.
    wanted = (-math.log(3 / 4) - math.log(1 / 3)) / 2
    assert one_way(scores, right, unknown) == pytest.approx(wanted, abs=1e-5)
    assert one_way(scores, torch.zeros(3, 3, dtype=torch.bool)) == 0


def test_what_is_alike_gathers() -> None:
    near = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    labels_ = torch.tensor([0, 0, 1, 1])
    scores = math.exp(10), math.exp(0)  # temperature 0.1; a point does not count as its own
    wanted = -math.log(scores[0] / (scores[0] + 2 * scores[1]))
    assert gather_alike(near, labels_, near, labels_) == pytest.approx(wanted, abs=1e-5)
    mixed = torch.tensor([0, 1, 0, 1])
    assert gather_alike(near, mixed, near, mixed) > 5
    unknown = torch.tensor([0, 0, -1, -1])
    assert gather_alike(near, unknown, near, unknown) == pytest.approx(0.0, abs=1e-5)


def test_what_is_alike_is_found_among_further_points() -> None:
    points = torch.eye(2)
    others = torch.cat([points, torch.tensor([[1.0, 0], [0, 1]])])
    assert gather_alike(points, torch.tensor([0, 1]), others, torch.tensor([0, 1, 0, 1])) < 0.01
    assert gather_alike(points, torch.tensor([0, 1]), others, torch.tensor([0, 1, 1, 0])) > 5
    assert gather_alike(points, torch.tensor([-1, -1]), points, torch.tensor([-1, -1])) == 0


def test_structure_is_kept_by_any_turn_and_lost_by_a_shuffle() -> None:
    torch.manual_seed(0)
    start = torch.nn.functional.normalize(torch.randn(6, 8), dim=1)
    turn = torch.linalg.qr(torch.randn(8, 8)).Q
    assert keep_structure(start @ turn, start) == pytest.approx(0.0, abs=1e-4)
    assert keep_structure(start.flip(0).roll(1, 0), start) > 0.1


def test_other_shots_of_a_group_are_neither_right_nor_wrong_views() -> None:
    now, none = seen(0, 3), Memory(1).seen()
    vectors = torch.nn.functional.normalize(torch.ones(3, 256), dim=1)
    alone = Seen(vectors, now.words, now.facets, torch.tensor([1, 2, 3]), now.sources)
    twins = Seen(vectors, now.words, now.facets, torch.tensor([1, 1, 1]), now.sources)
    assert _view_loss(vectors, twins, none) == pytest.approx(0.0, abs=1e-4)
    weights = sum(PREFIXES.values())  # three views of equal chance
    assert _view_loss(vectors, alone, none) == pytest.approx(weights * math.log(3), abs=1e-4)


def test_prefixes_are_told_apart_within_the_batch_alone() -> None:
    now, past = seen(1, 3), seen(2, 5)
    vectors = torch.nn.functional.normalize(torch.ones(8, 256), dim=1)
    apart = Seen(vectors[:3], now.words, now.facets, torch.tensor([1, 2, 3]), now.sources)
    earlier = Seen(vectors[3:], past.words, past.facets, torch.arange(4, 9), past.sources)
    narrow = sum(weight for width, weight in PREFIXES.items() if width < 256)
    # One half of the loss looks from the views of the batch back, and those are three.
    wide = PREFIXES[256] * (math.log(8) + math.log(3)) / 2
    loss = _view_loss(vectors[:3], apart, earlier)
    assert loss == pytest.approx(wide + narrow * math.log(3), abs=1e-4)


def test_memory_forgets_the_oldest() -> None:
    memory = Memory(2)
    assert len(memory.seen().groups) == 0
    for number in range(3):
        memory.add(seen(number))
    assert memory.seen().groups.tolist() == [1, 1, 2, 2]
    assert not memory.seen().views.requires_grad
    again = Memory(2)
    again.load(memory.state())
    again.add(seen(3))
    assert again.seen().groups.tolist() == [2, 2, 3, 3]
    assert seen(9).then(again.seen()).sources.tolist() == [9, 9, 2, 2, 3, 3]


def test_rare_values_have_no_label_and_facets_without_values_no_head() -> None:
    shots = [shot(number, category="Shirts", colour="Red") for number in range(RAREST)]
    shots += [shot(99, category="Dresses", colour="Red")]
    facets, names = numbered(shots)
    asked = labels(shots, names, train_tokenizer(["red shirt"], 100))
    assert asked.values == {"category": ["Shirts"], "colour": ["Red"]}
    scores = torch.randn(len(shots), 1)
    assert asked._asked(scores[-1:], facets[-1:], "category") == 0


def test_a_scaled_head_gives_larger_logits() -> None:
    head, vectors = torch.nn.Linear(4, 3), torch.randn(2, 4)
    torch.testing.assert_close(scaled(head)(vectors), head(vectors) * 8)


def test_validation_follows_the_group() -> None:
    shots = [shot(number, f"g{number // 2}") for number in range(4000)]
    held = [one for one in shots if data.is_validation(one, 0.1)]
    assert 300 < len(held) < 500
    assert len(held) == 2 * len({one.group for one in held})
    assert not any(data.is_validation(one, 0.0) for one in shots)
    assert all(data.is_validation(one, 1.0) for one in shots)


def test_never_is_out_of_sight() -> None:
    assert torch.tensor([losses.NEVER, 60.0]).softmax(0)[0] == 0
