"""The pictures that a cell of a catalogue names: addresses and file names, as shops write them."""

from __future__ import annotations

import json
import re

_ADDRESS = r"(?:(?:https?:)?//|www\.|data:)"
_BETWEEN = re.compile(rf"[\s;|,]+(?=[\"']?{_ADDRESS})", re.IGNORECASE)
"""Between two addresses: within one, all of these letters may stand for themselves."""
_FILES = re.compile(r"[;|\r\n]")
_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_EDGES = " \t\r\n\"',;|"
_NONE = frozenset(
    ("", "-", "0", "n/a", "#n/a", "na", "nan", "nil", "no", "no image", "no_image", "no-image")
) | {"no_selection", "none", "null", "undefined", "false", "placeholder"}
"""What shop systems write where there is no picture."""


def picture_names(text: str) -> list[str]:
    """The addresses or file names of a cell that may hold several, or a list as JSON."""
    parts = _listed(text.strip())
    return [name for part in parts if (name := _cleaned(part)).casefold() not in _NONE]


def is_address(name: str) -> bool:
    """Whether the picture is at an address and not in a file."""
    return re.match(r"https?:", name, re.IGNORECASE) is not None


def _listed(text: str) -> list[str]:
    if text.startswith("[") and text.endswith("]"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return _split(text[1:-1])
        return [each for each in found if isinstance(each, str)]
    return _split(text)


def _split(text: str) -> list[str]:
    starts_as_address = re.match(rf"[{_EDGES}]*{_ADDRESS}", text, re.IGNORECASE)
    return (_BETWEEN if starts_as_address else _FILES).split(text)


def _cleaned(name: str) -> str:
    name = name.strip(_EDGES)
    if re.match(_ADDRESS, name, re.IGNORECASE):
        while (plain := _AMPERSAND.sub("&", name)) != name:
            name = plain
        if name.startswith("//"):
            return f"https:{name}"
        return f"https://{name}" if name[:4].lower() == "www." else name
    return name
