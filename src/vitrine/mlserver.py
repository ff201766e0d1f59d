"""The model server: an Analyzer behind HTTP, for several API and worker processes to share."""

from __future__ import annotations

import hmac
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, File, Form, Query, Request, Response, UploadFile
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from vitrine.core import metrics, priority, scratch, telemetry
from vitrine.core.errors import Forbidden, Invalid, Unauthenticated
from vitrine.core.settings import Settings
from vitrine.http import problems
from vitrine.http.rim import Answered, BodyLimit
from vitrine.vision import analyzer, images, registry, wire
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.beside import Analyzers
from vitrine.vision.types import Versions

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
            app.state.analyzers = _load(settings)
        yield

    limit = settings.limits.request_bytes
    app = FastAPI(
        title="Vitrine model server",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Answered, ours=("/",)),
            Middleware(Behind),
            Middleware(
                BodyLimit,
                forms=limit,
                others=limit,
                under={"/models/": settings.limits.model_bytes},
            ),
        ],
    )
    app.state.token = settings.vision.token.get_secret_value()
    problems.install(app, problems.MAKERS)
    guarded = [Depends(require_token)]
    app.get("/healthz")(healthz)
    app.get("/metrics", dependencies=guarded)(show_metrics)
    app.post("/analyze", dependencies=guarded)(analyze)
    app.post("/embed-crops", dependencies=guarded)(embed_crops)
    app.post("/models/{version}", dependencies=guarded)(take_model)
    app.post("/embed-text", dependencies=guarded)(embed_text)
    app.post("/labels", dependencies=guarded)(labels)
    app.post("/candidates", dependencies=guarded)(candidates)
    return app


class Behind:
    """Has requests that nobody waits for run their models after those of people."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        told = scope["type"] == "http" and wire.BEHIND in Headers(scope=scope)
        with priority.behind() if told else nullcontext():
            await self.app(scope, receive, send)


def _load(settings: Settings) -> Analyzers:
    started = time.perf_counter()
    images.MEMORY.resize(settings.limits.decode_bytes, settings.limits.wait)
    loaded = analyzer.load(settings.vision, images.Limits.of(settings.limits))
    loaded.warm_up()
    spent = time.perf_counter() - started
    metrics.MODEL_LOAD_SECONDS.set(spent)
    log.info("models ready", seconds=round(spent, 2))
    return Analyzers(loaded, settings.vision, settings.vision.beside)


def the_analyzers(request: Request) -> Analyzers:
    """The Analyzer that the lifespan loaded, and those loaded since."""
    loaded: Analyzers = request.app.state.analyzers
    return loaded


Held = Annotated[Analyzers, Depends(the_analyzers)]
Name = Annotated[str, Query(max_length=200)]


def the_analyzer(
    held: Held,
    encoder: Name = "",
    preprocess: Name = "",
    text_share: Annotated[float, Query(ge=0, le=1)] = 0.0,
    detector: Name = "",
) -> Analyzer:
    """The Analyzer of whose vectors are asked for, else the installed one; raises Missing."""
    if not encoder:
        return held.installed
    return held.of(Versions(encoder, preprocess, detector, 0, text_share))


def require_token(request: Request) -> None:
    """Raise Unauthenticated unless the request carries our token, where one is set."""
    token: str = request.app.state.token
    given = request.headers.get("authorization", "")
    # Compared as bytes, in constant time, so that the time tells nothing of the token.
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Unauthenticated("token_wrong", "The model server asks for its bearer token.")


Loaded = Annotated[Analyzer, Depends(the_analyzer)]


def healthz(loaded: Loaded, held: Held) -> JSONResponse:
    """Ready, what makes the vectors, their parts, the facets whose labels are good enough for
    shoppers, and what models are held beside the installed ones."""
    return _told(
        loaded,
        status="ready",
        shown_facets=sorted(loaded.labeller.shown_facets),
        parts=wire.write_parts(loaded.encoder.card.parts),
        models=sorted(held.held),
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


def embed_crops(
    loaded: Loaded,
    photos: Annotated[list[bytes], File(alias="images")],
    boxes: Annotated[str, Form()],
) -> JSONResponse:
    """The vectors of the boxes of each photo, which are a JSON list for each."""
    vectors = loaded.embed_crops(photos, wire.read_places(boxes, len(photos)))
    return _told(loaded, embeddings=[wire.write_vectors(some) for some in vectors])


def take_model(
    request: Request,
    held: Held,
    version: str,
    files: list[UploadFile],
    checksums: Annotated[str, Form()],
) -> JSONResponse:
    """Load a model of which a client has the files, each proven by its SHA-256.

    Raises Forbidden where no token is set: then anybody could bring one.
    """
    if not request.app.state.token:
        raise Forbidden(
            "token_needed", "Models are taken only with VITRINE_VISION__TOKEN set on both sides."
        )
    if version in held.held:
        return JSONResponse({"models": sorted(held.held)})
    told = wire.read_checksums(checksums, [file.filename or "" for file in files])
    with scratch.folder() as folder:
        for file in files:
            name = str(file.filename)
            _write(file, folder / name)
            if registry.checksum(folder / name) != told[name]:
                raise Invalid("model_file_changed", f"{name} is not the file of its SHA-256.")
        held.add(folder, version)
    log.info("model taken", version=version)
    return JSONResponse({"models": sorted(held.held)})


def _write(file: UploadFile, path: Path) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)


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
