from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from tests.worlds import checkpoints
from vitrine.convert import checking
from vitrine.convert.checking import Sample
from vitrine.convert.checkpoint import Pixels
from vitrine.convert.converting import Converted, Wanted, convert
from vitrine.core.errors import Conflict, Invalid, NotFound, VitrineError
from vitrine.vision.card import EncoderCard
from vitrine.vision.nets import Encoder
from vitrine.vision.registry import find_encoder
from vitrine.vision.sessions import Runtime

SAMPLE = Sample(checkpoints.pictures(), checkpoints.TEXTS)
WRITERS = {"clip": checkpoints.write_clip, "siglip": checkpoints.write_siglip}
OPENCLIP = Path(__file__).parents[1] / "worlds" / "openclip"
# Folders that `python -m tests.worlds.openclip.make --full` wrote may be checked as well.
FULL = [Path(folder) for folder in os.environ.get("OPENCLIP_FULL", "").split(":") if folder]
ROUNDING = 1e-6


def converted(source: Path, models: Path, **wanted: Any) -> Converted:
    return convert(Wanted(str(source), **wanted), models, lambda: SAMPLE, lambda _: None)


def agrees(made: Converted) -> bool:
    return all(agreed.least > 0.9999 for agreed in made.checked.values())


@pytest.mark.parametrize("safe", [True, False], ids=["safetensors", "bin"])
@pytest.mark.parametrize("kind", WRITERS)
def test_what_transformers_wrote_becomes_a_model(tmp_path: Path, kind: str, safe: bool) -> None:
    source = WRITERS[kind](tmp_path / f"my {kind}", safe=safe)
    made = converted(source, tmp_path / "models")
    assert find_encoder(f"my-{kind}", tmp_path / "models") == (made.card, made.folder)
    assert made.card.image.padding == {"clip": "crop", "siglip": "squash"}[kind]
    assert made.card.licence == "mit"
    assert agrees(made)


@pytest.mark.parametrize("kind", WRITERS)
def test_pixels_are_those_of_the_librarys_own_processor(tmp_path: Path, kind: str) -> None:
    made = converted(WRITERS[kind](tmp_path / kind), tmp_path / "models")
    assert made.levels == 0
    assert made.card.figures["pixels_differ_at_most_by_levels_of_255"] == 0


@pytest.mark.parametrize(
    "source", [OPENCLIP / "clip", OPENCLIP / "siglip", *FULL], ids=lambda source: source.name
)
def test_what_openclip_wrote_gives_what_openclip_gives(tmp_path: Path, source: Path) -> None:
    """OpenCLIP wrote the expectations too; tests/worlds/openclip/make.py says how."""
    made = converted(source, tmp_path)
    assert agrees(made)
    encoder = Encoder(made.card, made.folder, Runtime())
    with np.load(source / "expected.npz") as expected:
        pictures = encoder.embed_images(expected["pixels"])
        assert (pictures * expected["pictures"]).sum(axis=1).min() > 0.9999
        texts = encoder.embed_texts(SAMPLE.texts)
        assert (texts * expected["texts"]).sum(axis=1).min() > 0.9999
        for ours, theirs in zip(
            checking.pixels(made.card, SAMPLE.pictures), expected["pixels"], strict=True
        ):
            assert same_pixels(ours, theirs)


def same_pixels(ours: Pixels, theirs: Pixels) -> bool:
    """Equal, or cut one pixel beside: of an odd rest the libraries do not drop the same half."""
    beside = ((ours, theirs), (ours[:, 1:], theirs[:, :-1]), (ours[:, :, 1:], theirs[:, :, :-1]))
    return any(abs(one - other).max() <= ROUNDING for one, other in beside)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_smaller_files_say_what_they_lose(tmp_path: Path, precision: str) -> None:
    source = checkpoints.write_siglip(tmp_path / "siglip")
    whole = converted(source, tmp_path, name="whole")
    small = converted(source, tmp_path, name="small", precision=precision)
    sizes = [sum(file.bytes or 0 for file in made.card.files) for made in (whole, small)]
    assert sizes[1] < 0.8 * sizes[0]
    assert small.card.version == f"{whole.card.version}-{precision}"
    seen = [checking.by_vitrine(made.card, made.folder, SAMPLE) for made in (whole, small)]
    cosines = (seen[0].pictures * seen[1].pictures).sum(axis=1)
    lost = small.card.figures["against_float32"]
    # JSON of a card: nested, and typed as objects.
    assert lost["pictures"]["least"] == pytest.approx(cosines.min(), abs=1e-5)  # type: ignore[index,call-overload]
    assert 0.9 < cosines.min() < 1 - 1e-9


def test_another_padding_than_its_own_may_be_asked_for(tmp_path: Path) -> None:
    made = converted(checkpoints.write_clip(tmp_path / "clip"), tmp_path, name="p", padding="white")
    assert made.card.image.padding == "white"
    assert made.levels is None
    assert agrees(made)


