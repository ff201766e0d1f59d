"""The problems that only the API has, beside those of every server."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from vitrine.http.problems import MAKERS, Makers, Trouble

log = structlog.get_logger()


def of_database(error: Exception) -> Trouble:
    """What only the database noticed; its words stay in the log, without the statement's values."""
    log.warning("database error", error=str(getattr(error, "orig", "")))
    if isinstance(error, IntegrityError):
        return Trouble(409, "conflict", "Somebody changed the same thing at once; look again.")
    return Trouble(503, "database_unavailable", "The database does not answer; try again soon.")


WITH_DATABASE: Makers = {
    **MAKERS,
    IntegrityError: of_database,
    OperationalError: of_database,
}
