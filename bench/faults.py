"""What people see, and what is lost, while each part of Vitrine fails in turn.

    .venv/bin/python -m bench.faults [--quick]

starts the scale-out shape, the same searched by pgvector, and then the embedded one, each with real
servers and tiny models, has a
crowd upload, search, look and import all the while, and freezes, kills, cuts off and leaves without
disk each part in turn. It prints for each fault what was answered meanwhile and after how long all
was normal again, and at the end whether every accepted upload was indexed exactly once, with
nothing done by hand, and whether rows, bytes and vectors agree. Exits with 1 where that is not so.

It takes half an hour; who interrupts it is told what was found until then. `--quick` runs a few
faults in a few minutes, `--only redis worker` those whose names begin so. It needs redis-server and
postgresql, and root for faults of the disk.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, select

from bench.crowd import CROWD, Answer, Load
from bench.estate import Estate, Fault
from bench.links import Network
from bench.shapes import embedded, scaled_out
from tests.worlds import ledger
from tests.worlds.waiting import eventually
from vitrine.adapters.queue import SweptQueue
from vitrine.core.clock import now
from vitrine.services import jobs, models
from vitrine.services.jobs import Order, kinds
from vitrine.services.search.stored import proving
from vitrine.tables.jobs import QUEUED, RUNNING, Job, RetentionResult

QUICK = {
    "scaled out": ("redis: frozen for 14 s", "models: killed", "worker 1: killed"),
    "pgvector": ("postgres: frozen for 14 s", "postgres: killed", "worker 1: killed"),
    "embedded": ("index process: killed", "server: disk full"),
}
"""The faults of a quick run, by how their names begin."""

UPLOADS = 500
"""Uploads that are accepted by each shape, at least."""

QUICK_UPLOADS = 30
CALM = 5.0
"""Seconds between two faults, and before the first."""

UNDONE = ("failed", "cancelled")
"""How a job ends that did not do what it was asked."""

LONGEST = 240.0
"""Seconds after which it counts as not normal again."""


@dataclass(frozen=True)
class Seen:
    """What one fault did to people; times in seconds, `normal_after` from the end of the fault."""

    shape: str
    fault: str
    good: int
    bad: dict[str, int]
    p50: float
    p95: float
    longest: float
    normal_after: float | None


@dataclass(frozen=True)
class Verdict:
    """What is so when all has settled; `complaints` must be empty."""

    shape: str
    uploads: int
    imported: int
    jobs: dict[str, int]
    tried_again: int
    reconciled: dict[str, int]
    restarts: dict[str, int]
    complaints: list[str]


def main() -> int:
    """Run the faults and print."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(stderr=True)
    network = Network()
    shapes: dict[str, Callable[[], AbstractContextManager[Estate]]] = {
        "scaled out": lambda: scaled_out(network),
        "pgvector": lambda: scaled_out(network, "pgvector"),
        "embedded": embedded,
    }
    seen: list[Seen] = []
    verdicts: list[Verdict] = []
    for name in asked.shape or shapes:
        with shapes[name]() as estate:
            verdicts.append(_tried(estate, asked, seen, console))
    _print(seen, verdicts)
    stuck = [each for each in seen if each.normal_after is None]
    return int(bool(stuck) or any(each.complaints for each in verdicts))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few faults of each shape")
    parser.add_argument("--only", nargs="+", default=(), help="how the names of faults begin")
    parser.add_argument("--shape", nargs="+", choices=tuple(QUICK), default=())
    return parser.parse_args()


def _tried(
    estate: Estate, asked: argparse.Namespace, seen: list[Seen], console: Console
) -> Verdict:
    wanted = asked.only or (QUICK[estate.name] if asked.quick else ("",))
    faults = [each for each in estate.faults() if each.name.startswith(tuple(wanted))]
    load = Load(estate.url, estate.name.replace(" ", "-"))
    load.sign_in()
    with _progress(console) as bar, load.running():
        task = bar.add_task(estate.name, total=len(faults))
        eventually(lambda: load.good_since(0.0) >= set(CROWD), "some were never answered", LONGEST)
        with suppress(KeyboardInterrupt):
            for fault in faults:
                bar.update(task, description=f"{estate.name}, {fault.name}")
                time.sleep(CALM)  # so that one fault is not measured within the next
                seen.append(_inflicted(estate, load, fault))
                bar.console.print(_line(seen[-1]))
                bar.advance(task)
            least = QUICK_UPLOADS if asked.quick or asked.only else UPLOADS
            bar.update(task, description=f"{estate.name}, {least} uploads")
            eventually(lambda: len(load.accepted) >= least, "too few were accepted", 1200)
    return _judged(estate, load)


