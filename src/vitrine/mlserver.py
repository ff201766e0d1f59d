"""The model server: an Analyzer behind HTTP, for several API and worker processes to share."""

from __future__ import annotations

import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, File, Form, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.middleware import Middleware
from starlette.responses import JSONResponse

from vitrine.core import metrics, telemetry
from vitrine.core.errors import Unauthenticated
from vitrine.core.settings import Settings
from vitrine.http import problems
from vitrine.http.rim import Answered, BodyLimit
from vitrine.vision import analyzer, images, wire
from vitrine.vision.analyzer import Analyzer

log = structlog.get_logger()


class Vectors(BaseModel):
    """What to label: vectors one after the other, as base64 of little-endian float32."""

    embeddings: Annotated[str, Field(max_length=50_000_000)]


class Texts(BaseModel):
    """What to embed as words."""

    texts: Annotated[list[Annotated[str, Field(max_length=10_000)]], Field(max_length=1000)]


def create_app(settings: Settings) -> FastAPI:
    """The model server; it starts only with every model loaded and warm."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with telemetry.told_if_not_started():
            app.state.analyzer = _load(settings)
        yield

    limit = settings.limits.request_bytes
    app = FastAPI(
        title="Vitrine model server",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Answered, ours=("/",)),
            Middleware(BodyLimit, forms=limit, others=limit),
        ],
    )
    app.state.token = settings.vision.token.get_secret_value()
    problems.install(app, problems.MAKERS)
    guarded = [Depends(require_token)]
    app.get("/healthz")(healthz)
    app.get("/metrics", dependencies=guarded)(show_metrics)
    app.post("/analyze", dependencies=guarded)(analyze)
    app.post("/embed-text", dependencies=guarded)(embed_text)
    app.post("/labels", dependencies=guarded)(labels)
    app.post("/candidates", dependencies=guarded)(candidates)
    return app


def _load(settings: Settings) -> Analyzer:
    started = time.perf_counter()
    images.MEMORY.resize(settings.limits.decode_bytes, settings.limits.wait)
    loaded = analyzer.load(settings.vision, images.Limits.of(settings.limits))
    loaded.warm_up()
    spent = time.perf_counter() - started
    metrics.MODEL_LOAD_SECONDS.set(spent)
    log.info("models ready", seconds=round(spent, 2))
    return loaded


def the_analyzer(request: Request) -> Analyzer:
    """The Analyzer that the lifespan loaded."""
    loaded: Analyzer = request.app.state.analyzer
    return loaded


def require_token(request: Request) -> None:
    """Raise Unauthenticated unless the request carries our token, where one is set."""
    token: str = request.app.state.token
    given = request.headers.get("authorization", "")
    # Compared as bytes, in constant time, so that the time tells nothing of the token.
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Unauthenticated("token_wrong", "The model server asks for its bearer token.")


Loaded = Annotated[Analyzer, Depends(the_analyzer)]


def healthz(loaded: Loaded) -> JSONResponse:
    """Ready, what makes the vectors, their parts, and the facets whose labels are good enough for
    shoppers."""
    return _told(
        loaded,
        status="ready",
        shown_facets=sorted(loaded.labeller.shown_facets),
        parts=wire.write_parts(loaded.encoder.card.parts),
    )


def show_metrics() -> Response:
    """Every metric of this process for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def analyze(
    loaded: Loaded,
    photos: Annotated[list[bytes], File(alias="images")],
    boxes: Annotated[str | None, Form()] = None,
) -> JSONResponse:
    """One analysis per photo; a box per photo, or null, may be given as JSON."""
    analyses = loaded.analyze_photos(photos, wire.read_boxes(boxes, len(photos)))
    for each in analyses:
        metrics.observe_stages(each.milliseconds)
    return _told(loaded, analyses=[wire.write_analysis(each) for each in analyses])


def embed_text(loaded: Loaded, asked: Texts) -> JSONResponse:
    """The vectors of all texts, one after the other."""
    return _told(loaded, embeddings=wire.write_vectors(loaded.embed_texts(asked.texts)))


def labels(loaded: Loaded, asked: Vectors) -> JSONResponse:
    """The labels of garments by their vectors, one list each."""
    vectors = wire.read_unit_vectors(asked.embeddings, loaded.versions.dimension)
    return _told(loaded, labels=wire.write_labels(loaded.label(vectors)))


def candidates(loaded: Loaded, asked: Vectors) -> JSONResponse:
    """The likeliest values of every facet of garments by their vectors, one list each."""
    vectors = wire.read_unit_vectors(asked.embeddings, loaded.versions.dimension)
    return _told(loaded, labels=wire.write_labels(loaded.candidates(vectors)))


def _told(loaded: Analyzer, **answer: Any) -> JSONResponse:
    return JSONResponse(wire.write_versions(loaded.versions) | answer)
