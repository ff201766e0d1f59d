from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from tests.worlds import celery_jobs
from tests.worlds.fakes import ListQueue
from tests.worlds.programs import Program, found, free_port, started
from tests.worlds.waiting import eventually
from vitrine.adapters.queue import RUN_JOB, CeleryQueue, SweptQueue, ThreadQueue, make_celery
from vitrine.core.errors import Unavailable
from vitrine.core.settings import Settings
from vitrine.ports import Queue
from vitrine.worker.watch import waiting_messages

PATIENCE = 20.0


def settings_for(broker_url: str) -> Settings:
    queue = {"kind": "celery", "broker_url": broker_url}
    return Settings.model_validate({"queue": queue, "vectors": {"kind": "server"}})


@dataclass
class Line:
    """A queue, and what it ran so far."""

    queue: Queue
    ran: Callable[[], list[str]]

    def runs(self, number: int) -> list[str]:
        eventually(lambda: len(self.ran()) >= number)
        return self.ran()


def noted(run: list[str]) -> Callable[[str], None]:
    def note(job_id: str) -> None:
        run.append(job_id)
        if job_id.startswith("bad"):
            raise ValueError("a job that fails")

    return note


def lines_of(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def worker(stack: ExitStack, folder: Path, broker_url: str) -> Program:
    script = Path(celery_jobs.__file__)
    command = [sys.executable, str(script), str(folder), broker_url]
    return stack.enter_context(started(command, folder))


@pytest.fixture(scope="module")
def celery_line(
    redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CeleryQueue, Path]]:
    folder = tmp_path_factory.mktemp("celery")
    broker_url = redis_url.removesuffix("/0") + "/1"
    with ExitStack() as stack:
        program = worker(stack, folder, broker_url)
        program.wait_for((folder / "swept").exists)
        app = make_celery(settings_for(broker_url))
        yield CeleryQueue(app), folder
        app.close()


@pytest.fixture(params=["list", "threads", pytest.param("celery", marks=pytest.mark.servers)])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    run: list[str] = []
    if request.param == "list":
        fake = ListQueue()

        def run_now() -> list[str]:
            fake.run_all(noted(run))
            return run

        yield Line(fake, run_now)
    elif request.param == "threads":
        queue = ThreadQueue(noted(run), lambda: None, workers=1, sweep_every=60)
        queue.start()
        yield Line(queue, lambda: run)
        queue.stop(PATIENCE)
    else:
        celery, folder = request.getfixturevalue("celery_line")
        (folder / "ran").write_text("")
        yield Line(celery, lambda: lines_of(folder / "ran"))


def test_what_is_sent_runs(line: Line) -> None:
    assert line.queue.sends
    line.queue.ping()
    line.queue.send("a")
    assert line.runs(1) == ["a"]


def test_jobs_run_in_the_order_sent(line: Line) -> None:
    for job_id in ("a", "b", "c"):
        line.queue.send(job_id)
    assert line.runs(3) == ["a", "b", "c"]


def test_a_delayed_job_runs_after_those_due_before_it(line: Line) -> None:
    line.queue.send("last", delay=1.2)
    line.queue.send("second", delay=0.4)
    line.queue.send("first")
    assert line.runs(3) == ["first", "second", "last"]


def test_a_run_that_raises_does_not_stop_later_ones(line: Line) -> None:
    for job_id in ("bad-1", "bad-2", "good"):
        line.queue.send(job_id)
    assert line.runs(3) == ["bad-1", "bad-2", "good"]


def test_the_same_id_may_be_sent_twice(line: Line) -> None:
    line.queue.send("twice")
    line.queue.send("twice")
    line.queue.send("then")
    eventually(lambda: "then" in line.ran())
    assert set(line.ran()) == {"twice", "then"}


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    opened = threading.Event()
    yield opened
    opened.set()


def test_an_id_that_waits_is_not_queued_again(gate: threading.Event) -> None:
    run: list[str] = []

    def body(job_id: str) -> None:
        gate.wait(PATIENCE)
        run.append(job_id)

    queue = ThreadQueue(body, lambda: None, workers=1, sweep_every=60)
    for _ in range(3):
        queue.send("waits")
    queue.send("end")
    queue.start()
    gate.set()
    eventually(lambda: "end" in run)
    queue.stop(PATIENCE)
    assert run == ["waits", "end"]


def test_an_id_sent_again_for_an_earlier_time_runs_then_and_once() -> None:
    run: list[str] = []
    queue = ThreadQueue(noted(run), lambda: None, workers=1, sweep_every=60)
    queue.send("job", delay=0.5)
    queue.send("job")
    queue.send("end", delay=0.7)
    queue.start()
    eventually(lambda: "end" in run)
    queue.stop(PATIENCE)
    assert run == ["job", "end"]


def test_stop_waits_for_what_runs_and_leaves_what_waits(gate: threading.Event) -> None:
    run, running = [], threading.Event()

    def body(job_id: str) -> None:
        running.set()
        gate.wait(PATIENCE)
        run.append(job_id)

    queue = ThreadQueue(body, lambda: None, workers=1, sweep_every=60)
    queue.start()
    queue.send("runs")
    assert running.wait(PATIENCE)
    queue.send("waits")
    queue.stop(0.05)
    assert run == [], "it did not wait longer than it was told to"
    gate.set()
    queue.stop(PATIENCE)
    assert run == ["runs"]


