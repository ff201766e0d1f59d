"""Commands that keep the index in step with the catalogue."""

from __future__ import annotations

from vitrine import wiring
from vitrine.cli.console import out, progress, read_settings
from vitrine.cli.waiting import follow
from vitrine.core.errors import Unavailable
from vitrine.services import jobs
from vitrine.services.jobs import Order, monitor
from vitrine.services.jobs.kinds import Reindex


def reindex() -> None:
    """Rebuild the vector index from the database, with no model run, while searches go on."""
    with wiring.running_or_attached(read_settings()) as (runtime, _owner), progress() as bar:
        with runtime.sessions.write() as session:
            order = Order(Reindex())
            span = monitor.alone(jobs.submit(session, runtime.ports.queue, order))
        follow(runtime.sessions, span, bar, "Reindexing")
    with wiring.stored(runtime.settings) as sessions:
        failed = monitor.failures(sessions, span, 1)
    if failed:
        raise Unavailable("reindex_failed", f"Reindexing failed: {failed[0].error_message}")
    out.print("The index agrees with the database.")


COMMANDS = (reindex,)
