"""What logs of tests need not pay."""

from __future__ import annotations

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback


def tell_failures_plainly() -> None:
    """From now on what this process logs of an exception is Python's own traceback.

    By structlog's defaults, which tests have unless they set logging up, rich draws every frame
    with all its variables: seconds of a processor where one of them is an application.
    """
    renderer = structlog.get_config()["processors"][-1]
    assert isinstance(renderer, ConsoleRenderer)
    renderer.exception_formatter = plain_traceback
