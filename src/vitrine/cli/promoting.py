"""Commands that build a collection beside the searched one, search it, and go back."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from vitrine import wiring
from vitrine.adapters.queue import SweptQueue
from vitrine.cli.console import out, progress, read_settings
from vitrine.cli.waiting import follow
from vitrine.core.errors import Invalid, Unavailable
from vitrine.core.settings import Settings
from vitrine.services import audit, models, promotion
from vitrine.services.jobs import monitor
from vitrine.services.models import store
from vitrine.services.promotion import Recipe, Standing, Wish
from vitrine.tables.models import Collection, ModelVersion
from vitrine.vision import registry
from vitrine.vision.card import Padding
from vitrine.wiring import Runtime

Missing = Annotated[
    int, typer.Option(min=0, help="So many products may be missing: what could not be embedded.")
]
Override = Annotated[
    str, typer.Option(help="Why a gate that was not passed is overridden; the audit log keeps it.")
]


def add(
    folder: Annotated[Path, typer.Argument(help="A folder with a card.json, as convert makes it.")],
) -> None:
    """Put a model into the store, where every process can load it from."""
    settings = read_settings()
    with wiring.stored(settings) as sessions, sessions.write() as session:
        row = store.add(session, wiring.blobs_of(settings), folder)
        audit.record(session, audit.by_command("model.add", f"model:{row.version}"))
    out.print(f"Stored {row.role} {row.version}.", markup=False)


def build(
    model: Annotated[
        str | None,
        typer.Argument(
            help="A model that is installed or stored.", show_default="as the settings say"
        ),
    ] = None,
    margin: Annotated[float | None, typer.Option(min=0, max=0.3, help="Around each crop.")] = None,
    padding: Annotated[Padding | None, typer.Option(help="How crops become square.")] = None,
    text_share: Annotated[
        float | None, typer.Option(min=0, max=0.5, help="Share of each product's words.")
    ] = None,
) -> None:
    """Build a collection beside the one that is searched; searches and uploads go on meanwhile.

    Stopped anywhere, it goes on where it was when run again. Nothing is searched by it until
    `vitrine models promote`.
    """
    with wiring.running_or_attached(read_settings()) as (runtime, _owner), progress() as bar:
        with runtime.sessions.write() as session:
            version = _stored(session, runtime, model)
            recipe = Recipe(version, margin, padding, text_share)
            versions = promotion.versions(session, runtime.settings.vision, recipe)
            collection, job = promotion.begin(session, runtime.ports.queue, versions)
            act = audit.by_command("collection.build", f"collection:{collection.name}")
            audit.record(session, act)
            span = monitor.alone(job)
        follow(runtime.sessions, span, bar, f"Building {collection.name}")
        if failed := monitor.failures(runtime.sessions, span, 1):
            raise Unavailable("build_failed", f"It failed: {failed[0].error_message}")
        with runtime.sessions.read() as session:
            built = promotion.standing(session, models.get(session, collection.id))
    _print([built])
    _print_comparison(built.collection)
    out.print(f"Search it with: vitrine models promote {built.collection.name}", markup=False)


def promote(
    name: Annotated[str, typer.Argument(help="A collection, or the version of a detector.")],
    missing: Missing = 0,
    override: Override = "",
) -> None:
    """Search a built collection from now on, in every process; or see photos by a detector."""
    with wiring.stored(read_settings()) as sessions, sessions.write() as session:
        wish, queue = Wish(missing, override), SweptQueue()
        told = {"missing": missing, "override": override}
        if _is_detector(session, name):
            promotion.promote_detector(session, queue, name, wish)
            audit.record(session, audit.by_command("model.promote", f"model:{name}", **told))
            out.print("A job looks anew at every photo.")
            return
        collection = promotion.promote(session, queue, name, wish)
        act = audit.by_command("collection.promote", f"collection:{collection.name}", **told)
        audit.record(session, act)
    out.print(f"{collection.name} is searched. Back: vitrine models rollback", markup=False)


def rollback(missing: Missing = 0) -> None:
    """Search again what was searched before; it was kept in step, so nothing is lost."""
    with wiring.stored(read_settings()) as sessions, sessions.write() as session:
        collection = promotion.rollback(session, SweptQueue(), Wish(missing))
        act = audit.by_command("collection.rollback", f"collection:{collection.name}")
        audit.record(session, act)
    out.print(f"{collection.name} is searched again.", markup=False)


def retire(name: Annotated[str, typer.Argument(help="A collection that is not searched.")]) -> None:
    """Let a collection go: nothing is written to it any more, and a purge removes it later."""
    with wiring.stored(read_settings()) as sessions, sessions.write() as session:
        collection = promotion.retire(session, name)
        act = audit.by_command("collection.retire", f"collection:{collection.name}")
        audit.record(session, act)
    out.print(f"{collection.name} is retired.", markup=False)


def show(settings: Settings) -> None:
    """Print the models in the store and the collections, where there is a catalogue."""
    with suppress(Unavailable), wiring.stored(settings) as sessions, sessions.read() as session:
        rows = session.scalars(select(ModelVersion).order_by(ModelVersion.id)).all()
        table = Table("used here", "role", "status", "in the store")
        for row in rows:
            table.add_row(row.version, row.role, row.status, "yes" if row.files else "no")
        if rows:
            out.print(table)
        if found := promotion.standings(session):
            _print(found)


def _stored(session: Session, runtime: Runtime, name: str | None) -> str:
    """The version of a model that is in the store, or is put there from its folder."""
    settings = runtime.settings.vision
    if name is None and settings.kind == "server":
        return runtime.ports.vision.versions.encoder
    asked = name or settings.encoder
    known = select(ModelVersion.version).where(ModelVersion.version == asked)
    if session.scalar(known.where(ModelVersion.role == "encoder")) is not None:
        return asked
    card, folder = registry.find(asked, settings.models_dir)
    if card.role != "encoder":
        raise Invalid("model_role", f"{asked} is a detector; its boxes are promoted, not built.")
    return store.add(session, runtime.ports.blobs, folder).version


def _is_detector(session: Session, name: str) -> bool:
    known = select(ModelVersion.id).where(
        ModelVersion.role == "detector", ModelVersion.version == name
    )
    return session.scalar(known) is not None


def _print(standings: list[Standing]) -> None:
    table = Table("collection", "state", "products", "lacking", "failures")
    for each in standings:
        failures = ", ".join(f"{count:,} {code}" for code, count in each.failures.items())
        row = each.collection
        table.add_row(row.name, row.state, f"{each.products:,}", f"{each.lacking:,}", failures)
    out.print(table)


def _print_comparison(collection: Collection) -> None:
    told = collection.comparison
    if told.get("overlap") is None:
        return
    out.print(f"Of the first {told['k']} hits {told['overlap']:.0%} are the same.")
    table = Table("right among them", "questions", "before", "after", box=None, pad_edge=False)
    for name, one in [("all", told["recall"])] + [
        (each["category"] or "no category", each) for each in told["segments"]
    ]:
        verified = " verified" if one.get("verified") else ""
        asked = f"{one['n']:,}{verified}"
        table.add_row(name, asked, _share(one["before"]), _share(one["after"]))
    out.print(table)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


COMMANDS = (add, build, promote, rollback, retire)
