"""Commands that run servers and prepare their database."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from starlette.types import ASGIApp

from vitrine import schema
from vitrine.cli.console import out, read_settings
from vitrine.core import priority, telemetry, tracing
from vitrine.core.errors import Invalid
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services.search import upkeep
from vitrine.wiring import Runtime

GRACE = 10
"""Seconds that open requests have to end when the server is told to."""

Host = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.", show_default="8000")]


def serve(host: Host = None, port: Port = None) -> None:
    """Serve the API; in the embedded shape this one process also runs the jobs."""
    settings = read_settings(serves=True)
    run_api(settings, host or settings.api.host, port or settings.api.port)


def run_api(settings: Settings, host: str, port: int, runtime: Runtime | None = None) -> None:
    """Serve until a signal stops it, by a runtime of its own unless one is given."""
    telemetry.set_up_logging(settings)
    tracing.set_up(settings, "api")
    from vitrine.api.app import create_app

    _run(create_app(settings, runtime), host, port)


def worker(
    concurrency: Annotated[
        int | None, typer.Option(help="Jobs at once.", show_default="VITRINE_QUEUE__WORKERS")
    ] = None,
) -> None:
    """Run jobs from Redis (VITRINE_QUEUE__KIND=celery); start as many workers as you need."""
    from vitrine.worker.app import main

    settings = read_settings(serves=True)
    main(settings, concurrency or settings.queue.workers)


def mlserver(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8002,
) -> None:
    """Serve the models alone, for API and workers with VITRINE_VISION__KIND=server."""
    from vitrine.mlserver import create_app

    settings = read_settings(serves=True)
    tracing.set_up(settings, "ml")
    _run(create_app(settings), host, port)


def mcp(
    url: Annotated[
        str, typer.Option(help="Where a Vitrine serves.", envvar="VITRINE_MCP_URL")
    ] = "http://127.0.0.1:8000",
    http: Annotated[
        bool, typer.Option("--http", help="Serve at /mcp of a port, not on standard input.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on, with --http.")] = 8010,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A name that a proxy calls this server by, with --http; repeatable."),
    ] = None,
) -> None:
    """Let assistants shop: search_products, get_product and similar, by the Model Context Protocol.

    A publishable key opens the shop: the one in VITRINE_MCP_KEY, or with --http the one that each
    caller sends in the header X-Vitrine-Key. Nothing but what that key shows can be asked.
    """
    from vitrine.mcpserver import Door, create_server, over_http

    key = os.environ.get("VITRINE_MCP_KEY", "")
    server = create_server(Door(url, key))
    if http:
        telemetry.set_up_logging(read_settings(serves=True))
        _run(over_http(server, [f"{host}:{port}", *(name or ())]), host, port)
    elif not key:
        raise Invalid("key_missing", "Put a publishable key into VITRINE_MCP_KEY.")
    else:
        server.run("stdio")


def migrate(
    empty: Annotated[
        bool, typer.Option("--empty", help="Begin anew though photos of a lost database are there.")
    ] = False,
) -> None:
    """Create or bring up to date the tables; safe to run at any time, any number of times."""
    settings = read_settings()
    engine = make_engine(settings)
    schema.upgrade(engine, empty=empty)
    if settings.search.engine == "pgvector":
        upkeep.followed(Sessions(engine), settings.search.statuses)
    engine.dispose()
    out.print("The database is up to date.")


def settings() -> None:
    """Print every setting with its present value; secrets are masked."""
    out.print_json(json.dumps(read_settings().model_dump(mode="json")))


def openapi(
    path: Annotated[
        Path | None, typer.Argument(help="Where to write it.", show_default="standard output")
    ] = None,
) -> None:
    """Print the OpenAPI document of the API, without starting anything."""
    from vitrine.api.app import document

    text = json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if path is None:
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


def _run(app: ASGIApp, host: str, port: int) -> None:
    import uvicorn

    from vitrine.http.connections import Bounded

    priority.settle()
    uvicorn.run(
        app,
        host=host,
        port=port,
        http=Bounded,
        ws="none",
        # The API believes its own proxies, and warns of others.
        proxy_headers=False,
        # Whoever follows a job or uploads slowly must not keep a stopped server from ending.
        timeout_graceful_shutdown=GRACE,
        # Our own middleware logs each request, with its id and without query strings.
        log_config=None,
        access_log=False,
        server_header=False,
    )


COMMANDS = (serve, worker, mlserver, mcp, migrate, settings, openapi)
