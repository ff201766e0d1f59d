"""Text from outside as databases, headers and answers can hold it."""

from __future__ import annotations

from typing import Any


def sound(text: str) -> str:
    """The text with a `?` for every NUL and every half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def sound_json(value: Any) -> Any:
    """The JSON with all its texts and names sound."""
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, dict):
        return {sound(str(name)): sound_json(each) for name, each in value.items()}
    return [sound_json(each) for each in value] if isinstance(value, list | tuple) else value
