"""One trace from a request over its job to the model server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.middleware import Middleware

from vitrine.core import tracing
from vitrine.core.errors import NotFound
from vitrine.http.rim import Answered


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Every span that ended."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("tests"))
    yield kept
    provider.shutdown()


def ids(spans: InMemorySpanExporter) -> dict[str, str]:
    """The trace of each span by the span's name."""
    return {
        each.name: f"{told.trace_id:032x}"
        for each in spans.get_finished_spans()
        if (told := each.get_span_context()) is not None
    }


def test_without_a_collector_nothing_is_carried() -> None:
    with tracing.span("alone"):
        assert tracing.carried() == ""
        assert tracing.trace_id() == ""


def test_a_trace_goes_on_where_it_was_carried_to(spans: InMemorySpanExporter) -> None:
    with tracing.span("request", "server"):
        carried, here = tracing.carried(), tracing.trace_id()
    assert len(carried) == tracing.LENGTH
    with tracing.span("job", "consumer", carried), tracing.span("model"):
        pass
    assert ids(spans) == {"request": here, "job": here, "model": here}


def test_a_request_is_a_span_named_by_its_route(spans: InMemorySpanExporter) -> None:
    app = FastAPI(middleware=[Middleware(Answered, ours=("/",))])
    app.get("/things/{name}")(lambda name: {"trace": tracing.trace_id()})
    with tracing.span("caller", "client"):
        headers = {tracing.HEADER: tracing.carried()}
        with TestClient(app) as client:
            told = client.get("/things/one", headers=headers).json()
    assert ids(spans) == {"GET /things/{name}": told["trace"], "caller": told["trace"]}


def test_an_error_is_told_by_its_code_and_not_by_its_words(spans: InMemorySpanExporter) -> None:
    with pytest.raises(NotFound), tracing.span("job"):
        raise NotFound("product_unknown", "Somebody's words.")
    [span] = spans.get_finished_spans()
    assert span.status.description == "product_unknown"
    assert not span.events


@pytest.mark.parametrize("given", ["nonsense", "00-zz-zz-01", "x" * 500])
def test_what_is_no_trace_begins_a_new_one(spans: InMemorySpanExporter, given: str) -> None:
    with tracing.span("job", parent=given):
        assert tracing.trace_id()
