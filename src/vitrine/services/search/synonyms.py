"""Words of shoppers that the shop has read as its own; every search asks for those in its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import NotFound, invalid
from vitrine.kept import kept
from vitrine.services.search import forms
from vitrine.services.search.tokens import LONGEST, phrase, tokens
from vitrine.tables.synonyms import Synonym

MOST = 5_000
MOST_WORDS = 60
"""So many words of a text, from its beginning, are looked up."""


def list_synonyms(session: Session) -> Sequence[Synonym]:
    """Every synonym, by its words."""
    return session.scalars(select(Synonym).order_by(Synonym.phrase)).all()


def state(session: Session, words: str, means: str, by: str | None) -> Synonym:
    """Have the words read as others from the commit on, in every process.

    What they were read as before is forgotten. Raises Invalid for words that a text cannot be
    searched for, and for those that mean themselves.
    """
    plain = phrase(words)
    if not plain or plain.count(" ") >= LONGEST:
        raise invalid("words", f"need one to {LONGEST} words of letters or digits")
    if not tokens(means):
        raise invalid("means", "needs a word of letters or digits")
    if phrase(means) == plain:
        raise invalid("means", f"is what {words!r} says already")
    row = session.scalar(select(Synonym).where(Synonym.phrase == plain).with_for_update())
    if row is None:
        if (session.scalar(select(func.count(Synonym.id))) or 0) >= MOST:
            raise invalid("words", f"are one more than the {MOST:,} synonyms there can be")
        row = Synonym(phrase=plain)
        session.add(row)
    row.words, row.means = words.strip(), " ".join(means.split())
    row.changed_at, row.changed_by = now(), by
    return row


def remove(session: Session, synonym_id: str) -> None:
    """Have its words read as they stand again; raises NotFound."""
    row = session.get(Synonym, synonym_id)
    if row is None:
        raise NotFound("synonym_unknown", "There is no such synonym.")
    session.delete(row)


def among(session: Session, text: str) -> Mapping[str, str]:
    """By phrase what the synonyms in a text mean."""
    asked = sorted(set(_phrases(tokens(text)[:MOST_WORDS])))
    if not asked or not kept(session, "any synonyms", lambda: _are_any(session)):
        return {}
    rows = select(Synonym.phrase, Synonym.means).where(Synonym.phrase.in_(asked))
    return {row.phrase: row.means for row in session.execute(rows)}


def _are_any(session: Session) -> bool:
    return session.scalar(select(Synonym.id).limit(1)) is not None


def _phrases(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            yield " ".join(words[start:end])
    for word in filter(forms.is_unspaced, words):
        for start in range(min(len(word), MOST_WORDS)):
            for end in range(start + 1, min(start + forms.LONGEST_UNSPACED, len(word)) + 1):
                yield word[start:end]
