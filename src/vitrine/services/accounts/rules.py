"""Which new passwords are accepted: long, not about their owner, not among the first guesses.

As NIST SP 800-63B asks: no rules of composition, but lists of passwords that were broken into,
dictionaries, repeats and rows of keys. zxcvbn holds the lists and knows the patterns, offline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from vitrine.core.errors import invalid

SHORTEST, LONGEST = 12, 128
ESTIMATED = 72
"""Characters that are looked at for patterns: estimating more would take long."""

SAFE = 3
"""The least zxcvbn score: more than a hundred million guesses."""

OURS = ("vitrine",)
TELLING = 4
"""The shortest word about the owner that a password must not hold."""


def check(password: str, field: str, about: Iterable[str] = ()) -> None:
    """Raise Invalid, saying what is wrong, for a password that should not be taken.

    `about` is what is known of the owner: e-mail address, name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        reason = f"needs {SHORTEST} to {LONGEST} characters; this has {len(password)}"
        raise invalid(field, reason, code="password_length")
    if _names_owner(password, about):
        reason = "must not hold the name or the e-mail address of the account"
        raise invalid(field, reason, code="password_personal")
    if weakness := _guessable(password[:ESTIMATED]):
        raise invalid(field, weakness, code="password_common")


def _names_owner(password: str, about: Iterable[str]) -> bool:
    words = {word for text in about for word in re.split(r"[\W_]+", text.casefold())}
    words |= {text.casefold().partition("@")[0] for text in about}
    told = password.casefold()
    return any(word in told for word in words if len(word) >= TELLING)


def _guessable(password: str) -> str | None:
    """Why it would be guessed soon, or None."""
    from zxcvbn import zxcvbn  # its lists take a tenth of a second to read

    found = zxcvbn(password, user_inputs=OURS, max_length=ESTIMATED)
    if found["score"] >= SAFE:
        return None
    patterns = {match["pattern"] for match in found["sequence"]}
    if patterns & {"repeat", "sequence", "spatial"}:
        return "is easy to guess: it repeats something or follows a row; take a few unrelated words"
    return "is easy to guess: it is made of passwords and words that are tried first; take others"
