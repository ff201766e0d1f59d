"""Health, metrics and the description of this API."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from vitrine.api.deps import ReadSession, RuntimeDep
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.system import Health, Models, System, system_told
from vitrine.services import health

router = guarded(tag="system")


@router.get("/v1/health", name="health", summary="Whether Vitrine can answer")
def show_health(request: Request, runtime: RuntimeDep, session: ReadSession) -> Health:
    """Ready, and which models make the vectors; 503 while database or vision do not answer."""
    session.execute(text("SELECT 1"))
    models = Models.model_validate(runtime.ports.vision.versions)
    return Health(version=request.app.version, models=models)


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
        stock = health.stock(session)
    active = next((each for each in stock.collections if each.active), None)
    known = health.indexed(ports, active) if active and "vectors" not in down else None
    return system_told(request.app.version, parts, versions, stock, known)


@router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
def metrics() -> Response:
    """Counters and histograms in the text format of Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """This API as OpenAPI."""
    return JSONResponse(request.app.openapi())
