"""From a checkpoint to a model folder that was checked against it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import JsonValue
from transformers.utils import logging

from vitrine.convert import checking, openclip, sources, storing, towers, transformers_models
from vitrine.convert.checking import Agreement, Sample
from vitrine.convert.checkpoint import Checkpoint, unsupported
from vitrine.convert.sources import Source
from vitrine.convert.storing import Precision
from vitrine.core.errors import Conflict, invalid
from vitrine.vision import registry
from vitrine.vision.card import CardFile, EncoderCard, ImageTower, Padding, TextTower, card_json

IMAGE, TEXT, TOKENIZER = "image.onnx", "text.onnx", "tokenizer.json"

Tell = Callable[[str], None]
Found = Mapping[str, Agreement]

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a conversion; None is what the checkpoint itself says."""

    source: str
    revision: str | None = None
    name: str | None = None
    precision: Precision = "float32"
    padding: Padding | None = None
    tokenizer: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """A model folder, its card, and what was measured of it on the sample.

    `checked` compares with PyTorch before, `lost` the smaller files with the whole ones after.
    """

    folder: Path
    card: EncoderCard
    checked: Found
    lost: Found
    levels: float | None


def convert(
    wanted: Wanted, models_dir: Path, take_sample: Callable[[], Sample], tell: Tell
) -> Converted:
    """Write models_dir/name; nothing is kept of a model that does not pass its check.

    Raises Conflict where there is such a folder, Unavailable where the network fails, NotFound and
    Invalid where the source lacks something or is of another kind.
    """
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    home = models_dir / _name(wanted)
    if home.exists():
        raise Conflict("convert_exists", f"{home} is there already; take another --name.")
    tell("Reading")
    source = sources.open_source(wanted.source, wanted.revision)
    checkpoint = _read(source, wanted.tokenizer)
    sample = take_sample()
    models_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models_dir, prefix=".converting-") as place:
        draft = Path(place) / home.name
        draft.mkdir()
        _export(checkpoint, draft, tell)
        card = _card(checkpoint, source, wanted, home.name)
        made = _measured(checkpoint, card, draft, wanted.precision, sample, tell)
        pinned = made.card.pinned(registry.pins(made.card, draft))
        (draft / "card.json").write_text(card_json(pinned), encoding="utf-8")
        draft.replace(home)
    return replace(made, folder=home, card=pinned)


def _name(wanted: Wanted) -> str:
    """As asked, as Vitrine offers the same model, or as the last part of its source."""
    offered = registry.downloadable(wanted.source)
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(wanted.source).expanduser().resolve().name)
    name = wanted.name or (offered.name if offered else plain.strip("-._"))
    if not _NAME.fullmatch(name):
        raise invalid("--name", f"{name!r} is no name for a model: letters, digits, '.', '_', '-'")
    return name


def _read(source: Source, tokenizer: str | None) -> Checkpoint:
    if transformers_models.wrote(source):
        return transformers_models.read(source, tokenizer)
    if openclip.wrote(source):
        return openclip.read(source, tokenizer)
    raise unsupported(
        f"{source.given} is neither a CLIPModel or SiglipModel of transformers (config.json) nor "
        f"a checkpoint of OpenCLIP ({openclip.CONFIG})"
    )


def _export(checkpoint: Checkpoint, draft: Path, tell: Tell) -> None:
    tell("Exporting")
    (draft / IMAGE).write_bytes(towers.image_tower(checkpoint))
    (draft / TEXT).write_bytes(towers.text_tower(checkpoint))
    (draft / TOKENIZER).write_text(checkpoint.wording.tokenizer.to_str() + "\n", encoding="utf-8")


def _card(checkpoint: Checkpoint, source: Source, wanted: Wanted, name: str) -> EncoderCard:
    digest = registry.checksum(checkpoint.weights)[:8]
    whole = wanted.precision == "float32"
    revision = f" in revision {source.revision}" if source.revision else ""
    return EncoderCard(
        role="encoder",
        name=name,
        # Weights of another precision make other vectors.
        version=digest if whole else f"{digest}-{wanted.precision}",
        licence=wanted.licence or source.licence(),
        source=source.address,
        description=f"Converted from {wanted.source}{revision}, {wanted.precision}.",
        dimension=towers.dimension(checkpoint),
        image=_image(checkpoint, wanted.padding),
        text=_text(checkpoint),
    )


def _image(checkpoint: Checkpoint, asked: Padding | None) -> ImageTower:
    how = checkpoint.preparation
    padding = asked or how.padding
    if padding is None:
        raise unsupported(
            "The way this checkpoint makes pictures square is not one of Vitrine's; choose the "
            "nearest with --padding and measure it with `vitrine evaluate`. It is not supported"
        )
    return ImageTower(
        file=IMAGE,
        input=towers.PIXELS,
        output=towers.IMAGE,
        size=how.size,
        mean=how.mean,
        std=how.std,
        padding=padding,
        interpolation=how.interpolation,
    )


def _text(checkpoint: Checkpoint) -> TextTower:
    how = checkpoint.wording
    return TextTower(
        file=TEXT,
        input=towers.IDS,
        output=towers.TEXT,
        max_tokens=how.max_tokens,
        pad_id=how.pad_id,
        padded_to_max=how.padded_to_max,
        tokenizer=CardFile(file=TOKENIZER),
    )


def _measured(
    checkpoint: Checkpoint,
    card: EncoderCard,
    draft: Path,
    precision: Precision,
    sample: Sample,
    tell: Tell,
) -> Converted:
    tell("Checking")
    whole = checking.by_vitrine(card, draft, sample)
    checked = checking.compare(checking.by_torch(checkpoint, card, sample), whole)
    levels = checking.pixel_levels(checkpoint, card, sample)
    checking.check(checked)
    lost: dict[str, Agreement] = {}
    if precision != "float32":
        tell("Storing")
        for name in (IMAGE, TEXT):
            (draft / name).write_bytes(storing.stored((draft / name).read_bytes(), precision))
        lost = checking.compare(whole, checking.by_vitrine(card, draft, sample))
    figures = _figures(sample, checked, lost, levels)
    return Converted(draft, card.model_copy(update={"figures": figures}), checked, lost, levels)


def _figures(
    sample: Sample, checked: Found, lost: Found, levels: float | None
) -> dict[str, JsonValue]:
    """What was measured, for the card."""
    counted: dict[str, Any] = {
        "sample": {"pictures": len(sample.pictures), "texts": len(sample.texts)},
        "against_torch": {what: asdict(agreed) for what, agreed in checked.items()},
    }
    if levels is not None:
        counted["pixels_differ_at_most_by_levels_of_255"] = levels
    if lost:
        counted["against_float32"] = {what: asdict(agreed) for what, agreed in lost.items()}
    return counted
