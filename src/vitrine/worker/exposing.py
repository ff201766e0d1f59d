"""The metrics of a worker, whose processes count each for itself, told by one address."""

from __future__ import annotations

import os
import sys
import tempfile

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from vitrine.core import scratch
from vitrine.core.groups import MetricsSettings

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder where the processes of a program keep what they count, if it has several.

prometheus-client reads it as it is imported, so a program begins anew once it is set.
"""


def begin(settings: MetricsSettings) -> None:
    """Tell the metrics of this process and of all it will start; the first call does not return."""
    if SHARED not in os.environ:
        scratch.remove_left()
        os.environ[SHARED] = tempfile.mkdtemp(prefix=scratch.PREFIX)
        os.execv(sys.executable, [sys.executable, "-m", "vitrine", *sys.argv[1:]])  # noqa: S606 - ourselves
    scratch.keep(os.environ[SHARED])
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # the library has no types here
    start_http_server(settings.port, settings.host, registry)
