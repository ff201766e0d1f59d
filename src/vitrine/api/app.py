"""The API as one ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from vitrine import wiring
from vitrine.adapters.oidc import OidcProvider
from vitrine.api import admission, openapi, visitors, web
from vitrine.api.cross_origin import ShopOrigins
from vitrine.api.gauges import Gauges
from vitrine.api.problems import WITH_DATABASE
from vitrine.api.rates import rates_of
from vitrine.api.routes import OFTEN, ROUTERS
from vitrine.api.streams import Streams
from vitrine.api.web import OURS, FrontEnd
from vitrine.core import memory
from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings
from vitrine.core.telemetry import told_if_not_started
from vitrine.http import problems
from vitrine.http.proxies import Proxied
from vitrine.http.rim import Answered, BodyLimit
from vitrine.services import health
from vitrine.wiring import Runtime

TRIM_EVERY = 10.0
"""Seconds."""


def create_app(settings: Settings, runtime: Runtime | None = None) -> FastAPI:
    """The application; with no runtime given, its lifespan starts one and stops it again."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            if runtime is not None:
                _run(app, runtime)
            else:
                with told_if_not_started():
                    app.state.secret = settings.secret  # made, or refused, now and not at a sign-in
                    _run(app, stack.enter_context(wiring.running_here(settings)))
                    app.state.runtime.warm()
                    memory.hold()
            trimming = asyncio.create_task(_trimmed())
            yield
            trimming.cancel()

    app = FastAPI(
        title="Vitrine",
        summary="Visual product search for fashion catalogues",
        version=version("vitrine"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        middleware=_middleware(settings),
        routes=_often_first(),
    )
    app.state.settings = settings
    app.state.gates = admission.gates(settings.admission)
    app.state.rates = rates_of(settings)
    app.state.oidc = OidcProvider(settings.oidc) if settings.oidc.issuer else None
    app.state.streams = Streams()
    # The way that FastAPI documents for describing more than it can see; mypy takes a method for
    # fixed.
    app.openapi = lambda: openapi.describe(app, _routes(), ROUTERS)  # type: ignore[method-assign]
    problems.install(app, WITH_DATABASE)
    # Not a mount: that would also take what a route answers with 405.
    files = web.read(web.folder(settings.api.web_dir))
    app.router.default = FrontEnd(files, app.router.default, visitors.framers)
    return app


def _run(app: FastAPI, runtime: Runtime) -> None:
    app.state.runtime = runtime
    app.state.pulse = health.readiness(runtime.sessions, runtime.ports, runtime.settings)
    app.state.gauges = Gauges(runtime, app.state.pulse)


def document() -> dict[str, Any]:
    """The OpenAPI document, without starting anything."""
    return openapi.describe(create_app(Settings()), _routes(), ROUTERS)


async def _trimmed() -> None:
    """Give back now and then what busy moments took."""
    while True:
        await asyncio.sleep(TRIM_EVERY)
        await asyncio.to_thread(memory.trim)


@cache
def _routes() -> Sequence[BaseRoute]:
    """Every route, the same for each app of a process: building them is what takes its time."""
    api = APIRouter(generate_unique_id_function=_operation_id)
    for router in ROUTERS:
        api.include_router(router)
    return api.routes


def _often_first() -> list[BaseRoute]:
    """The routes as the framework tries them, one after the other."""
    pairs = zip(ROUTERS, _routes(), strict=True)
    return [routes for _, routes in sorted(pairs, key=lambda pair: pair[0] not in OFTEN)]


def _operation_id(route: APIRoute) -> str:
    return route.name


def _middleware(settings: Settings) -> list[Middleware]:
    """Outermost first."""
    origins, limits = settings.api.cors_origins, settings.limits
    layers = [
        Middleware(Proxied, trusted=settings.api.trusted_proxies),
        Middleware(ShopOrigins),
        Middleware(Answered, ours=OURS, hsts=settings.api.hsts_seconds),
        *([_cors(origins)] if origins else []),
        Middleware(BodyLimit, forms=limits.request_bytes, others=limits.text_bytes),
    ]
    if "*" in origins:
        raise Invalid("cors_origins", "VITRINE_API__CORS_ORIGINS must name origins, not *.")
    return layers


def _cors(origins: tuple[str, ...]) -> Middleware:
    return Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "Prefer",
            "X-CSRF-Token",
            "X-Request-ID",
        ],
        expose_headers=[
            "ETag",
            "Idempotency-Replayed",
            "Location",
            "Preference-Applied",
            "Retry-After",
            "X-Request-ID",
        ],
    )
