"""Logging set-up, and every metric as a constant, in seconds and bytes."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from structlog.dev import plain_traceback
from structlog.typing import EventDict, Processor

from vitrine.core.errors import VitrineError
from vitrine.core.settings import Settings

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

REQUEST_SECONDS = Histogram(
    "vitrine_request_seconds",
    "Seconds until the last byte of an answer",
    ["route", "method", "status"],
    buckets=_FAST,
)
JOB_SECONDS = Histogram(
    "vitrine_job_seconds", "Seconds one attempt at a job took", ["kind", "outcome"], buckets=_SLOW
)
VISION_SECONDS = Histogram(
    "vitrine_vision_seconds", "Seconds per photo in one stage of vision", ["stage"], buckets=_FAST
)
SEARCH_SECONDS = Histogram("vitrine_search_seconds", "Seconds one search took", buckets=_FAST)
WEBHOOK_SECONDS = Histogram(
    "vitrine_webhook_seconds", "Seconds one attempt to send a webhook took", ["outcome"]
)
UPLOAD_BYTES = Counter("vitrine_upload_bytes", "Bytes of photos taken in")

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


def observe_stages(stages: Iterable[tuple[str, float]]) -> None:
    """Count what the stages of one Analysis took, given in milliseconds."""
    for stage, milliseconds in stages:
        VISION_SECONDS.labels(stage).observe(milliseconds / 1000)


def _unexpected(record: logging.LogRecord) -> bool:
    """Whether to keep what uvicorn logs: not the traceback of a start that we have explained."""
    text = record.getMessage()
    return not (text.startswith("Traceback") and f"{VitrineError.__module__}." in text)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
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
