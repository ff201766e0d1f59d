"""The model server: an Analyzer behind HTTP, for several API and worker processes to share."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Annotated, Any

import numpy as np
import structlog
from fastapi import Depends, FastAPI, File, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitrine.core import telemetry
from vitrine.core.clock import new_id
from vitrine.core.errors import Unauthenticated, VitrineError, invalid
from vitrine.core.reasons import reason
from vitrine.core.settings import Settings
from vitrine.vision import analyzer, images
from vitrine.vision.analyzer import Analyzer
from vitrine.vision.types import Analysis, Box, Detection, Vector

Corners = tuple[float, float, float, float]
_BOXES = TypeAdapter(list[Corners | None])

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

    app = FastAPI(title="Vitrine model server", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.token = settings.vision.token.get_secret_value()
    app.add_middleware(Rim, limit=settings.limits.request_bytes)
    app.exception_handler(VitrineError)(_vitrine_problem)
    app.exception_handler(RequestValidationError)(_shape_problem)
    app.exception_handler(HTTPException)(_http_problem)
    app.exception_handler(Exception)(_internal_problem)
    guarded = [Depends(require_token)]
    app.get("/healthz")(healthz)
    app.get("/metrics", dependencies=guarded)(metrics)
    app.post("/analyze", dependencies=guarded)(analyze)
    app.post("/embed-text", dependencies=guarded)(embed_text)
    app.post("/labels", dependencies=guarded)(labels)
    return app


def _load(settings: Settings) -> Analyzer:
    limits = settings.limits
    measures = images.Limits(limits.image_bytes, limits.image_pixels, limits.image_min_side)
    started = time.perf_counter()
    loaded = analyzer.load(settings.vision, measures)
    loaded.warm_up()
    log.info("models ready", seconds=round(time.perf_counter() - started, 2))
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
    """Ready, what makes the vectors, and the facets whose labels are good enough for shoppers."""
    shown = sorted(loaded.labeller.shown_facets)
    versions = asdict(loaded.versions)
    return JSONResponse({"status": "ready", "versions": versions, "shown_facets": shown})


def metrics() -> Response:
    """Every metric of this process for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def analyze(
    loaded: Loaded,
    photos: Annotated[list[bytes], File(alias="images")],
    boxes: Annotated[str | None, Form()] = None,
) -> JSONResponse:
    """One analysis per photo; a box per photo, or null, may be given as JSON."""
    analyses = _analyze(loaded, photos, _read_boxes(boxes, len(photos)))
    for each in analyses:
        telemetry.observe_stages(each.milliseconds)
    return JSONResponse(
        {
            "versions": asdict(loaded.versions),
            "analyses": [_analysis(each) for each in analyses],
        }
    )


def embed_text(loaded: Loaded, asked: Texts) -> JSONResponse:
    """The vectors of all texts, one after the other."""
    vectors = loaded.embed_texts(asked.texts)
    return JSONResponse({"versions": asdict(loaded.versions), "embeddings": _encoded(vectors)})


def labels(loaded: Loaded, asked: Vectors) -> JSONResponse:
    """The labels of garments by their vectors, one list each."""
    told = loaded.label(_read_vectors(asked.embeddings, loaded.versions.dimension))
    return JSONResponse(
        {
            "versions": asdict(loaded.versions),
            "labels": [[asdict(each) for each in some] for some in told],
        }
    )


def _read_vectors(told: str, dimension: int) -> Vector:
    try:
        data = base64.b64decode(told, validate=True)
    except ValueError:
        raise invalid("embeddings", "must be base64") from None
    if len(data) % (4 * dimension):
        raise invalid("embeddings", f"must be float32 vectors of {dimension} numbers")
    vectors = np.frombuffer(data, "<f4").reshape(-1, dimension)
    # Written so that not-a-number is refused too.
    if not (np.linalg.norm(vectors.astype(np.float64), axis=1) <= 1.01).all():
        raise invalid("embeddings", "must be vectors of length 1")
    return vectors.astype(np.float32)


def _analyze(
    loaded: Analyzer, photos: Sequence[bytes], boxes: Sequence[Box | None]
) -> list[Analysis]:
    started = time.perf_counter()
    pictures = [images.open(data, loaded.limits) for data in photos]
    decode = ("decode", 1000 * (time.perf_counter() - started) / len(photos))
    return [
        replace(each, milliseconds=(decode, *each.milliseconds))
        for each in loaded.analyze(pictures, boxes)
    ]


def _read_boxes(told: str | None, count: int) -> list[Box | None]:
    if told is None:
        return [None] * count
    try:
        corners = _BOXES.validate_json(told)
    except ValidationError:
        raise invalid("boxes", "must be a JSON list of [x1, y1, x2, y2] or null") from None
    if len(corners) != count:
        raise invalid("boxes", f"{len(corners)} boxes for {count} images")
    return [None if each is None else Box(*each) for each in corners]


def _analysis(analysis: Analysis) -> dict[str, Any]:
    return {
        "size": analysis.size,
        "detections": [_detection(each) for each in analysis.detections],
        "milliseconds": analysis.milliseconds,
    }


def _detection(seen: Detection) -> dict[str, Any]:
    return {
        "box": seen.box.as_tuple(),
        "kind": seen.kind,
        "score": seen.score,
        "verdict": asdict(seen.verdict),
        "embedding": None if seen.embedding is None else _encoded(seen.embedding),
        "measures": asdict(seen.measures),
        "labels": [asdict(each) for each in seen.labels],
    }


def _encoded(vectors: Vector) -> str:
    return base64.b64encode(vectors.astype("<f4").tobytes()).decode()


class Rim:
    """ASGI middleware: a request id, one measurement, and a limit on the bytes of a body."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what is not HTTP passes untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")[:64]
        request_id = given if given.isalnum() else new_id()
        started, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, self._limited(receive), noting)
        finally:
            # Only routes we have become labels; whatever else is asked for counts as one.
            route = getattr(scope.get("route"), "path", "unmatched")
            seconds = time.perf_counter() - started
            telemetry.REQUEST_SECONDS.labels(route, scope["method"], status).observe(seconds)

    def _limited(self, receive: Receive) -> Receive:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._limit:
                # The framework lets only its own exception through while it reads a body.
                raise HTTPException(413, f"The request is over {self._limit:,} bytes.")
            return message

        return counted


def _problem(
    status: int, code: str, detail: str, fields: Mapping[str, str] | None = None
) -> JSONResponse:
    body = {
        "type": f"urn:vitrine:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "fields": dict(fields or {}),
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def _vitrine_problem(_request: Request, error: VitrineError) -> JSONResponse:
    answer = _problem(error.status, error.code, error.message, error.fields)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _shape_problem(_request: Request, error: RequestValidationError) -> JSONResponse:
    fields = {".".join(map(str, issue["loc"][1:])): reason(issue) for issue in error.errors()}
    reasons = "; ".join(f"{name}: {why}" for name, why in fields.items())
    return _problem(422, "invalid_request", reasons, fields)


def _http_problem(_request: Request, error: HTTPException) -> JSONResponse:
    code = HTTPStatus(error.status_code).name.lower()
    return _problem(error.status_code, code, str(error.detail))


def _internal_problem(_request: Request, _error: Exception) -> JSONResponse:
    # The server logs the error itself, after this answer.
    return _problem(500, "internal", "Something unexpected went wrong; the log says more.")