def test_a_resize_that_is_not_ours_needs_a_choice(tmp_path: Path) -> None:
    source = copied(tmp_path, "clip", preprocess_cfg={"resize_mode": "longest"})
    with pytest.raises(Invalid, match="choose the nearest with --padding"):
        converted(source, tmp_path / "models")
    assert converted(source, tmp_path / "models", padding="mean").card.image.padding == "mean"


def test_a_model_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    source = checkpoints.write_clip(tmp_path / "clip")
    converted(source, tmp_path / "models")
    with pytest.raises(Conflict, match="take another --name"):
        converted(source, tmp_path / "models")


@pytest.mark.parametrize(
    ("file", "odd", "told"),
    [
        ("preprocessor_config.json", {"rescale_factor": 1 / 250}, "for pictures of the sample"),
        ("tokenizer_config.json", {"truncation_side": "left"}, "for texts of the sample"),
    ],
)
def test_a_model_that_differs_from_its_library_is_not_kept(
    tmp_path: Path, file: str, odd: dict[str, Any], told: str
) -> None:
    """These settings are none that a card knows, so the model cannot do what its library does."""
    source = checkpoints.write_siglip(tmp_path / "siglip")
    settings = json.loads((source / file).read_text())
    (source / file).write_text(json.dumps(settings | odd))
    with pytest.raises(Invalid, match=told) as differs:
        converted(source, tmp_path / "models")
    assert differs.value.code == "convert_differs"
    assert list((tmp_path / "models").iterdir()) == []


Change = Callable[[Path], None]


def copied(tmp_path: Path, kind: str, **settings: Any) -> Path:
    """A copy of a checkpoint of OpenCLIP with some of its settings replaced."""
    folder = tmp_path / "copy"
    shutil.copytree(OPENCLIP / kind, folder)
    path = folder / "open_clip_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    return folder


def without(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def holding(name: str, text: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).write_text(text)

    return change


def turned_off(tower: str, **values: Any) -> Change:
    def change(folder: Path) -> None:
        path = folder / "open_clip_config.json"
        settings = json.loads(path.read_text())
        settings["model_cfg"][tower] |= values
        path.write_text(json.dumps(settings))

    return change


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (without("open_clip_config.json"), Invalid, "is neither a CLIPModel or SiglipModel"),
        (holding("open_clip_config.json", "{"), Invalid, "open_clip_config.json is not JSON"),
        (holding("open_clip_config.json", "{}"), Invalid, "lacks model_cfg of two towers"),
        (without("open_clip_pytorch_model.bin"), NotFound, "has no weights: none of"),
        (without("tokenizer.json"), NotFound, "--tokenizer"),
        (turned_off("vision_cfg", qk_norm=True), Invalid, r"vision_cfg\.qk_norm = True is not"),
        (turned_off("text_cfg", pool_type="eos"), Invalid, r"text_cfg\.pool_type = 'eos' is not"),
        (turned_off("text_cfg", layers=3), Invalid, "These weights are of another net"),
        (turned_off("text_cfg", tokenizer_kwargs={"clean": "x"}), Invalid, "cleaned as 'x'"),
    ],
)
def test_what_would_come_out_wrong_is_refused(
    tmp_path: Path, change: Change, error: type[VitrineError], told: str
) -> None:
    source = copied(tmp_path, "clip")
    change(source)
    # A tokenizer is sought in this folder, not on the hub.
    with pytest.raises(error, match=told):
        converted(source, tmp_path / "models", tokenizer=str(source))
    assert not list((tmp_path / "models").glob("*"))


def test_weights_that_lack_a_tensor_are_refused(tmp_path: Path) -> None:
    source = checkpoints.write_siglip(tmp_path / "siglip")
    weights = load_file(source / "model.safetensors")
    del weights["text_model.head.bias"]
    save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(Invalid, match=r"lacks text_model\.head\.bias"):
        converted(source, tmp_path / "models")


def test_a_tokenizer_in_two_files_or_elsewhere_is_as_good(tmp_path: Path) -> None:
    source = checkpoints.write_clip(tmp_path / "clip")
    tokenizer = checkpoints.clip_tokenizer()
    elsewhere = tmp_path / "words"
    elsewhere.mkdir()
    tokenizer.backend_tokenizer.model.save(str(elsewhere))
    (source / "tokenizer.json").unlink()
    made = converted(source, tmp_path / "models", tokenizer=str(elsewhere))
    again = converted(checkpoints.write_clip(tmp_path / "same"), tmp_path / "models")
    assert isinstance(made.card, EncoderCard)
    texts = [checking.by_vitrine(one.card, one.folder, SAMPLE).texts for one in (made, again)]
    assert texts[0] == pytest.approx(texts[1], abs=1e-6)


def test_what_is_no_folder_and_no_hub_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is neither a folder here nor an owner/name"):
        converted(tmp_path / "nothing", tmp_path / "models")
