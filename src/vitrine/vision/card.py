"""Model cards: what a model is, which files it has and how they want to be fed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from vitrine.core.errors import Invalid

# Names and versions become part of a collection's name in the vector index, hence the alphabet.
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", max_length=100)]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=200)]
Checksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
PartName = Literal["form", "colour"]

Padding = Literal["reflect", "mean", "white", "squash", "crop"]
"""How a crop becomes square: filled up, squeezed, or the middle of it cut out."""
Interpolation = Literal["bicubic", "bilinear"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CardFile(_Frozen):
    """One file of a model: its name in the folder, where it comes from and how to know it again."""

    file: FileName
    sha256: Checksum | None = None
    url: str | None = None
    bytes: Annotated[int, Field(ge=0)] | None = None


FileT = TypeVar("FileT", bound=CardFile)


class Pin(NamedTuple):
    """The SHA-256 and the size in bytes of a file that was found to be the right one."""

    sha256: str
    bytes: int


class ImageTower(CardFile):
    """The graph from pixels to embeddings; `size` in pixels, `mean` and `std` of channels 0..1.

    `padding` and `interpolation` are those it is best fed with; a setting may say another padding.
    """

    input: str
    output: str
    size: Annotated[int, Field(ge=8, le=2048)]
    mean: tuple[float, float, float]
    std: tuple[Positive, Positive, Positive]
    padding: Padding = "reflect"
    interpolation: Interpolation = "bicubic"


class TextTower(CardFile):
    """The graph from token ids to embeddings; `mask` is None where it takes no attention mask."""

    input: str
    mask: str | None = None
    output: str
    max_tokens: Annotated[int, Field(ge=1, le=8192)]
    pad_id: Annotated[int, Field(ge=0)]
    padded_to_max: bool = False
    lowercase: bool = False
    tokenizer: CardFile


class _Card(_Frozen):
    name: Word
    version: Word
    licence: str
    source: str
    description: str = ""
    figures: dict[str, JsonValue] = {}

    @property
    def model_version(self) -> str:
        """Name and version in one word, part of the versions of every vector."""
        return f"{self.name}-{self.version}"


class FacetFigures(_Frozen):
    """How a facet is named, at which temperature its scores are honest, its F1 over `n` products.

    `shown` says that it is good enough for shoppers.
    """

    source: Literal["head", "words"]
    temperature: Positive
    f1: Share | None = None
    n: Annotated[int, Field(ge=0)] = 0
    shown: bool = False


class LabelFigures(_Frozen):
    """What was measured of a model's labels with one version of the vocabulary.

    The `bar` is what the macro-F1 of a facet that is shown to shoppers must surely reach.
    """

    vocabulary: str
    bar: Share
    facets: dict[str, FacetFigures] = {}


class Part(_Frozen):
    """A stretch of `size` numbers of every vector that speaks of one thing alone.

    In a picture's vector it has `weight` of the squared length: its share of every cosine.
    """

    name: PartName
    size: Annotated[int, Field(ge=1)]
    weight: Annotated[float, Field(gt=0, le=1)]


class EncoderCard(_Card):
    """An image tower and a text tower that embed into one space.

    `prefixes` are lengths at which a vector may be cut and normalised anew, for less memory;
    `parts` lie in a vector one after the other, none where it is one whole;
    `heads` is an .npz with a linear head per facet: its weight (values, dimension), bias, values.
    """

    role: Literal["encoder"]
    dimension: Annotated[int, Field(ge=1, le=65536)]
    prefixes: tuple[Annotated[int, Field(ge=1)], ...] = ()
    parts: tuple[Part, ...] = ()
    image: ImageTower
    text: TextTower
    heads: CardFile | None = None
    labels: LabelFigures | None = None

    @model_validator(mode="after")
    def _parts_fill(self) -> EncoderCard:
        """Parts are different ones, fill the vector, and weigh 1 together."""
        names = [part.name for part in self.parts]
        if len(set(names)) < len(names):
            raise ValueError("parts: each may be there once")
        if names and sum(part.size for part in self.parts) != self.dimension:
            raise ValueError("parts: their sizes must sum to the dimension")
        if names and abs(sum(part.weight for part in self.parts) - 1) > 1e-3:
            raise ValueError("parts: their weights must sum to 1")
        return self

    @property
    def files(self) -> tuple[CardFile, ...]:
        """Every file of the model."""
        files = (self.image, self.text, self.text.tokenizer)
        return files if self.heads is None else (*files, self.heads)

    def pinned(self, found: Mapping[str, Pin]) -> EncoderCard:
        """The same card with the checksum and size of each file as found, by file name."""
        tokenizer = _pinned(self.text.tokenizer, found)
        text = _pinned(self.text, found).model_copy(update={"tokenizer": tokenizer})
        heads = None if self.heads is None else _pinned(self.heads, found)
        towers = {"image": _pinned(self.image, found), "text": text}
        return self.model_copy(update=towers | {"heads": heads})


class FirstLook(_Frozen):
    """A cheaper look at a smaller square of `size` pixels, which is enough where it is sure.

    That is where all from `doubt` on is one item, and that has `confidence`. Scores are surer than
    those at full size by so many log odds; this is taken off first, so that they mean the same.
    """

    size: Annotated[int, Field(ge=32, le=4096)]
    surer_by: Annotated[float, Field(ge=0)] = 0.0
    confidence: Share
    doubt: Share


class DetectorCard(_Card):
    """A YOLOv8-format detector; `size` in pixels, `confidence` and `iou` the default thresholds.

    Boxes of different kinds that overlap more than `iou_across` are one item; 1 keeps them all.
    Where nothing reaches `confidence`, the surest from `confidence_alone` on is an item.
    With a `first_look` its graph takes squares of both sizes.
    """

    role: Literal["detector"]
    file: CardFile
    size: Annotated[int, Field(ge=32, le=4096)]
    first_look: FirstLook | None = None
    kinds: tuple[str, ...]
    confidence: Share = 0.25
    confidence_alone: Share = 1.0
    iou: Share = 0.6
    iou_across: Share = 1.0
    max_items: Annotated[int, Field(ge=1)] = 50

    @property
    def sides(self) -> tuple[int, ...]:
        """Of the squares that it looks at, the first look's first; each once."""
        return (self.size,) if self.first_look is None else (self.first_look.size, self.size)

    @property
    def lowest(self) -> float:
        """From which confidence on a detection may be an item."""
        return min(self.confidence, self.confidence_alone)

    @property
    def files(self) -> tuple[CardFile, ...]:
        """The only file of the model."""
        return (self.file,)

    def pinned(self, found: Mapping[str, Pin]) -> DetectorCard:
        """The same card with the checksum and size of its file as found, by file name."""
        return self.model_copy(update={"file": _pinned(self.file, found)})


Card = EncoderCard | DetectorCard

_ANY_CARD: TypeAdapter[Card] = TypeAdapter(Annotated[Card, Field(discriminator="role")])


def read_card(path: Path) -> Card:
    """The card in a JSON file; Invalid names the file and the first field that is wrong."""
    try:
        return _ANY_CARD.validate_json(path.read_bytes())
    except OSError as unreadable:
        raise Invalid("model_card", f"{path}: cannot be read: {unreadable.strerror}.") from None
    except ValidationError as wrong:
        first = wrong.errors()[0]
        # The first part of the place is the role that chose the kind of card, not a field.
        field = ".".join(str(part) for part in first["loc"][1:]) or "role"
        reason = first["msg"]
        raise Invalid("model_card", f"{path}: {field}: {reason}.", fields={field: reason}) from None


def _pinned(file: FileT, found: Mapping[str, Pin]) -> FileT:
    return file.model_copy(update=found[file.file]._asdict())


def card_json(card: Card) -> str:
    """The card as the text of a card.json, ending in a newline."""
    return card.model_dump_json(indent=2) + "\n"
