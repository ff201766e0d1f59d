"""Tiny real runs of training: painted photos, few steps, the real export."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from tests.worlds import painted
from training import ablations, backbone, dataset, encoder, fitting, measuring, objective, shipped
from training.batches import Batch, Draws
from training.dataset import TrainingSet
from training.fitting import Saving
from training.labels import HEAD_SCALE, Labels, labels, scaled
from training.net import Net, Plan
from training.towers import ImageHead, ImageTower
from training.words import encode
from vitrine.vision.card import EncoderCard, read_card
from vitrine.vision.nets import Encoder
from vitrine.vision.sessions import Runtime

SIDE = 64


@dataclass(frozen=True)
class Ground:
    """A painted data folder, a cache for it, and what is gathered from both."""

    root: Path
    cache: Path
    found: TrainingSet
    facts: encoder.Facts

    @property
    def asked(self) -> Labels:
        return self.facts[2]

    def options(self, out: Path, *more: str) -> list[str]:
        """Those of a tiny run."""
        size = ("--batch", "16", "--side", str(SIDE), "--size", str(SIDE))
        where = ("--data", str(self.root), "--cache", str(self.cache), "--out", str(out))
        return [*where, *size, "--threads", "1", "--workers", "0", *more]

    def parsed(self, out: Path, *more: str) -> argparse.Namespace:
        return encoder._options(self.options(out, *more))


@dataclass(frozen=True)
class Trained:
    """What the whole command left: the model folder, and the net as its checkpoint keeps it."""

    out: Path
    net: Net
    tokenizer: Tokenizer
    report: dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    root = painted.data_folder(tmp_path_factory.mktemp("data"))
    cache = tmp_path_factory.mktemp("cache")
    painted.sample(cache)
    found = dataset.read(root, cache, 0.0, ())
    known, names = found.known(cache)
    asked = labels([found.shots[place] for place in found.fitted], names, found.tokenizer)
    return Ground(root, cache, found, (known, names, asked))


@pytest.fixture(scope="module")
def trained(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The whole command, of two rounds end to end and four steps with the trunk at rest."""
    out = tmp_path_factory.mktemp("models") / "tiny"
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: said.append(str(words[0])))
        encoder.main(ground.options(out, "--steps", "2", "2", "--head-steps", "4"))
    net = ablations.opened(ground.cache / "tiny-tuned.pt", ground.found)
    return Trained(out, net, ground.found.tokenizer, json.loads(said[-1]))


def agreement(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """The smallest cosine between rows."""
    np.testing.assert_allclose(np.linalg.norm(theirs, axis=1), 1, atol=1e-4)
    return float((ours * theirs).sum(axis=1).min())


def ran(path: Path, **inputs: NDArray[np.float32] | NDArray[np.int64]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, inputs)[0])


def opened(trained: Trained) -> Encoder:
    card = read_card(trained.out / "card.json")
    assert isinstance(card, EncoderCard)
    return Encoder(card, trained.out, Runtime(threads=1))


def test_the_loss_falls(ground: Ground, tmp_path: Path) -> None:
    known, names, asked = ground.facts
    options = ground.parsed(tmp_path, "--steps", "24")
    plan = Plan(warm_up=2, memory=1)
    run = fitting.start(encoder._net(ground.found, asked), plan)
    draws = encoder._draws(options, ground.found, names, [SIDE] * options.steps[0])
    history = fitting.fit(run, draws, known, asked, plan, Saving(None, workers=0))
    assert len(history) == 24
    # The first step has no memory, which makes it easier.
    assert np.mean(history[-5:]) < 0.9 * np.mean(history[1:6])


class Broken(Draws):
    """Draws that are stopped at the third step."""

    def __getitem__(self, step: int) -> Batch:
        if step == 2:
            raise KeyboardInterrupt
        return super().__getitem__(step)


def test_lines_of_all_lengths_come_back_in_their_order(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objective, "LINES_AT_ONCE", 3)
    draws = encoder._draws(ground.parsed(tmp_path), ground.found, ground.facts[1], [SIDE])
    batch, net = draws[0], encoder._net(ground.found, ground.asked).eval()
    assert len(set(batch.mask.sum(dim=1).tolist())) > 3
    with torch.inference_mode():
        apart, together = objective._words(net, batch), net.text(batch.ids, batch.mask)
    torch.testing.assert_close(apart, together, atol=1e-5, rtol=0)


