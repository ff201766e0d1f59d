"""What becomes of each column of a file: shown before an import, used by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vitrine.core.errors import invalid
from vitrine.fields import FIELDS
from vitrine.services.imports.formats import ATTRIBUTES, IGNORED, IMAGES, Format
from vitrine.services.imports.tables import base_name
from vitrine.services.imports.variants import plain

MANY = (IMAGES, ATTRIBUTES)
"""What several columns may be at once; of any other field the best-named column is taken."""


@dataclass(frozen=True, slots=True)
class Use:
    """A column and what it becomes: a field, `attributes.NAME`, or nothing."""

    column: str
    field: str

    @property
    def attribute(self) -> str | None:
        """The name of the attribute it becomes, if it does."""
        name = self.field.removeprefix(f"{ATTRIBUTES}.")
        return name if name != self.field else None


def assign(kind: Format, columns: Sequence[str], given: Mapping[str, str]) -> tuple[Use, ...]:
    """What each column becomes; `given` (column to field) decides before its name does."""
    asked = [_Claim(column, *_claim(kind, column, given)) for column in columns if column]
    best: dict[str, _Claim] = {}
    for claim in asked:
        if claim.field not in best or claim.rank < best[claim.field].rank:
            best[claim.field] = claim
    return tuple(Use(claim.column, _settled(kind, claim, best[claim.field])) for claim in asked)


def check_given(given: Mapping[str, str], columns: Iterable[str]) -> None:
    """Raise Invalid where `given` names a column or a field that there is not."""
    known = list(columns)
    fields = {*FIELDS, IMAGES, IGNORED}
    for column, field in given.items():
        if column not in known:
            raise invalid("columns", f"there is no column {column!r}, only {', '.join(known)}")
        if field not in fields and not field.startswith(f"{ATTRIBUTES}."):
            names = ", ".join(sorted(fields - {IGNORED}))
            raise invalid("columns", f"{column}={field}: needs {names}, or {ATTRIBUTES}.NAME")


@dataclass(frozen=True, slots=True)
class _Claim:
    column: str
    field: str
    rank: int


def _claim(kind: Format, column: str, given: Mapping[str, str]) -> tuple[str, int]:
    if column in given:
        return given[column], -1
    name = plain(base_name(column))
    if name in kind.fields:
        return kind.fields[name], list(kind.fields).index(name)
    for place, (pattern, field) in enumerate(kind.patterns, len(kind.fields)):
        if match := re.fullmatch(pattern, name):
            return match.expand(field), place
    return _other(kind, column), 1_000


def _other(kind: Format, column: str) -> str:
    return f"{ATTRIBUTES}.{base_name(column).removeprefix('g:')}" if kind.others else IGNORED


def _settled(kind: Format, claim: _Claim, best: _Claim) -> str:
    shared = claim.field in MANY or claim.field.startswith((f"{ATTRIBUTES}.", "price:", "status:"))
    return claim.field if shared or claim is best else _other(kind, claim.column)
