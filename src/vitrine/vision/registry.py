"""Finds models by name: a person's own or pulled ones first, then the packaged ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vitrine.core.errors import Invalid
from vitrine.vision.card import Card, CardFile, DetectorCard, EncoderCard, Pin, read_card

PACKAGED = Path(__file__).parent / "weights"
DOWNLOADABLE = Path(__file__).parent / "cards"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of `vitrine models list`; `bytes` is None where no size is known."""

    name: str
    role: str
    version: str
    licence: str
    installed: bool
    bytes: int | None


def find_encoder(name: str, models_dir: Path) -> tuple[EncoderCard, Path]:
    """The card and folder of an installed encoder whose files are all there and unchanged."""
    card, folder = find(name, models_dir)
    if not isinstance(card, EncoderCard):
        raise Invalid("model_role", f"Model {name} is a {card.role}; an encoder is needed.")
    return card, folder


def find_detector(name: str, models_dir: Path) -> tuple[DetectorCard, Path]:
    """The card and folder of an installed detector whose file is there and unchanged."""
    card, folder = find(name, models_dir)
    if not isinstance(card, DetectorCard):
        raise Invalid("model_role", f"Model {name} is an {card.role}; a detector is needed.")
    return card, folder


def find(name: str, models_dir: Path, packaged: Path = PACKAGED) -> tuple[Card, Path]:
    """The card and folder of an installed, verified model; Invalid says what to do otherwise."""
    offered = downloadable(name)
    own_name = offered.name if offered is not None else name
    # The name comes from a setting and becomes a path: nothing in it may climb out of the folder.
    if not _NAME.fullmatch(own_name):
        raise Invalid("model_unknown", f"{name!r} is not the name of a model.")
    for folder in (models_dir / own_name, packaged / own_name):
        if (folder / "card.json").is_file():
            card = read_card(folder / "card.json")
            verify(card, folder)
            return card, folder
    if offered is not None:
        raise Invalid(
            "model_missing",
            f"Model {name} is not installed. Run `vitrine models pull {name}` first.",
        )
    raise Invalid("model_unknown", f"There is no model {name}. `vitrine models list` names all.")


def downloadable(name: str) -> Card | None:
    """The card of a model that can be pulled, by its name or its `owner/name` on the hub."""
    for card in _cards(DOWNLOADABLE, "*.json"):
        if card.name == name or card.source.endswith(f"/{name}"):
            return card
    return None


def verify(card: Card, folder: Path) -> None:
    """Raise Invalid, naming the file, where one is missing or is not the one the card means."""
    for file in card.files:
        path = folder / file.file
        if not path.is_file():
            raise Invalid("model_file_missing", f"{path} is missing. {_advice(card)}")
        if file.sha256 is not None and checksum(path) != file.sha256:
            raise Invalid(
                "model_file_changed",
                f"{path} is damaged or changed: its SHA-256 is not the one of its card. "
                f"{_advice(card)}",
            )


def pins(card: Card, folder: Path) -> dict[str, Pin]:
    """Checksum and size of each of a card's files as they are in this folder."""
    paths = {file.file: folder / file.file for file in card.files}
    return {name: Pin(checksum(path), path.stat().st_size) for name, path in paths.items()}


def checksum(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listing(models_dir: Path, packaged: Path = PACKAGED) -> list[Listed]:
    """Every model installed or to be pulled, by name; a person's own hides a packaged one."""
    installed = [*_cards(models_dir, "*/card.json"), *_cards(packaged, "*/card.json")]
    offered = [(card, True) for card in installed]
    offered += [(card, False) for card in _cards(DOWNLOADABLE, "*.json")]
    by_name: dict[str, Listed] = {}
    for card, here in offered:
        by_name.setdefault(card.name, _listed(card, here))
    return sorted(by_name.values(), key=lambda line: line.name)


def _listed(card: Card, installed: bool) -> Listed:
    return Listed(card.name, card.role, card.version, card.licence, installed, _total(card.files))


def _total(files: tuple[CardFile, ...]) -> int | None:
    sizes = [file.bytes for file in files]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _cards(folder: Path, pattern: str) -> Iterator[Card]:
    return (read_card(path) for path in sorted(folder.glob(pattern)))


def _advice(card: Card) -> str:
    if downloadable(card.name) is not None:
        return f"Run `vitrine models pull {card.name}` to download it again."
    return f"Put the file back, or remove the folder of model {card.name} and install it again."