def test_a_head_gives_the_same_by_another_mean_and_scale() -> None:
    features, width = torch.randn(5, backbone.WIDTH) * 3 + 1, backbone.WIDTH
    head = ImageHead(features.mean(dim=0), features.std(dim=0))
    torch.nn.init.normal_(head.down.weight)
    other = head.seen_as(torch.randn(width), torch.rand(width) + 0.5)
    torch.testing.assert_close(other(features), head(features), atol=1e-4, rtol=0)


def test_a_stopped_run_goes_on_from_its_checkpoint(ground: Ground, tmp_path: Path) -> None:
    known, names, asked = ground.facts
    options, plan = ground.parsed(tmp_path, "--steps", "4"), Plan()
    pool = encoder._draws(options, ground.found, names, [SIDE] * options.steps[0]).pool
    broken = Broken(pool, ground.found.tokenizer, names, [SIDE] * 4, 16)
    saving = Saving(tmp_path / "run.pt", workers=0, every=0.0)
    first = fitting.start(encoder._net(ground.found, asked), plan)
    with pytest.raises(KeyboardInterrupt):
        fitting.fit(first, broken, known, asked, plan, saving)
    second = fitting.start(encoder._net(ground.found, asked), plan)
    saving.resume(second)
    assert second.step == first.step == 2
    for part in ("net", "smooth"):
        ours, theirs = (getattr(run, part).state_dict() for run in (second, first))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert torch.equal(second.memory.seen().views, first.memory.seen().views)
    draws = encoder._draws(options, ground.found, names, [SIDE] * options.steps[0])
    assert len(fitting.fit(second, draws, known, asked, plan, saving)) == 2
    saving.resume(first)
    assert first.step == 4


def test_equal_steps_draw_equal_batches(ground: Ground, tmp_path: Path) -> None:
    _, names, _ = ground.facts
    options = ground.parsed(tmp_path, "--steps", "4")
    one, same = (encoder._draws(options, ground.found, names, [SIDE] * 4)[3] for _ in range(2))
    other = encoder._draws(options, ground.found, names, [SIDE] * options.steps[0])[2]
    for name in ("views", "ids", "mask", "places"):
        assert torch.equal(getattr(one, name), getattr(same, name))
    assert torch.equal(one.said.spoken, same.said.spoken)
    assert torch.equal(one.said.also, same.said.also)
    assert one.places.tolist() != other.places.tolist()
    assert one.views.shape == (2 * len(one.places), SIDE, SIDE, 3)
    assert len(set(one.places.tolist())) == len(one.places)


def test_a_batch_is_no_larger_than_what_there_is(ground: Ground) -> None:
    _, names, _ = ground.facts
    options = ground.parsed(Path("x"), "--steps", "1")
    pool = encoder._draws(options, ground.found, names, [SIDE] * options.steps[0]).pool
    draws = Draws(pool, ground.found.tokenizer, names, [SIDE], 4000)
    assert sorted(draws[0].places.tolist()) == sorted(ground.found.fitted)


def test_only_what_is_meant_to_learns(ground: Ground) -> None:
    net = encoder._net(ground.found, ground.asked)
    run = fitting.start(net, Plan())
    moving = {name for name, value in net.named_parameters() if value.requires_grad}
    assert not any("_depthwise_conv" in name for name in moving)
    assert not any(name.startswith("trunk.net._blocks.2.") for name in moving)
    assert any(name.startswith("trunk.net._blocks.3._expand_conv") for name in moving)
    given = sum(len(part["params"]) for part in run.optimiser.param_groups)
    assert given == len(moving)
    # A second run that begins with the average of the first, whose weights are at rest.
    again = fitting.start(run.smooth, Plan(), end_to_end=False)
    moving = {name for name, value in again.net.named_parameters() if value.requires_grad}
    assert moving
    assert not any(name.startswith("trunk.") for name in moving)


def test_polishing_moves_head_and_words_and_leaves_the_trunk(
    ground: Ground, trained: Trained
) -> None:
    before = ablations.opened(ground.cache / "tiny-2.pt", ground.found).state_dict()
    after = trained.net.state_dict()
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert not any(name.startswith("trunk.") for name in moved)
    assert {"head.linear.weight", "text.bag.weight", "heads.category.weight"} <= moved


