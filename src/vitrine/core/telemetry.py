"""How this process logs: JSON lines or colours, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.dev import plain_traceback
from structlog.typing import EventDict, Processor

from vitrine.core import tracing
from vitrine.core.errors import VitrineError
from vitrine.core.settings import Settings

MASK = "***"

QUIET = (
    "httpx",
    "httpcore",
    "chromadb",
    "urllib3",
    "uvicorn.access",
    "alembic.runtime.migration",
    "celery.app.trace",
    "celery.worker.request",
    "celery.worker.strategy",
)
"""Loggers of others that tell every step; from them only warnings are kept."""

_SECRET_KEY = re.compile(r"password|token|secret|authorization|cookie|api_?key", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*):[^/\s@]+@")


def set_up_logging(settings: Settings) -> None:
    """Send the logs of this process to stderr: JSON lines, or colours where a person watches."""
    plain = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
    )
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(_formatter(plain))
    root = logging.getLogger()
    root.handlers[:] = [out]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_unexpected)


@contextmanager
def told_if_not_started() -> Iterator[None]:
    """Say in one sentence why a server cannot start, and raise on."""
    try:
        yield
    except VitrineError as error:
        structlog.get_logger().critical(f"cannot start: {error.message}", code=error.code)
        raise


def masked(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor that hides values of secret keys and passwords in URLs."""
    return {key: _masked(key, value) for key, value in event.items()}


def traced(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor that names the trace that goes on, if there is one."""
    found = tracing.trace_id()
    return {**event, "trace_id": found} if found else event


def _unexpected(record: logging.LogRecord) -> bool:
    """Whether to keep what uvicorn logs: not the traceback of a start that we have explained."""
    text = record.getMessage()
    return not (text.startswith("Traceback") and f"{VitrineError.__module__}." in text)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        traced,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        masked,
    ]


def _formatter(plain: bool) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer(default=str)
        if plain
        else structlog.dev.ConsoleRenderer(exception_formatter=plain_traceback)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _masked(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key):
        return MASK
    if isinstance(value, str):
        return _URL_PASSWORD.sub(rf"\1:{MASK}@", value)
    if isinstance(value, Mapping):
        return {inner: _masked(str(inner), held) for inner, held in value.items()}
    if isinstance(value, list | tuple):
        return [_masked("", held) for held in value]
    return value
