"""What every command shows alike: progress, tables, settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from vitrine.core import telemetry
from vitrine.core.errors import Invalid
from vitrine.core.reasons import reason
from vitrine.core.settings import Settings

out = Console()
err = Console(stderr=True)


def read_settings(*, serves: bool = False) -> Settings:
    """The settings of this process, with logging set up; raises Invalid naming a wrong variable.

    A command that does not serve tells its progress itself, so it logs only what went wrong.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = {
            "VITRINE_" + "__".join(str(part) for part in issue["loc"]).upper(): reason(issue)
            for issue in error.errors(include_input=False, include_url=False)
        }
        reasons = "; ".join(f"{name}: {why}" for name, why in wrong.items())
        raise Invalid("settings_invalid", reasons, fields=wrong) from None
    except SettingsError as error:
        raise Invalid("settings_invalid", f"{error}: {error.__cause__}") from None
    level = settings.log_level if serves else "WARNING"
    telemetry.set_up_logging(settings.model_copy(update={"log_level": level}))
    return settings


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on stderr, so that stdout stays clean for results."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=36),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=err) as bar:
        yield bar
