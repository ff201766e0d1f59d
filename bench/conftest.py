"""The fixtures of the test suite, for benchmarks that need real servers."""

pytest_plugins = ["tests.worlds.fixtures", "tests.worlds.servers"]
