from __future__ import annotations

import gc
from collections.abc import Iterator

import hypothesis
import pytest

from tests.worlds.databases import keep_engines_warm
from tests.worlds.logs import tell_failures_plainly
from tests.worlds.people import hash_quickly
from vitrine.services.accounts import passwords

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

gc.disable()  # until all is imported, of which nothing is garbage
keep_engines_warm()
tell_failures_plainly()
COSTLY = hash_quickly()


def pytest_collection_finish() -> None:
    """What was imported until now stays: no look for garbage need go through it again."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def costly_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords are hashed as they are outside of tests."""
    monkeypatch.setattr(passwords, "_hasher", COSTLY)
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()
