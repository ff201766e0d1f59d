"""Parts fitted in closed form, and the whole command that makes an encoder of them."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.worlds import painted
from training import (
    abroad,
    backbone,
    data,
    dataset,
    discriminant,
    encoder,
    export,
    factored,
    factoring,
    offtopic,
    twin,
    wording,
)
from training.counts import BINS, CELLS, ColourCounts, centres
from training.labels import labels
from training.towers import PartsHead, TextTower
from training.twin import Twin
from vitrine.finetune import lite
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.nets import Encoder
from vitrine.vision.sessions import Runtime

Floats = NDArray[np.float64]


def classes(spread: float, seed: int = 0) -> tuple[Floats, list[str]]:
    """Six classes told apart by the third of five numbers, drowned in the noise of the first."""
    dice = np.random.default_rng(seed)
    labels = [str(number % 6) for number in range(120)]
    rows = dice.normal(size=(120, 5)) * np.array([spread, 1, 0.1, 1, 1])
    rows[:, 2] += np.array([float(label) for label in labels])
    return rows - rows.mean(axis=0), labels


def test_a_discriminant_finds_what_tells_classes_apart_however_loud_the_rest_is() -> None:
    rows, labels = classes(spread=30.0)
    scatter, means, sizes = discriminant.inside(rows, labels)
    axis = discriminant.discriminant(scatter, means, sizes, 1, 0.0)[:, 0]
    assert abs(axis[2]) / np.linalg.norm(axis) > 0.99
    assert abs(discriminant.principal(rows, 1)[0, 0]) > 0.99


def test_an_axis_that_tells_no_classes_apart_counts_the_least_that_is_asked_for() -> None:
    rows, labels = classes(spread=1.0)
    found = discriminant.inside(rows, labels)
    lengths = {
        least: np.linalg.norm(discriminant.discriminant(*found, 5, least), axis=0)
        for least in (0.0, 0.8)
    }
    assert lengths[0.8][4] > 3 * lengths[0.0][4]
    assert lengths[0.8][0] == pytest.approx(lengths[0.0][0], rel=0.25)


def test_classes_of_one_and_rows_without_a_label_do_not_count() -> None:
    rows, labels = classes(spread=1.0)
    more = np.concatenate([rows, np.full((2, 5), 99.0)])
    scatter, means, sizes = discriminant.inside(more, [*labels, "alone", ""])
    assert sizes.tolist() == [20] * 6
    assert scatter == pytest.approx(discriminant.inside(rows, labels)[0])
    assert means.max() < 99
    assert np.trace(scatter) == pytest.approx(1)


def test_scales_give_every_slice_its_share_of_the_variance() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 10)) * np.arange(1, 11)
    shares = ((slice(0, 4), 0.25), (slice(4, 10), 0.75))
    scaled = rows * discriminant.scales(rows, shares)
    for where, share in shares:
        assert scaled[:, where].var(axis=0).sum() == pytest.approx(share)


@pytest.fixture(scope="module")
def counting() -> ColourCounts:
    dice = np.random.default_rng(0)
    return ColourCounts(
        centres([dice.integers(0, 256, (288, 288, 3), np.uint8) for _ in range(70)])
    )


def pixels(ground: tuple[int, int, int], item: tuple[int, int, int]) -> torch.Tensor:
    """Normalised pixels of a square of one colour on a ground of another."""
    picture = torch.tensor(ground).view(1, 3, 1, 1).expand(1, 3, 64, 64).clone().float()
    picture[:, :, 16:48, 16:48] = torch.tensor(item).view(1, 3, 1, 1)
    mean, std = (torch.tensor(part).view(1, 3, 1, 1) for part in (lite.MEAN, lite.STD))
    return (picture / 255 - mean) / std


def test_colours_are_counted_where_they_are(counting: ColourCounts) -> None:
    red_on_white, green_on_white = (
        pixels((250, 250, 250), (200, 20, 20)),
        pixels((250, 250, 250), (20, 120, 30)),
    )
    red, green = (counting(some).view(4, BINS) for some in (red_on_white, green_on_white))
    assert red.sum(dim=1) == pytest.approx(torch.ones(4), abs=1e-4)
    middle, _wide, border, kept = (red * green).sqrt().sum(dim=1)
    assert border > 0.99, "the ground is the same"
    assert kept < middle < 0.5, "and what lies on it is not"
    assert CELLS == 32


def test_a_twin_says_what_both_its_nets_say(counting: ColourCounts) -> None:
    begun = backbone.load()
    own = backbone.load()
    with torch.no_grad():
        own.net._blocks[7]._project_conv.weight.mul_(1.3)
    some = pixels((250, 250, 250), (200, 20, 20))
    with torch.inference_mode():
        said = Twin(begun, own, counting)(some)
        theirs, ours = begun(some), own(some)
    early = backbone.EARLY_WIDTH
    assert said.shape == (1, twin.WIDTH)
    torch.testing.assert_close(said[:, twin.EARLY], ours[:, :early])
    torch.testing.assert_close(said[:, twin.OWN], ours[:, early:])
    torch.testing.assert_close(said[:, twin.BEGUN], theirs[:, early:])
    assert not torch.allclose(said[:, twin.OWN], said[:, twin.BEGUN], atol=1e-3)


def test_each_line_of_a_head_has_its_share_of_the_squared_length() -> None:
    head = PartsHead([torch.nn.Linear(5, 3), torch.nn.Linear(5, 2)], (0.7, 0.3))
    said = head(torch.randn(4, 5)).detach().numpy()
    assert (said[:, :3] ** 2).sum(axis=1) == pytest.approx(np.full(4, 0.7), abs=1e-5)
    assert (said[:, 3:] ** 2).sum(axis=1) == pytest.approx(np.full(4, 0.3), abs=1e-5)


def test_a_widened_tower_says_the_old_vectors_turned_by_the_matrix() -> None:
    tower = TextTower(50).eval()
    to = torch.randn(7, 256)
    ids = torch.randint(1, 50, (3, 5))
    mask = torch.ones_like(ids)
    with torch.inference_mode():
        old = tower.said(tower.together(ids, mask), ids, mask)
        made = wording.widened(tower, to)(ids, mask)
    torch.testing.assert_close(made, torch.nn.functional.normalize(old @ to.T, dim=1))


def test_what_is_measured_as_off_topic_is_never_trained_with() -> None:
    measured = set(offtopic.texts())
    trained = set(offtopic.drawn(random.Random(0), 4000))
    spoken = {thing for thing in offtopic.THINGS[1::2] if any(thing in text for text in trained)}
    assert not spoken
    assert offtopic.texts() == offtopic.texts()
    assert len(measured) > 100


def store(root: Path) -> None:
    """A store of six products, front and back, in two colours."""
    folder = root / "stores" / "luma"
    (folder / "images").mkdir(parents=True)
    dice = random.Random(2)
    columns = (
        "image",
        "product_id",
        "style_id",
        "view",
        "title",
        "description",
        "category",
        "colour",
    )
    with (folder / "items.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, columns)
        table.writeheader()
        for number in range(12):
            product = number // 2
            colour = ("Red", "Blue")[product % 2]
            painted.packshot(folder / "images" / f"{number}.png", "Shirts", colour, dice)
            row = {"image": f"images/{number}.png", "product_id": f"p{product}"}
            row |= {"style_id": f"s{product // 2}", "view": ("front", "back")[number % 2]}
            table.writerow(row | {"title": "Tee", "category": "Tees", "colour": f"c{product % 2}"})


@dataclass(frozen=True)
class Made:
    """The folder that the command began with, and the one that it wrote."""

    begin: Path
    out: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The whole command on painted photos, from an untrained net."""
    root = painted.data_folder(tmp_path_factory.mktemp("data"))
    store(root)
    cache, begin, out = (tmp_path_factory.mktemp(name) for name in ("cache", "begin", "out"))
    painted.sample(cache)
    found = dataset.read(root, cache, 0.0, ())
    asked = labels(
        [found.shots[place] for place in found.fitted], found.known(None)[1], found.tokenizer
    )
    net = encoder._net(found, asked)
    with torch.no_grad():
        for weight in net.text.parameters():  # of equal weights an export keeps one
            weight.add_(0.01 * torch.randn_like(weight))
    export.export(begin, encoder.packed(found, net, asked, 64))
    where = ["--data", str(root), "--cache", str(cache), "--threads", "1"]
    factoring.main([*where, "--begin", str(begin), "--out", str(out), "--steps", "3"])
    return Made(begin, out)


