"""What was measured of an encoder's scores: weights of re-ranking, and what a score means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from vitrine.core.errors import Invalid
from vitrine.vision.registry import PACKAGED
from vitrine.vision.types import share_mark

Kind = Literal["photo", "words", "composed"]
"""What a query is made of: a photo or a product, words alone, or both."""

Signal = Literal["colour", "category", "shape", "words", "stock"]
Level = Literal["exact", "close", "similar"]

KINDS: tuple[Kind, ...] = get_args(Kind)
SIGNALS: tuple[Signal, ...] = get_args(Signal)
LEVELS: tuple[Level, ...] = get_args(Level)
"""The levels of a hit, the best first; below all of them it is NONE."""
NONE = "none"

FILES = "search*.json"
"""The files beside a model's card.json, one for every share of words that was measured."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Weights = Mapping[Signal, Number]
_WEIGHTS: TypeAdapter[dict[Kind, Weights]] = TypeAdapter(dict[Kind, Weights])
Bar = Annotated[float, Field(ge=-1, lt=3)]
"""A score: a cosine and what re-ranking adds, which may lift it above 1; 3 and more has only what
was asked for by its id."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bars(_Frozen):
    """From which score on a hit is of each level; None where no score is sure enough."""

    exact: Bar | None = None
    close: Bar | None = None
    similar: Bar | None = None


class Levels(_Frozen):
    """The bars of one kind of query, for the score that hits are ordered by.

    `promised` is the share of the hits called so that are so or better, where it was measured.
    """

    others: Bars
    promised: dict[Level, Annotated[float, Field(ge=0, le=1)]] = {}


class Spoken(_Frozen):
    """What is said of garments, in every language: names of sorts of garments, and all else."""

    garments: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Rule(_Frozen):
    """A logistic rule: how likely a query is about anything that a catalogue has.

    `weights` are by evidence (`services.search.matching`); `direction` is multiplied with the
    query's vector.
    """

    bias: Number
    weights: dict[str, Number] = {}
    direction: tuple[Number, ...] = ()


class Matches(_Frozen):
    """From which score on a hit matches, and which queries nothing matches: those that the rule
    finds less likely than not to be about the catalogue. Without a rule none is."""

    line: Number
    rule: Rule | None = None


class Tuning(_Frozen):
    """All that was measured for one encoder; another version of it is another encoder.

    `text_share` is the share of words in the vectors it was measured with: another share moves
    every cosine.
    """

    model_version: str
    text_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    description: str = ""
    weights: dict[Kind, Weights] = {}
    levels: dict[Kind, Levels] = {}
    matches: dict[Kind, Matches] = {}
    spoken: Spoken = Spoken()


@dataclass(frozen=True, slots=True)
class Tunings:
    """The tunings that are known, by model version and share of words, and weights that somebody
    set in their place.

    What is set holds for every encoder: `{}` turns re-ranking off.
    """

    found: Mapping[tuple[str, float], Tuning] = field(default_factory=dict)
    weights: Mapping[Kind, Weights] | None = None

    def of(self, model_version: str, text_share: float = 0.0) -> Tuning:
        """The tuning of an encoder's vectors; an empty one where nothing was measured."""
        known = self.found.get((model_version, text_share)) or Tuning(
            model_version=model_version, text_share=text_share
        )
        if self.weights is None:
            return known
        return known.model_copy(update={"weights": dict(self.weights)})


def installed(
    models_dir: Path, weights: Mapping[str, object] | None = None, packaged: Path = PACKAGED
) -> Tunings:
    """Every tuning beside an installed model, a person's own first, and the weights set.

    Raises Invalid for a file or weights that cannot be read.
    """
    found: dict[tuple[str, float], Tuning] = {}
    for tuning in _tunings(models_dir, packaged):
        found.setdefault((tuning.model_version, tuning.text_share), tuning)
    return Tunings(found, None if weights is None else _checked(weights))


def _checked(weights: Mapping[str, object]) -> Mapping[Kind, Weights]:
    try:
        return _WEIGHTS.validate_python(weights)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "[key]")
        reason = f"{place}: {first['msg']}"
        raise Invalid("search_weights", f"VITRINE_SEARCH__WEIGHTS: {reason}.") from None


def file_name(text_share: float) -> str:
    """The name of the file for vectors of which words are this share."""
    return f"search-{share_mark(text_share)}.json" if text_share else "search.json"


def read(path: Path) -> Tuning:
    """The tuning in a JSON file; Invalid names the file and the first field that is wrong."""
    try:
        return Tuning.model_validate_json(path.read_bytes())
    except OSError as unreadable:
        raise Invalid("model_tuning", f"{path}: cannot be read: {unreadable.strerror}.") from None
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "tuning"
        message = f"{path}: {field}: {first['msg']}."
        raise Invalid("model_tuning", message, fields={field: first["msg"]}) from None


def _tunings(*folders: Path) -> Iterator[Tuning]:
    return (read(path) for folder in folders for path in sorted(folder.glob(f"*/{FILES}")))
