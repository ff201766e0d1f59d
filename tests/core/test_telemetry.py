from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from prometheus_client import REGISTRY

from vitrine.core import metrics, telemetry
from vitrine.core.settings import Settings

Read = Callable[[], str]


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Reads what was logged since the last read; logging is as it was after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in telemetry.QUIET}
    yield lambda: capsys.readouterr().err
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in quiet.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()


def logged(read: Read) -> list[dict[str, object]]:
    return [json.loads(line) for line in read().splitlines()]


@pytest.mark.parametrize(
    "key",
    ["password", "new_password", "token", "Authorization", "set-cookie", "SECRET", "api_key"],
)
def test_values_of_secret_keys_are_masked(key: str) -> None:
    event = {key: "hush", "headers": {key: "hush"}, "more": [{key: "hush"}], "kept": 1}
    masked = telemetry.masked(None, "info", event)
    assert "hush" not in str(masked)
    assert masked["kept"] == 1


def test_passwords_in_urls_are_masked() -> None:
    event = {"event": "at redis://:hush@host:6379/0", "url": "postgresql://me:hush@host/db"}
    masked = telemetry.masked(None, "info", event)
    assert masked["event"] == "at redis://:***@host:6379/0"
    assert masked["url"] == "postgresql://me:***@host/db"


def test_logs_are_json_lines_with_the_bound_request_id(read: Read) -> None:
    telemetry.set_up_logging(Settings())
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().info("ours", token="hush")
        logging.getLogger("theirs").warning("at %s", "redis://:hush@host")
    ours, theirs = logged(read)
    assert str(ours.pop("timestamp")).endswith("Z")
    assert ours == {"event": "ours", "level": "info", "request_id": "r-1", "token": "***"}
    assert theirs["event"] == "at redis://:***@host"
    assert theirs["logger"] == "theirs"
    assert theirs["request_id"] == "r-1"


def test_exceptions_are_told_and_masked(read: Read) -> None:
    telemetry.set_up_logging(Settings())
    try:
        raise ValueError("cannot reach redis://:hush@host")
    except ValueError:
        structlog.get_logger().exception("bad")
    (line,) = logged(read)
    assert "ValueError: cannot reach redis://:***@host" in str(line["exception"])


def test_lower_levels_and_the_steps_of_others_are_left_out(read: Read) -> None:
    telemetry.set_up_logging(Settings(log_level="INFO"))
    structlog.get_logger().debug("step")
    logging.getLogger("httpx").info("HTTP Request: GET https://host/?token=hush")
    logging.getLogger("celery.app.trace").info("Task succeeded")
    assert read() == ""


def test_a_person_gets_readable_lines(read: Read) -> None:
    telemetry.set_up_logging(Settings(log_format="console"))
    structlog.get_logger().info("hello", password="hush", name="x")
    line = read()
    assert "hello" in line
    assert "hush" not in line
    with pytest.raises(json.JSONDecodeError):
        json.loads(line)


def test_stages_are_measured_in_seconds() -> None:
    def total() -> float:
        return REGISTRY.get_sample_value("vitrine_vision_seconds_sum", {"stage": "testing"}) or 0.0

    before = total()
    metrics.observe_stages([("testing", 1500.0)])
    assert total() - before == pytest.approx(1.5)


def test_a_start_that_fails_is_explained_in_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vitrine", "serve", "--port", "0"]
    environment = os.environ | {"VITRINE_DATA_DIR": str(tmp_path), "VITRINE_LOG_FORMAT": "json"}
    ended = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
    assert ended.returncode != 0
    assert "cannot start" in ended.stderr
    assert "Run `vitrine migrate`" in ended.stderr
    assert "Traceback" not in ended.stderr
