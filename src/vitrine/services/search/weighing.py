"""How products are scored for an intent, which of them may be shown, and which match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vitrine.core.errors import Invalid
from vitrine.services.search import hues, levels, matching, merchandising, signals
from vitrine.services.search.cache.columns import Mask
from vitrine.services.search.cache.snapshot import Rows, Scores, Snapshot
from vitrine.services.search.context import SearchContext
from vitrine.services.search.intent import Intent
from vitrine.services.search.matching import NOTHING, Matching
from vitrine.services.search.merchandising import Rule
from vitrine.services.search.orders import RELEVANCE
from vitrine.services.search.request import SearchRequest
from vitrine.services.search.retrieval import Sought
from vitrine.services.search.scoring import Scoring
from vitrine.services.search.tokens import GARMENT, UNSEEN, code, codes, is_code
from vitrine.vision.tuning import Level, Levels
from vitrine.vision.types import Vector


def weighed(
    context: SearchContext,
    request: SearchRequest,
    sought: Sought,
) -> Scoring:
    """How products are scored for what is sought, those of another kind of garment left out.

    Raises Invalid for a level never calibrated.
    """
    snapshot, intent = context.snapshot, sought.intent
    rules = merchandising.about(context.catalogue, context.rules, request.text, request.filters)
    hidden = merchandising.hidden(snapshot, rules)
    if intent is None:
        allowed = None if hidden is None else ~hidden
        groups = merchandising.grouped(snapshot, rules) if request.sort == RELEVANCE else None
        return Scoring(snapshot, sought, allowed=allowed, groups=groups)
    bars = _bars(context, intent, request.min_level)
    named = snapshot.rows_coded(codes(request.text))
    vector = intent.vector
    rough = snapshot.rough(vector, np.arange(snapshot.size))
    added = _added(context, intent, named, rough)
    total = signals.total(added)
    found = Scoring(snapshot, sought, vector, added, total, rough, bars, named=named)
    judged = matching.judged(context.tuning, context.catalogue, intent, found.best(), rough)
    if len(named) and intent.kind == "words" and is_code(code(request.text)):
        judged = Matching(NOTHING)  # who asks for a number alone means that article alone
    if moved := _moved(rules, found, judged):
        added = {**added, **moved}
        found = replace(found, added=added, sum=signals.total(added))
    other = _other(snapshot, intent, named)
    matched = None if judged.line is None else found.reaching(judged.line)
    found = replace(
        found,
        matching=judged,
        allowed=_allowed(found, request, hidden),
        matched=matched if other is None else ~other if matched is None else matched & ~other,
        other=other,
    )
    if intent.emphasised is None:
        return found
    ordering = intent.emphasised
    return replace(found, vector=ordering, rough=snapshot.rough(ordering, np.arange(snapshot.size)))


def _other(snapshot: Snapshot, intent: Intent, named: Rows) -> Mask | None:
    """The rows of another colour than the words name, None where they name none; what is asked for
    by its id is of none."""
    if not intent.hues:
        return None
    other = hues.otherwise(snapshot, intent.hues)
    other[named] = False
    return other


def _bars(context: SearchContext, intent: Intent, min_level: Level | None) -> Levels | None:
    """The bars of levels; none for words that are weighed otherwise than they were measured.

    What a photo is like stays so, whatever orders the hits; of words the half is asked then.
    """
    if intent.emphasised is None or intent.kind == "photo":
        return levels.of(context.tuning, intent.kind, min_level)
    if min_level is not None:
        reason = f"is {min_level}, which words reach with an emphasis of 0 alone; leave one out"
        raise Invalid("not_calibrated", f"min_level {reason}.", fields={"min_level": reason})
    return None


def _added(context: SearchContext, intent: Intent, named: Rows, rough: Vector) -> dict[str, Scores]:
    """By name what is added to each row's cosine."""
    snapshot = context.snapshot
    weights = context.tuning.weights.get(intent.kind, {})
    added: dict[str, Scores] = dict[str, Scores]()
    facing = snapshot.facing(intent.vector, rough) if weights else snapshot
    added.update((name, told) for name, told in signals.weighted(facing, intent, weights).items())
    unseen = signals.unseen(snapshot, intent, rough)
    if unseen is not None:
        added["unseen"] = unseen
    if len(named):
        added["external_id"] = np.zeros(snapshot.size)
        added["external_id"][named] = matching.NAMED
    return added


def _moved(rules: Sequence[Rule], found: Scoring, judged: Matching) -> Mapping[str, Scores]:
    """What rules add to scores; nothing where nothing fits, where scores are not those of levels,
    and for what is asked for by its id."""
    intent = found.intent
    if (
        not rules
        or not judged.fits
        or found.scores is None
        or not intent
        or intent.emphasised is not None
    ):
        return {}
    line = () if judged.line is None else (judged.line,)
    steps = () if found.levels is None else levels.bars(found.levels)
    moved = merchandising.moved(found.snapshot, rules, found.scores, (*line, *steps))
    for each in moved.values():
        each[found.named] = 0.0
    return moved


def _allowed(found: Scoring, request: SearchRequest, hidden: Mask | None) -> Mask | None:
    """The rows that may be shown, None for all; what is asked for by its id always may."""
    snapshot, masks = found.snapshot, list[Mask]()
    if hidden is not None:
        masks.append(~hidden)
    if found.sought.garment is not None:
        masks.append(snapshot.having(GARMENT, found.sought.garment))
    if request.min_level is not None and found.levels is not None:
        masks.append(found.reaching(levels.bar(found.levels.others, request.min_level)))
    unseen = snapshot.rows_with(UNSEEN)
    if len(unseen) and not request.text.strip():
        masks.append(np.ones(snapshot.size, dtype=np.bool_))
        masks[-1][unseen] = False
    if not masks:
        return None
    allowed = np.logical_and.reduce(masks)
    allowed[found.named] = True
    return np.asarray(allowed)
