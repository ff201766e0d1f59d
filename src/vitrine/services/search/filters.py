"""Filters as a client writes them, read into conditions that a Snapshot can judge."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from vitrine.core.errors import Invalid
from vitrine.fields.facets import ATTRIBUTE, COUNTED, FACETS, LABEL, PRICE, RANGES

Value = str | int | float | bool

NOT = "not"
MOST_CONDITIONS, MOST_VALUES, LONGEST = 50, 500, 4_000


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The product has one of these values; `keys` are as `key` writes them."""

    facet: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Between:
    """The product's price or number lies within the bounds, both included."""

    facet: str
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Not:
    """The product does not fulfil the condition; one without the facet does not."""

    condition: AnyOf | Between

    @property
    def facet(self) -> str:
        """The facet that is judged."""
        return self.condition.facet


Condition = AnyOf | Between | Not


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that must all hold, and the JSON they were read from, with sorted names."""

    conditions: tuple[Condition, ...] = ()
    written: str = "{}"

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def as_json(self) -> dict[str, Any]:
        """What `parse` reads again as the same filters."""
        return dict(json.loads(self.written))


EVERYTHING = Filters()


class _Wrong(Exception):
    """Why one filter cannot be read."""


def parse(data: object, field: str = "filters") -> Filters:
    """The filters of a field; raises Invalid naming every one that is unknown or of a wrong type.

    Conditions that contradict each other are no error: nothing fulfils them.
    """
    if not isinstance(data, Mapping):
        raise _refused({field: "is no object of facet and values"})
    wrong: dict[str, str] = {}
    conditions = tuple(_conditions(data, field, wrong))
    if len(conditions) > MOST_CONDITIONS:
        wrong[field] = f"holds more than {MOST_CONDITIONS} filters"
    if wrong:
        raise _refused(wrong)
    return Filters(conditions, json.dumps(data, sort_keys=True))


def check_facet(name: object, field: str) -> str:
    """The name of a facet that can be counted; raises Invalid naming the field."""
    try:
        if not isinstance(name, str):
            raise _Wrong("is no name of a facet")
        _check_name(name)
    except _Wrong as reason:
        raise _refused({field: str(reason)}) from None
    return name


def key(value: Value) -> str:
    """How values are compared: without case, in any script; 5, 5.0 and "5" are one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, str):
        folded = unicodedata.normalize("NFC", value).casefold()
        return unicodedata.normalize("NFC", folded).strip()
    return repr(value)


def number(value: Value) -> float:
    """The value as a number, not-a-number where it is none."""
    if isinstance(value, bool):
        return math.nan
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def _conditions(
    data: Mapping[Any, object], path: str, wrong: dict[str, str], *, inner: bool = False
) -> Iterator[AnyOf | Between | Not]:
    for name, asked in data.items():
        place = f"{path}.{name}"[:200]
        try:
            if name == NOT and not inner:
                yield from _negated(asked, place, wrong)
            else:
                yield _condition(name, asked)
        except _Wrong as reason:
            wrong[place] = str(reason)


def _negated(asked: object, path: str, wrong: dict[str, str]) -> Iterator[Not]:
    if not isinstance(asked, Mapping):
        raise _Wrong("is no object of facet and values")
    for condition in _conditions(asked, path, wrong, inner=True):
        if not isinstance(condition, Not):
            yield Not(condition)


def _condition(name: object, asked: object) -> AnyOf | Between:
    _check_name(name)
    facet = str(name)
    if isinstance(asked, Mapping):
        if _is_text(facet):
            raise _Wrong("is no range: give a value or a list of values")
        return _range(facet, asked)
    if facet == PRICE:
        raise _Wrong('needs a range: {"min": 20, "max": 50}, or one of the two')
    return AnyOf(facet, frozenset(_values(facet, asked)))


def _check_name(name: object) -> None:
    known = isinstance(name, str) and (
        name in FACETS or name.removeprefix(ATTRIBUTE) not in ("", name)
    )
    if known:
        return
    if isinstance(name, str) and name.startswith(LABEL):
        names = ", ".join(each for each in FACETS if each.startswith(LABEL))
        raise _Wrong(f"is no facet of labels; there are {names}")
    raise _Wrong(
        f"is no facet; there are {', '.join(COUNTED)}, {LABEL}NAME for labels, "
        f"and {ATTRIBUTE}NAME for any attribute"
    )


def _is_text(facet: str) -> bool:
    """Whether the values of a facet are texts: those of an attribute may be anything."""
    return facet in FACETS and facet not in RANGES


def _values(facet: str, asked: object) -> Iterator[str]:
    texts_only = _is_text(facet)
    values = asked if isinstance(asked, list) else [asked]
    if not 1 <= len(values) <= MOST_VALUES:
        raise _Wrong(f"needs 1 to {MOST_VALUES} values; leave it out to allow all")
    for value in values:
        if not isinstance(value, str if texts_only else str | int | float):
            kinds = "text" if texts_only else "text, a number, true or false"
            raise _Wrong(f"is not {kinds}, or a list of it")
        if isinstance(value, str) and not 1 <= len(value) <= LONGEST:
            raise _Wrong(f"holds a value that is empty or over {LONGEST:,} characters")
        yield key(value)


def _range(facet: str, asked: Mapping[Any, object]) -> Between:
    if not asked or set(asked) - {"min", "max"}:
        raise _Wrong("is no range: it has min, max or both")
    return Between(facet, _bound(asked.get("min")), _bound(asked.get("max")))


def _bound(given: object) -> Decimal | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        raise _Wrong("has a bound that is no number")
    try:
        bound = Decimal(str(given)[:100])
    except InvalidOperation:
        raise _Wrong("has a bound that is no number") from None
    if not bound.is_finite() or abs(bound) >= Decimal(10) ** 15:
        raise _Wrong("has a bound that is not finite or too large")
    return bound


def _refused(wrong: dict[str, str]) -> Invalid:
    reasons = "; ".join(f"{name} {reason}" for name, reason in wrong.items())
    return Invalid("invalid_filters", reasons, fields=wrong)
