"""The fixtures of the test suite, for benchmarks that need real servers."""

from tests.conftest import *  # noqa: F403
