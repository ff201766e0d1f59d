"""Tokenizers as one file each, with all the cleaning of texts inside."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from tokenizers import Regex, Tokenizer, normalizers
from transformers import CLIPTokenizer

from vitrine.convert.checkpoint import unsupported
from vitrine.convert.sources import Source, open_source
from vitrine.core.errors import NotFound

_PUNCTUATION = Regex("[" + "".join(f"\\{sign}" for sign in string.punctuation) + "]")
_TIDY = (normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip())
_BARE = (normalizers.Replace(_PUNCTUATION, ""), normalizers.Lowercase(), *_TIDY)
CLEANING: Mapping[str, tuple[Any, ...]] = {
    "": (),
    "whitespace": _TIDY,
    "lower": (normalizers.Lowercase(), *_TIDY),
    "bare": _BARE,
    "canonicalize": (normalizers.Replace("_", " "), *_BARE),
}
"""What is done to a text before its tokenizer sees it, by OpenCLIP's names; `bare` is SigLIP's."""


def read(source: Source, fallback: str | None = None) -> tuple[Tokenizer, Source]:
    """The tokenizer of a checkpoint and where it was; of another source where it brings none."""
    found = _read(source)
    if found is None and fallback is not None:
        source = open_source(fallback)
        found = _read(source)
    if found is None:
        raise NotFound(
            "convert_tokenizer",
            f"{source.given} has neither tokenizer.json nor vocab.json with merges.txt; name a "
            "folder or hub name that has with --tokenizer.",
        )
    return found, source


def cleaned(tokenizer: Tokenizer, cleaning: str) -> Tokenizer:
    """The same tokenizer without padding and cut, which first cleans texts."""
    if cleaning not in CLEANING:
        raise unsupported(f"Texts cleaned as {cleaning!r} are not supported")
    made = Tokenizer.from_str(tokenizer.to_str())
    made.no_padding()
    made.no_truncation()
    steps = [*CLEANING[cleaning], *([made.normalizer] if made.normalizer else [])]
    if steps:
        made.normalizer = normalizers.Sequence(steps)
    return made


def pad_id(tokenizer: Tokenizer, source: Source) -> int:
    """The id that fills short texts up, as the files beside a tokenizer say."""
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        token = (source.settings(name) or {}).get("pad_token")
        text = token.get("content") if isinstance(token, dict) else token
        if text is not None and (found := tokenizer.token_to_id(text)) is not None:
            return int(found)
    if tokenizer.padding is not None:
        return int(tokenizer.padding["pad_id"])
    raise unsupported(f"A tokenizer without a padding token, as in {source.given}, is not")


def _read(source: Source) -> Tokenizer | None:
    path = source.folder / "tokenizer.json"
    if path.is_file():
        return Tokenizer.from_file(str(path))
    words, merges = source.folder / "vocab.json", source.folder / "merges.txt"
    if words.is_file() and merges.is_file():
        return Tokenizer.from_str(CLIPTokenizer(str(words), str(merges)).backend_tokenizer.to_str())
    return None
