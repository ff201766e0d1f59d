"""The commands of Vitrine that the docs give, as they stand there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)(?:^ {4}[^\n]*\n)+", re.MULTILINE)
INLINE = re.compile(r"`([^`]+)`")
CONTINUED = re.compile(r"\\\n\s*")
SETTING = re.compile(r"(VITRINE_\w+)=(.*)")


@dataclass(frozen=True)
class Command:
    """One line of a page: its settings, and the words after `vitrine`."""

    page: str
    settings: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    whole: bool
    """Whether it stands in a block, to be typed as it is, and is no mere mention."""

    def __str__(self) -> str:
        return shlex.join(self.words)


def pages() -> list[Path]:
    """The README, what the site has of the root, and all pages of the docs."""
    root = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md")]
    return root + sorted((ROOT / "docs").rglob("*.md"))


def commands(page: Path) -> list[Command]:
    """All commands of a page, those of its blocks first, each in its order."""
    name = page.relative_to(ROOT).as_posix()
    return commands_of(name, page.read_text(encoding="utf-8"))


def commands_of(page: str, text: str) -> list[Command]:
    """All commands of a page with that text."""
    blocks, inline = code(text)
    found = [each for line in blocks for each in _of_line(page, line, whole=True)]
    return found + [each for line in inline for each in _of_line(page, line, whole=False)]


def code(text: str) -> tuple[list[str], list[str]]:
    """The lines of all blocks of code, and the code within sentences."""
    blocks = [block[1] for block in FENCE.finditer(text)]
    text = FENCE.sub("", text)
    blocks += [block[0] for block in INDENTED.finditer(text)]
    lines = [line for block in blocks for line in CONTINUED.sub("", block).splitlines()]
    return lines, [" ".join(code[1].split()) for code in INLINE.finditer(INDENTED.sub("", text))]


def _of_line(page: str, line: str, *, whole: bool) -> Iterator[Command]:
    if not re.search(r"\bvitrine ", line):
        return
    for part in re.split(r"&&|\||;", line):
        words = shlex.split(part, comments=True)
        at = next((n for n, word in enumerate(words) if Path(word).name == "vitrine"), None)
        if at is None or at + 1 == len(words):
            continue
        settings = takewhile(bool, map(SETTING.fullmatch, words))
        given = tuple((setting[1], setting[2]) for setting in settings if setting)
        said = tuple(word.strip("[]") for word in words[at + 1 :])
        yield Command(page, given, said, whole)