def test_the_command_writes_an_encoder_whose_parts_are_as_its_card_says(made: Made) -> None:
    card = read_card(made.out / "card.json")
    assert isinstance(card, EncoderCard)
    assert [part.name for part in card.parts] == ["form", "colour"]
    assert card.image.size == twin.SIZE
    vectors = Encoder(card, made.out, Runtime(threads=1)).embed_images(
        np.random.default_rng(0).normal(size=(2, 3, twin.SIZE, twin.SIZE)).astype(np.float32)
    )
    form, colour = np.split(vectors, [card.parts[0].size], axis=1)
    assert (form**2).sum(axis=1) == pytest.approx(card.parts[0].weight, abs=1e-3)
    assert (colour**2).sum(axis=1) == pytest.approx(card.parts[1].weight, abs=1e-3)
    assert card.parts[0].size == factored.FORM


def test_other_shops_photos_are_read_with_what_shows_one_product(tmp_path: Path) -> None:
    store(tmp_path)
    shots = abroad.stores(tmp_path)
    assert len(shots) == 12
    assert {shot.product for shot in shots if shot.group == "s0"} == {"p0", "p1"}
    assert {shot.split for shot in shots} == {"train"}
    assert abroad.shop(tmp_path) == []


def test_values_of_other_shops_become_the_home_shops_where_a_word_is_both() -> None:
    stated = {"category": "skirt", "colour": "NAVY", "gender": "women", "brand": "Luma"}
    shot = data.Shot("1", Path("x"), "luma", "train", "s", facets=stated)
    home = {"category": "Skirts", "colour": "Navy Blue", "gender": "Women"}
    assert abroad.in_home_words(shot).facets == home
    odd = replace(shot, facets={"category": "Hoodies & Sweatshirts"})
    assert abroad.in_home_words(odd).facets == {}
