from __future__ import annotations

import hypothesis

from tests.worlds.databases import keep_engines_warm

pytest_plugins = ["tests.worlds.fixtures", "tests.worlds.servers"]

# A busy machine is no failure: no test may depend on how long something took.
hypothesis.settings.register_profile(
    "vitrine",
    deadline=None,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
hypothesis.settings.load_profile("vitrine")

keep_engines_warm()
