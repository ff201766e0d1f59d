"""Commands that run the stages after an analysis again, on what is stored."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.orm import Session

from vitrine import wiring
from vitrine.cli.console import out, progress, read_settings
from vitrine.cli.waiting import follow
from vitrine.core.errors import NotFound, Unavailable
from vitrine.services import catalog, jobs
from vitrine.services.jobs import Order, monitor
from vitrine.services.jobs.kinds import FilterCrops, Label, Payload, SelectPrimary

One = Annotated[
    str | None,
    typer.Option("--product", help="Only this external_id.", show_default="the whole catalogue"),
]


def filter_crops(product: One = None) -> None:
    """Judge stored crops again after a threshold changed; no model runs.

    Thresholds are settings: VITRINE_VISION__QUALITY__MIN_SIDE, MIN_SHARPNESS and others;
    `vitrine settings` prints them. What a person kept or rejected stays.

    Example: `VITRINE_VISION__QUALITY__MIN_SIDE=32 vitrine filter-crops`.
    """
    _run(FilterCrops(), "Filtering", product)
    out.print("Every crop is judged by the present thresholds.")


def select_primary(product: One = None) -> None:
    """Choose again which crop stands for each product; a person's choice stays.

    Needed after an upgrade that changed the rule: edits of a product do it by themselves.
    """
    _run(SelectPrimary(), "Selecting", product)
    out.print("Every product has its best crop.")


def label(product: One = None) -> None:
    """Label stored crops again after the vocabulary or a model's card changed; no picture runs.

    What people said of a product stays.
    """
    _run(Label(), "Labelling", product)
    out.print("Every product has the labels of the present vocabulary.")


def _run(asked: Payload, told: str, external_id: str | None) -> None:
    with wiring.running_or_attached(read_settings()) as (runtime, _owner), progress() as bar:
        with runtime.sessions.write() as session:
            order = Order(asked, _product_id(session, external_id))
            span = monitor.alone(jobs.submit(session, runtime.ports.queue, order))
        follow(runtime.sessions, span, bar, told)
        failed = monitor.failures(runtime.sessions, span, 1)
    if failed:
        raise Unavailable(f"{asked.kind}_failed", f"{told} failed: {failed[0].error_message}")


def _product_id(session: Session, external_id: str | None) -> str | None:
    if external_id is None:
        return None
    found = catalog.find(session, external_id)
    if found is None:
        raise NotFound("product_unknown", f"There is no product {external_id!r}.")
    return found.id


COMMANDS = (filter_crops, select_primary, label)
