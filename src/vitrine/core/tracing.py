"""Traces: one id from a request over its jobs to the runs of models, where somebody collects them.

Without a collector the spans below cost next to nothing and go nowhere. Between processes a trace
travels as W3C's `traceparent`: in a header to the model server, in the row of a job to a worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Literal

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from vitrine.core.errors import VitrineError
from vitrine.core.settings import Settings

HEADER = "traceparent"
"""The header that carries a trace on."""

LENGTH = 55
"""Characters of a traceparent."""

Kind = Literal["server", "client", "producer", "consumer", "internal"]

_W3C = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("vitrine")


def set_up(settings: Settings, service: str) -> None:
    """Send the spans of this process to the collector of the settings, if they name one.

    Called after a process has forked: the thread that sends does not outlive a fork.
    """
    if not settings.tracing.endpoint:
        return
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    named = {"service.name": f"vitrine-{service}", "service.version": version("vitrine")}
    provider = TracerProvider(
        resource=Resource.create(named),
        sampler=ParentBased(TraceIdRatioBased(settings.tracing.share)),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(settings.tracing.endpoint)))
    trace.set_tracer_provider(provider)


@contextmanager
def span(
    name: str, kind: Kind = "internal", parent: str = "", **told: str | int
) -> Iterator[trace.Span]:
    """A span around the block, of the trace that `parent` names, else of the one that goes on."""
    given = _W3C.extract({HEADER: parent}) if parent else None
    with _tracer.start_as_current_span(
        name,
        given,
        SpanKind[kind.upper()],
        attributes=told,
        record_exception=False,  # what a message tells may be somebody's words
        set_status_on_exception=False,
    ) as made:
        try:
            yield made
        except BaseException as error:
            code = error.code if isinstance(error, VitrineError) else type(error).__name__
            made.set_status(Status(StatusCode.ERROR, code))
            raise


def carried() -> str:
    """The trace that goes on here, to be carried elsewhere; empty where there is none."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(HEADER, "")


def trace_id() -> str:
    """The id of the trace that goes on here, in 32 hex digits; empty where there is none."""
    told = trace.get_current_span().get_span_context()
    return trace.format_trace_id(told.trace_id) if told.is_valid else ""
