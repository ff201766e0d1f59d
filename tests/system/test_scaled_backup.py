"""Backup and restore of the scale-out shape as docs/operations.md tells it, with real servers."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from tests.worlds import graphs
from tests.worlds.programs import found
from tests.worlds.shops import COLOURS, answers, fill, migrated, tiny, until_idle
from vitrine import wiring
from vitrine.core.groups import BlobSettings
from vitrine.core.settings import Settings
from vitrine.services import jobs
from vitrine.services.jobs import Order, kinds
from vitrine.tables.jobs import RetentionResult

pytestmark = pytest.mark.servers


def shop_on(folder: Path, database: str, blobs: BlobSettings, chroma: int) -> Settings:
    graphs.write_encoder(folder / "models")
    index = {"kind": "server", "port": chroma}
    return tiny(folder, database={"url": database}, blobs=blobs, vectors=index)


def dumped(url: str, to: Path) -> None:
    program = found("pg_dump", "apt-get install postgresql-client")
    subprocess.run([program, "--format=custom", f"--file={to}", url], check=True)


def loaded(url: str, source: Path) -> None:
    program = found("pg_restore", "apt-get install postgresql-client")
    command = [program, "--no-owner", "--exit-on-error", f"--dbname={url}", str(source)]
    subprocess.run(command, check=True)


def test_a_dump_and_a_copy_of_the_bucket_bring_everything_back(
    tmp_path: Path, postgres_url: str, postgres_database: str, s3: BlobSettings, chroma_port: int
) -> None:
    settings = migrated(shop_on(tmp_path, postgres_database, s3, chroma_port))
    with wiring.running_here(settings) as runtime:
        fill(runtime)
        before, collection = answers(runtime), runtime.ports.vision.versions.collection
        # First the database, then the bucket: a photo is stored before its row.
        dumped(postgres_database, tmp_path / "shop.dump")
        bucket = {key: runtime.ports.blobs.get(key) for key in runtime.ports.blobs.keys("images/")}
        # And then all is lost.
        for key in bucket:
            runtime.ports.blobs.delete(key)
        runtime.ports.vectors.drop(collection)

    fresh = f"restored_{time.monotonic_ns()}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {fresh}")
        url = postgres_url.removesuffix("postgres") + fresh
        loaded(url, tmp_path / "shop.dump")
        restored = shop_on(tmp_path, url, s3, chroma_port)
        with wiring.running_here(restored) as runtime:
            for key, data in bucket.items():
                runtime.ports.blobs.put(key, data, "image/jpeg")
            with runtime.sessions.write() as session:
                jobs.submit(session, runtime.ports.queue, Order(kinds.Reindex()))
            until_idle(runtime)
            assert answers(runtime) == before
            assert len(runtime.ports.vectors.ids(collection)) == len(COLOURS)
            with (
                runtime.sessions.write() as session
            ):  # photos are whole: they can be looked at anew
                order = Order(kinds.Reconcile())
                told = jobs.submit(session, runtime.ports.queue, order).id
            until_idle(runtime)
            with runtime.sessions.read() as session:
                made = jobs.result(session, jobs.get(session, told))
        connection.execute(f"DROP DATABASE {fresh} WITH (FORCE)")
    assert isinstance(made, RetentionResult)
    lost = {name: count for name, count in made.counts.items() if count and "thumbnail" not in name}
    assert lost == {}
