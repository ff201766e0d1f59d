"""Health, metrics and the description of this API."""

from __future__ import annotations

from functools import partial

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from vitrine.api import lanes
from vitrine.api.deps import RuntimeDep
from vitrine.api.gauges import Gauges
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.system import Counted, Health, Live, Models, System, system_told
from vitrine.core.errors import Away
from vitrine.services import health
from vitrine.services.health import Pulse
from vitrine.wiring import Runtime

router = guarded(tag="system")

NEEDED = {"database", "blobs", "vectors", "vision"}
"""The parts without which a process is not ready."""

READY_PATIENCE = 2.5
"""Seconds in which a part must answer before it counts as away."""


@router.get("/v1/health/live", summary="Whether this process is alive")
async def live() -> Live:
    """Answers without asking anything: for who restarts a process that does not."""
    return Live()


@router.get("/v1/health", name="health", summary="Whether Vitrine can answer")
async def show_health(request: Request, runtime: RuntimeDep) -> Health:
    """Ready, and which models make the vectors; 503 names the parts that are away.

    A full disk or a broker that is away is told, but is no reason to ask somebody else.
    """
    pulse: Pulse = request.app.state.pulse
    told = await lanes.run("health", partial(pulse.look, READY_PATIENCE))
    away = {part.name: part.error for part in told if part.error}
    if missed := sorted(set(away) & NEEDED):
        raise Away(missed[0], " ".join(f"{name}: {away[name]}" for name in missed), retry_after=5)
    return await lanes.run("health", partial(_ready, request.app.version, runtime, away))


def _ready(version: str, runtime: Runtime, away: dict[str, str]) -> Health:
    with runtime.sessions.read() as session:
        backlog = health.backlog(session)
    models = Models.model_validate(runtime.ports.vision.versions)
    waited = backlog.oldest_seconds
    return Health(version=version, models=models, away=away, oldest_job_seconds=waited)


@router.get("/v1/system", summary="What runs here, and how each part is")
def show_system(request: Request, runtime: RuntimeDep) -> System:
    """Versions, sizes, queue and the health of each part; answers also when some are down."""
    sessions, ports = runtime.sessions, runtime.ports
    parts = health.parts(sessions, ports, runtime.settings)
    down = {part.name for part in parts if part.error}
    versions = None if "vision" in down else ports.vision.versions
    if "database" in down:
        return system_told(request.app.version, parts, versions)
    with sessions.read() as session:
        stock, backlog = health.stock(session), health.backlog(session)
    active = next((each for each in stock.collections if each.active), None)
    known = health.indexed(ports, active) if active and "vectors" not in down else None
    return system_told(request.app.version, parts, versions, Counted(stock, known, backlog))


@router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
def metrics(request: Request) -> Response:
    """What this process counted, and what the database knows now, in Prometheus' text format."""
    gauges: Gauges = request.app.state.gauges
    told = generate_latest() + generate_latest(gauges)
    return Response(told, media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """This API as OpenAPI."""
    return JSONResponse(request.app.openapi())
