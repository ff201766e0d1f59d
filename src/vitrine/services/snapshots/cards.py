"""What a snapshot says of itself, for programs and for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine.services.snapshots.folders import CARD, LAYOUT, README, Draft
from vitrine.services.snapshots.groups import SPLITS
from vitrine.services.snapshots.items import Item
from vitrine.services.snapshots.leaks import Leaks
from vitrine.tables.models import ModelVersion

_README = """# {name}

{about} Format `{format}`, version `{version}`; written by Vitrine.

| split | products | photos |
|---|---|---|
{splits}

Photos: {photos}

Leak check: {leaks}

`card.json` has all counts and licences. `sha256sum -c SHA256SUMS` proves the files.
"""


def licences(session: Session, items: Iterable[Item]) -> dict[str, str]:
    """The licences of the models that drew the boxes of these items, by model version."""
    used = {crop.detector for item in items for crop in item.crops}
    cards = session.execute(select(ModelVersion.version, ModelVersion.card))
    told = {version: str(card.get("licence") or "not stated") for version, card in cards}
    return {version: told[version] for version in sorted(used & told.keys())}


def put(
    draft: Draft, told: Mapping[str, Any], items: Sequence[Item], leaks: Leaks
) -> dict[str, Any]:
    """Write card.json and README.md; the card. All of it comes from the data alone."""
    version = draft.version
    latest = max(item.at for item in items).isoformat() if told["of"] == "verified" else None
    card = {
        "layout": LAYOUT,
        "name": f"{told['format']}-{version}",
        "version": version,
        "verified_until": latest,
        "leaks": asdict(leaks),
        **told,
    }
    draft.json(CARD, card)
    draft.put(README, _readme(card))
    return card


def counted(items: Sequence[Item], photos: Sequence[str]) -> dict[str, Any]:
    """How many products and photos there are, in all and in each split."""
    products = [item.split for item in items]
    return {
        "products": len(items),
        "photos": len(photos),
        "splits": {
            split: {"products": products.count(split), "photos": photos.count(split)}
            for split in SPLITS
        },
    }


def told_leaks(card: Mapping[str, Any]) -> str:
    """The outcome of the leak check as a sentence."""
    leaks = Leaks(**card["leaks"])
    found = (
        f"{leaks.groups} groups, {leaks.same_photos} photos and {leaks.near_photos} near "
        f"duplicates stand in two splits; {leaks.compared:,} of {leaks.photos:,} photos have a "
        "hash and were compared."
    )
    return found if leaks.none else f"FAILED: {found}"


def _readme(card: Mapping[str, Any]) -> str:
    splits = card["counts"]["splits"]
    return _README.format(
        name=card["name"],
        about=(
            f"Verified by people until {card['verified_until']}."
            if card["verified_until"]
            else "A catalogue as it is: its labels and crops nobody verified."
        ),
        format=card["format"],
        version=card["version"],
        splits="\n".join(
            f"| {name} | {each['products']:,} | {each['photos']:,} |"
            for name, each in splits.items()
        ),
        photos=card["licences"]["photos"],
        leaks=told_leaks(card),
    )
