"""The command that fits what scores mean to the catalogue, and tells how well it went."""

from __future__ import annotations

from rich.table import Table

from vitrine import wiring
from vitrine.cli.console import out, progress, read_settings
from vitrine.cli.waiting import follow
from vitrine.core.errors import Unavailable
from vitrine.services import calibration, models
from vitrine.services.jobs import monitor
from vitrine.tables.calibration import Calibration


def calibrate() -> None:
    """Fit levels, re-ranking, labels and words to what the catalogue says of itself.

    A server does this by itself after an import, and when a fifth of the catalogue has changed.
    What was fitted counts at once, in every process.
    """
    with wiring.running_or_attached(read_settings()) as (runtime, _owner), progress() as bar:
        with runtime.sessions.write() as session:
            span = monitor.alone(calibration.submit(session, runtime.ports.queue))
        follow(runtime.sessions, span, bar, "Calibrating")
        if failed := monitor.failures(runtime.sessions, span, 1):
            raise Unavailable("calibrate_failed", f"It failed: {failed[0].error_message}")
        with runtime.sessions.read() as session:
            fitted = models.calibration(session, models.active(session))
    if fitted is not None:
        _print(fitted)


def _print(fitted: Calibration) -> None:
    table = Table("query", "level", "promised", "measured", "hits", box=None, pad_edge=False)
    for kind, told in fitted.figures["levels"].items():
        if not told["known"]:
            table.add_row(kind, "not yet known", "", "", f"{told['queries']} queries")
        for level, each in told["levels"].items():
            shares = (_share(each[name]) for name in ("promised", "measured"))
            table.add_row(kind, level, *shares, str(each["hits"]))
    out.print(table)
    facets = Table("facet", "macro-F1", "right", "products", "shown", box=None, pad_edge=False)
    for name, one in fitted.figures["facets"].items():
        shown = "yes" if one["shown"] else "no"
        facets.add_row(name, f"{one['f1']:.3f}", _share(one["accuracy"]), str(one["n"]), shown)
    if fitted.figures["facets"]:
        out.print(facets)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


COMMANDS = (calibrate,)
