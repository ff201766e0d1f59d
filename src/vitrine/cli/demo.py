"""One command from nothing to a served, searchable catalogue."""

from __future__ import annotations

import os
import threading
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from vitrine import schema, wiring
from vitrine.cli.accounts import make_admin
from vitrine.cli.console import err, out, progress, read_settings
from vitrine.cli.importing import import_into, of_shop
from vitrine.cli.serving import run_api
from vitrine.core import memory, priority, telemetry
from vitrine.core.errors import VitrineError
from vitrine.core.settings import Settings
from vitrine.db import Sessions, make_engine
from vitrine.services import accounts, imports
from vitrine.wiring import Runtime

EMAIL = "admin@example.com"


def demo(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DATA]",
            help="Your own catalogue; see `vitrine import --help`.",
            show_default="a sample catalogue, drawn now",
        ),
    ] = None,
    serve: Annotated[bool, typer.Option(help="Serve, from before the catalogue is in.")] = True,
) -> None:
    """Set up database, admin and catalogue, and serve; run it again to go on where it was."""
    settings = read_settings()
    given = imports.source(data) if data else None
    password = _prepare(settings)
    with wiring.running_or_attached(settings) as (runtime, owner):
        _greet(settings, password)
        memory.hold()
        if serve and owner:
            fill = partial(_fill_beside, runtime, given)
            threading.Thread(target=fill, name="demo", daemon=True).start()
            # Its lines would tear the progress bar; `_fill_beside` has them told afterwards.
            quiet = settings.model_copy(update={"log_level": "WARNING"})
            run_api(quiet, settings.api.host, settings.api.port, runtime)
            return
        _fill(runtime, given)
    if serve:
        out.print("Another Vitrine serves this folder already.")


def _fill_beside(runtime: Runtime, given: imports.Source | None) -> None:
    priority.step_back()
    try:
        _fill(runtime, given)
    except VitrineError as error:
        err.print(f"The catalogue is not in: {error.message}", markup=False)
    telemetry.set_up_logging(runtime.settings)


def _fill(runtime: Runtime, given: imports.Source | None) -> None:
    source = given or _drawn(runtime.settings.data_dir / "sample")
    import_into(runtime, of_shop(runtime.sessions, runtime.settings.shop, source))


def _prepare(settings: Settings) -> str | None:
    """Migrate; the new admin's password, None if there is an admin already."""
    engine = make_engine(settings)
    try:
        schema.upgrade(engine)
        sessions = Sessions(engine)
        with sessions.read() as session:
            known = accounts.find_user(session, EMAIL)
        return None if known else make_admin(sessions, EMAIL)
    finally:
        engine.dispose()


def _drawn(folder: Path) -> imports.Source:
    from vitrine.sample import draw_catalogue

    if not (folder / "products.csv").is_file():
        with progress() as bar:
            task = bar.add_task("Drawing  ", total=None)
            draw_catalogue(
                folder,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
                processes=os.cpu_count() or 1,
            )
    return imports.source(folder)


def _greet(settings: Settings, password: str | None) -> None:
    url = f"http://{settings.api.host}:{settings.api.port}"
    lines = [
        "",
        f"Vitrine: {url}   (health: {url}/v1/health)",
        f"Admin:   {EMAIL}",
        f"Password (shown only now): {password}" if password else "Password: as before",
        "",
        "Try, in another terminal:",
        f"  export VITRINE_DATA_DIR={settings.data_dir}",
        '  .venv/bin/vitrine search --text "navy check shirt" --sheet sheet.png',
        '  .venv/bin/vitrine search --text "rotes Kleid"',
        '  .venv/bin/vitrine search --text "赤いワンピース"',
        "  .venv/bin/vitrine search PHOTO",
        "",
    ]
    out.print("\n".join(lines), highlight=False, markup=False)


COMMANDS = (demo,)