def test_the_sweep_goes_on_whatever_it_raises() -> None:
    raises = iter([Unavailable("database_unavailable", "away"), ValueError("odd")])
    swept = threading.Event()

    def sweep() -> None:
        for error in raises:
            raise error
        swept.set()

    queue = ThreadQueue(lambda _: None, sweep, workers=1, sweep_every=0.01)
    queue.start()
    assert swept.wait(PATIENCE)
    queue.stop(PATIENCE)


def test_a_swept_queue_leaves_all_to_the_owner() -> None:
    queue = SweptQueue()
    queue.send("a", 1.0)
    queue.ping()
    assert not queue.sends


def test_a_broker_that_is_not_there_is_unavailable_soon() -> None:
    queue = CeleryQueue(make_celery(settings_for(f"redis://127.0.0.1:{free_port()}/0")))
    started_at = time.monotonic()
    for broken in (queue, ListQueue(broken=True)):
        with pytest.raises(Unavailable) as caught:
            broken.send("a")
        assert caught.value.code == "queue_unavailable"
        with pytest.raises(Unavailable):
            broken.ping()
    assert time.monotonic() - started_at < 5


def test_a_silent_broker_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = make_celery(settings_for(f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        app.conf.broker_transport_options = {"socket_timeout": 0.2}
        with pytest.raises(Unavailable):
            CeleryQueue(app).send("a")
        with pytest.raises(Unavailable):
            CeleryQueue(app).ping()
        app.close()


def test_threads_that_do_not_run_hear_nothing() -> None:
    queue = ThreadQueue(lambda _: None, lambda: None, workers=1, sweep_every=60)
    with pytest.raises(Unavailable, match="Of 2 threads that run jobs, 0 live"):
        queue.ping()
    queue.start()
    queue.ping()
    queue.stop(PATIENCE)
    with pytest.raises(Unavailable):
        queue.ping()


@pytest.mark.servers
def test_the_worker_sweeps_by_itself(celery_line: tuple[CeleryQueue, Path]) -> None:
    swept = celery_line[1] / "swept"
    before = len(lines_of(swept))
    eventually(lambda: len(lines_of(swept)) > before + 1)


@pytest.mark.servers
def test_a_worker_told_to_end_finishes_its_job_and_gives_back_the_rest(
    redis_url: str, tmp_path: Path
) -> None:
    broker_url = redis_url.removesuffix("/0") + "/2"
    app = make_celery(settings_for(broker_url))
    queue = CeleryQueue(app)
    with ExitStack() as stack:
        first = worker(stack, tmp_path, broker_url)
        for job_id in ("slow", "next-1", "next-2", "next-3"):
            queue.send(job_id)
        first.wait_for((tmp_path / "began").exists)
        assert first.stop(seconds=PATIENCE) == 0
        assert lines_of(tmp_path / "ran") == ["slow"]
        assert (tmp_path / "closed").exists()
    app.close()
    with redis.Redis.from_url(broker_url) as broker:
        given_back = [
            message for message in broker.lrange("vitrine", 0, -1) if RUN_JOB in str(message)
        ]
    assert len(given_back) == 3


@pytest.mark.servers
@pytest.mark.timeout(180)
def test_a_worker_takes_messages_again_after_the_broker_was_frozen(tmp_path: Path) -> None:
    program = found("redis-server", "apt-get install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    (tmp_path / "redis").mkdir()
    with ExitStack() as stack:
        server = stack.enter_context(started([program, *options], tmp_path / "redis"))
        url = f"redis://127.0.0.1:{port}/0"
        app = stack.enter_context(make_celery(settings_for(url)))
        server.wait_for(lambda: waiting_messages(app) == 0 and _answers(port))
        first = worker(stack, tmp_path, url)
        first.wait_for((tmp_path / "swept").exists)
        flood(CeleryQueue(app), tmp_path / "ran", wanted=50)
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(14)  # the outage: longer than the client waits for an answer
        server.process.send_signal(signal.SIGCONT)
        before = len(lines_of(tmp_path / "ran"))
        flood(CeleryQueue(app), tmp_path / "ran", wanted=before + 50)


def flood(queue: CeleryQueue, ran: Path, wanted: int) -> None:
    """Send so fast that the worker always has a message in hand, until so many ran."""
    deadline = time.monotonic() + 60
    while len(lines_of(ran)) < wanted:
        assert time.monotonic() < deadline, ran.parent.joinpath("output.log").read_text()[-3000:]
        with suppress(Unavailable):
            for _ in range(5):
                queue.send("quick")


def _answers(port: int) -> bool:
    with redis.Redis(port=port) as client, suppress(redis.ConnectionError):
        return bool(client.ping())
    return False


@pytest.mark.servers
def test_a_worker_ends_soon_though_its_job_does_not(redis_url: str, tmp_path: Path) -> None:
    broker_url = redis_url.removesuffix("/0") + "/4"
    with ExitStack() as stack:
        app = stack.enter_context(make_celery(settings_for(broker_url)))
        program = worker(stack, tmp_path, broker_url)
        CeleryQueue(app).send("endless")
        program.wait_for((tmp_path / "began").exists)
        program.process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        program.process.wait(60)
        assert time.monotonic() - asked < 25
        assert lines_of(tmp_path / "left"), "it gave back what ran"


@pytest.mark.servers
def test_a_worker_that_cannot_open_its_models_ends_with_failure(
    redis_url: str, tmp_path: Path
) -> None:
    (tmp_path / "broken").touch()
    with ExitStack() as stack:
        program = worker(stack, tmp_path, redis_url.removesuffix("/0") + "/3")
        # It imports everything first, which takes a busy machine a while.
        assert program.process.wait(10 * PATIENCE) == 1
    assert "There is no such model." in program.log.read_text()