def test_a_round_begins_where_the_one_before_ended(ground: Ground, trained: Trained) -> None:
    first, second = (
        ablations.opened(ground.cache / f"tiny-{number}.pt", ground.found).state_dict()
        for number in (1, 2)
    )
    begun = encoder._net(ground.found, ground.asked).state_dict()
    name = "trunk.net._conv_head.weight"
    assert (second[name] - first[name]).abs().max() < 0.01
    assert not torch.equal(second[name], first[name])
    assert not torch.equal(first[name], begun[name])


def test_figures_of_every_source_are_measured(trained: Trained) -> None:
    assert list(trained.report) == ["imagenet", "net 1", "net 0.75", "net 0.5"]
    figures = trained.report["net 1"]
    sources = {f"{source}_p10" for source in ("category", "colour", "phone", "garments", "thumbs")}
    assert sources | {"view_r1", "view_r10", "text_r1", "text_r10", "phone_named"} == set(figures)
    assert all(0 <= value <= 1 for value in figures.values())
    assert "text_r1" not in trained.report["imagenet"]


def test_nothing_kept_of_the_trunk_is_the_start(trained: Trained) -> None:
    begun = backbone.load().state_dict()
    for name, value in measuring.averaged(trained.net.trunk, 0.0).state_dict().items():
        torch.testing.assert_close(value, begun[name])


def test_the_exported_image_tower_is_the_trained_one(trained: Trained) -> None:
    pixels = np.random.default_rng(1).normal(size=(3, 3, SIDE, SIDE)).astype(np.float32)
    with torch.inference_mode():
        tower = ImageTower(trained.net.trunk, trained.net.head).eval()
        ours = tower(torch.from_numpy(pixels)).numpy()
    assert agreement(ours, ran(trained.out / "image.onnx", pixel_values=pixels)) >= 0.9999
    assert agreement(ours, opened(trained).embed_images(pixels)) >= 0.9999
    assert ran(trained.out / "image.onnx", pixel_values=pixels[:1]).shape == (1, 256)