def _inflicted(estate: Estate, load: Load, fault: Fault) -> Seen:
    begun = time.monotonic()
    fault.inflict()
    try:
        time.sleep(fault.seconds)  # the fault itself: so long the part is away
    finally:
        fault.relieve()
    ended, clock = time.monotonic(), now()
    while not (normal := _normal(estate, load, ended, clock)):
        if time.monotonic() - ended > LONGEST:
            break
        time.sleep(0.2)  # the crowd goes on asking meanwhile
    over = time.monotonic()
    answers = load.between(begun, over)
    return _told(estate.name, fault.name, answers, over - ended if normal else None)


def _normal(estate: Estate, load: Load, ended: float, clock: Any) -> bool:
    """Whether all kinds of requests succeed and all jobs from before the end of the fault ended."""
    if not load.good_since(ended) >= set(CROWD) - {"import"}:
        return False
    late = (Job.created_at <= clock) & Job.status.in_((QUEUED, RUNNING))
    with estate.sessions.read() as session:
        return not session.scalar(select(func.count(Job.id)).where(late))


def _told(shape: str, fault: str, answers: Sequence[Answer], normal: float | None) -> Seen:
    spent = sorted(each.seconds for each in answers)
    bad = Counter(f"{each.kind} {each.told}" for each in answers if not each.good)
    cuts = statistics.quantiles(spent, n=20)
    return Seen(
        shape=shape,
        fault=fault,
        good=sum(each.good for each in answers),
        bad=dict(bad.most_common()),
        p50=round(statistics.median(spent), 2),
        p95=round(cuts[-1], 2),
        longest=round(spent[-1], 1),
        normal_after=None if normal is None else round(normal, 1),
    )


def _judged(estate: Estate, load: Load) -> Verdict:
    """Wait until every job has ended, and compare everything with everything."""
    unfinished = select(func.count(Job.id)).where(Job.status.in_((QUEUED, RUNNING)))

    def settled() -> bool:
        with estate.sessions.read() as session:
            return not session.scalar(unfinished)

    eventually(settled, "jobs did not end", LONGEST)
    found = ledger.look(estate.sessions, [*load.accepted, *load.imported])
    with estate.sessions.read() as session:
        counted = select(Job.kind, Job.status, func.count(Job.id)).group_by(Job.kind, Job.status)
        rows = session.execute(counted).all()
    by_status = {f"{kind} {status}": number for kind, status, number in rows}
    reconciled = _reconciled(estate, settled)
    complaints = [f"lost: {each}" for each in found.lost]
    complaints += [f"twice: {each}" for each in found.twice]
    # What has begun since all was settled is housekeeping of its own.
    complaints += [f"{name}: {n}" for name, n in by_status.items() if name.endswith(UNDONE)]
    complaints += [f"reconcile: {name} {n}" for name, n in reconciled.items() if n]
    complaints += [f"search row: {each}" for each in _untrue_rows(estate)]
    complaints += load.refused
    return Verdict(
        shape=estate.name,
        uploads=len(load.accepted),
        imported=len(load.imported),
        jobs=by_status,
        tried_again=found.jobs_tried_again,
        reconciled=reconciled,
        restarts={part.name: part.restarts for part in estate.parts},
        complaints=complaints,
    )


def _reconciled(estate: Estate, settled: Callable[[], bool]) -> dict[str, int]:
    with estate.sessions.write() as session:
        job = jobs.submit(session, SweptQueue(), Order(kinds.Reconcile())).id
    eventually(settled, "reconcile did not end", LONGEST)
    with estate.sessions.read() as session:
        made = jobs.result(session, jobs.get(session, job))
    assert isinstance(made, RetentionResult)
    return dict(made.counts)


def _untrue_rows(estate: Estate) -> list[str]:
    """The products whose search row is not what they say, where there are such rows."""
    search = estate.settings.search
    if search.engine == "memory":
        return []
    with estate.sessions.read() as session:
        searched = models.searched(session)
    found = proving.untrue(estate.sessions, searched, search.statuses)
    return list(chain.from_iterable(found))


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _line(seen: Seen) -> str:
    normal = "never" if seen.normal_after is None else f"{seen.normal_after:.0f} s"
    bad = ", ".join(f"{number} {name}" for name, number in seen.bad.items())
    told = f"{seen.fault}: {seen.good} good; {bad or 'none bad'}; "
    return told + f"p50 {seen.p50}, p95 {seen.p95}, longest {seen.longest}; normal after {normal}"


def _print(seen: Sequence[Seen], verdicts: Sequence[Verdict]) -> None:
    table = Table("shape", "fault", "good", "bad", "p50", "p95", "longest", "normal after")
    for each in seen:
        bad = "\n".join(f"{number} {name}" for name, number in each.bad.items())
        normal = "never" if each.normal_after is None else f"{each.normal_after:.0f}"
        times = [f"{each.p50:.2f}", f"{each.p95:.2f}", f"{each.longest:.0f}", normal]
        table.add_row(each.shape, each.fault, str(each.good), bad, *times)
    Console(width=120).print(table)
    told = {"seen": [asdict(each) for each in seen], "verdicts": [asdict(v) for v in verdicts]}
    print(json.dumps(told))


if __name__ == "__main__":
    sys.exit(main())