def test_the_exported_text_tower_is_the_trained_one(trained: Trained) -> None:
    texts = ["red handbags", "acme blue shirts no 7", "rotes Hemd", "never seen words", "x"]
    ids, mask = encode(trained.tokenizer, texts)
    with torch.inference_mode():
        ours = trained.net.text(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    theirs = ran(trained.out / "text.onnx", input_ids=ids, attention_mask=mask)
    assert agreement(ours, theirs) >= 0.9999
    assert agreement(ours, opened(trained).embed_texts(texts)) >= 0.9999


def test_padding_does_not_change_a_text(trained: Trained) -> None:
    ids, mask = encode(trained.tokenizer, ["red handbags"])
    longer = np.pad(ids, ((0, 0), (0, 9))), np.pad(mask, ((0, 0), (0, 9)))
    path = trained.out / "text.onnx"
    short = ran(path, input_ids=ids, attention_mask=mask)
    padded = ran(path, input_ids=longer[0], attention_mask=longer[1])
    np.testing.assert_allclose(short, padded, atol=1e-5)


def test_the_exported_heads_give_the_trained_logits(trained: Trained, ground: Ground) -> None:
    vectors = torch.nn.functional.normalize(torch.randn(5, 256), dim=1)
    with np.load(trained.out / "heads.npz") as kept:
        facets = {name.rsplit("_", 1)[0] for name in kept}
        assert facets == set(ground.asked.values) == {"category", "colour", "gender"}
        for facet in facets:
            weight, bias = (
                kept[f"{facet}_{part}"].astype(np.float32) for part in ("weight", "bias")
            )
            with torch.inference_mode():
                wanted = HEAD_SCALE * trained.net.heads[facet](vectors)
            np.testing.assert_allclose(vectors.numpy() @ weight.T + bias, wanted, atol=0.01)
            assert kept[f"{facet}_values"].tolist() == list(ground.asked.values[facet])


def test_the_trained_logits_are_what_the_head_loss_asks(ground: Ground) -> None:
    known, _, asked = ground.facts
    heads = encoder._net(ground.found, asked).heads
    only = replace(asked, values={"colour": asked.values["colour"]})
    vectors, facets = torch.randn(6, 256), known.facets[ground.found.fitted[:6]]
    with torch.inference_mode():
        wanted = only._asked(scaled(heads["colour"])(vectors), facets, "colour")
        assert float(only.head_loss(vectors, facets, heads)) == pytest.approx(float(wanted))


def test_the_card_describes_the_files(trained: Trained) -> None:
    card = opened(trained).card
    assert (card.dimension, card.image.size, card.text.pad_id) == (256, SIDE, 0)
    assert card.prefixes == (64, 128, 256)
    assert card.heads is not None
    assert {file.file for file in card.files} == {path.name for path in trained.out.iterdir()} - {
        "card.json"
    }
    for file in card.files:
        assert (trained.out / file.file).stat().st_size == file.bytes
    assert sum(file.bytes or 0 for file in card.files) < 20_000_000


def test_the_exported_tokenizer_reads_as_the_trained_one(trained: Trained) -> None:
    again = Tokenizer.from_file(str(trained.out / "tokenizer.json"))
    assert again.encode("Red BAGS").ids == trained.tokenizer.encode("red bags").ids
    assert again.padding is None
    assert again.truncation is None


def test_a_finished_run_is_only_exported_anew(ground: Ground, trained: Trained) -> None:
    written = {path.name: path.read_bytes() for path in trained.out.iterdir()}
    encoder.main(ground.options(trained.out, "--steps", "2", "2", "--head-steps", "4"))
    for name in ("image.onnx", "text.onnx", "tokenizer.json"):
        assert (trained.out / name).read_bytes() == written[name]


def test_a_run_goes_on_from_an_exported_model(
    ground: Ground, trained: Trained, tmp_path: Path
) -> None:
    out = tmp_path / "next"
    encoder.main(ground.options(out, "--begin", str(trained.out), "--head-steps", "2"))
    before, after = (
        shipped.read_net(folder, ground.asked).state_dict() for folder in (trained.out, out)
    )
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert not any(name.startswith("trunk.") for name in moved)
    assert {"head.linear.weight", "text.bag.weight", "heads.category.weight"} <= moved
    assert (out / "tokenizer.json").read_bytes() == (trained.out / "tokenizer.json").read_bytes()


def test_sides_grow_over_the_steps() -> None:
    assert encoder._sides(SIDE, 20, 0) == [SIDE] * 20
    assert encoder._sides(None, 20, 0) == [128] * 9 + [160] * 8 + [224] * 3
    assert encoder._sides(None, 20, 1) == encoder._sides(None, 20, 7)
    assert encoder._sides(None, 20, 1) == [128] * 9 + [160] * 10 + [224]


def test_numbers_of_the_plan_are_set_by_name(ground: Ground) -> None:
    given = encoder._given(ground.parsed(Path("x"), "--set", "distil=1.0", "warm_up=5"))
    assert given == {"distil": 1.0, "warm_up": 5}


def test_sources_left_out_are_measured_whole(ground: Ground) -> None:
    every = ground.found.shots
    fitted, measured = dataset._parts(every, 0.0, ("phone",))
    assert len(measured["phone"]) == 24
    assert not any(every[place].source == "phone" for place in fitted)


def test_nothing_is_both_fitted_and_measured_and_groups_stay_whole(ground: Ground) -> None:
    every = ground.found.shots
    fitted, measured = dataset._parts(every, 0.3, ())
    held = [place for places in measured.values() for place in places]
    assert len(fitted) + len(held) == sum(shot.split == "train" for shot in every)
    assert {"products", "phone"} <= {every[place].source for place in held}
    assert not {every[p].group for p in fitted} & {every[p].group for p in held}
    assert not any(every[place].split == "dev" for place in held)


def test_no_products_is_said(tmp_path: Path) -> None:
    painted.sample(tmp_path / "cache")
    options = ["--data", str(tmp_path), "--cache", str(tmp_path / "cache"), "--out", "x"]
    with pytest.raises(SystemExit, match="No train products"):
        encoder.main([*options, "--leave-out", "sample"])


def test_every_way_of_preparing_is_measured(
    ground: Ground,
    trained: Trained,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, few in {"SIDES": (32,), "PADDINGS": ("white",), "MARGINS": (0.1,)}.items():
        monkeypatch.setattr(ablations, name, few)
    monkeypatch.setattr(backbone, "SIZE", SIDE)
    run = ground.cache / f"{trained.out.name}-tuned.pt"
    where = ["--data", str(ground.root), "--cache", str(ground.cache), "--threads", "1"]
    ablations.main(["--run", str(run), *where])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["recipe"] for row in rows] == ["side 32", "padding white", "margin 0.1"]
    assert list(rows[2]["run"]) == ["garments_p10"]
    assert "text_r1" in rows[0]["run"]
    assert "text_r1" not in rows[0]["imagenet"]
