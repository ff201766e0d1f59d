"""Photos that visitors found nothing with: kept where a setting says so, seen by admins alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select, update

from tests.worlds.documented import refused_as_documented
from tests.worlds.factories import photo
from tests.worlds.fakes import ListQueue
from tests.worlds.people import Headers
from tests.worlds.visitors import SHOP, Door, furnished
from vitrine.api.app import create_app
from vitrine.core.clock import now
from vitrine.core.errors import Unavailable
from vitrine.core.groups import RetentionSettings
from vitrine.services import jobs
from vitrine.services.jobs import Order, kinds
from vitrine.services.shop import missed
from vitrine.tables.shop import MissedPhoto, missed_key
from vitrine.wiring import Runtime

SEARCH, FIGURES = "/v1/shop/search", "/v1/analytics"
NONE_SUCH = '{"brand": ["none"]}'


@pytest.fixture
def keeping(runtime: Runtime) -> Runtime:
    """The server where such photos are kept for a week."""
    kept = runtime.settings.model_copy(
        update={"retention": RetentionSettings(missed_photos_days=7)}
    )
    return replace(runtime, settings=kept)


@pytest.fixture
def door(keeping: Runtime) -> Door:
    return furnished(keeping)


@pytest.fixture
def shop(keeping: Runtime, door: Door) -> Iterator[TestClient]:
    with TestClient(create_app(keeping.settings, keeping), "https://testserver") as opened:
        opened.event_hooks["response"] = [refused_as_documented]
        yield opened


def asked(client: TestClient, visitor: Headers, path: str = SEARCH, **form: Any) -> Any:
    files = {"image": ("me.jpg", photo("red"))}
    answer = client.post(path, files=files, data=form, headers=visitor)
    assert answer.status_code == 200, answer.text
    return answer.json()


def kept(runtime: Runtime) -> list[MissedPhoto]:
    with runtime.sessions.read() as session:
        return list(session.scalars(select(MissedPhoto).order_by(MissedPhoto.id)))


def purged(runtime: Runtime, policy: RetentionSettings) -> None:
    queue = runtime.ports.queue
    assert isinstance(queue, ListQueue)
    with runtime.sessions.write() as session:
        jobs.submit(session, queue, Order(kinds.Purge(policy=policy)))
    queue.run_all(runtime.run_job)


def test_what_nothing_fits_is_kept_small_and_admins_see_it(
    shop: TestClient, door: Door, keeping: Runtime, admin: Headers
) -> None:
    visitor = door.headers()
    assert asked(shop, visitor)["total"] > 0
    told = asked(
        shop, visitor, filters=NONE_SUCH, text="like anna@example.org", box="[0, 0, 20, 30]"
    )
    assert told["total"] == 0
    [one] = shop.get(FIGURES, headers=admin).json()["photos"]
    assert (one["width"], one["height"], one["words"]) == (20, 30, "like")
    seen = shop.get(f"{FIGURES}/photos/{one['id']}", headers=admin)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")
    with Image.open(io.BytesIO(seen.content)) as picture:
        assert (picture.size, picture.format, len(picture.getexif())) == ((20, 30), "WEBP", 0)
    assert shop.get("/v1/shop/settings", headers=visitor).json()["photo"]["missed_kept_days"] == 7


def test_a_look_in_which_nothing_fits_is_kept_whole(
    shop: TestClient, door: Door, keeping: Runtime
) -> None:
    visitor = door.headers(filters={"brand": ["none"]})
    assert asked(shop, visitor, "/v1/shop/look")["groups"] == []
    assert len(kept(keeping)) == 1


def test_without_the_setting_nothing_is_kept(client: TestClient, runtime: Runtime) -> None:
    visitor = furnished(runtime).headers()
    asked(client, visitor, filters=NONE_SUCH)
    settings = client.get("/v1/shop/settings", headers=visitor).json()
    assert (kept(runtime), settings["photo"]["missed_kept_days"]) == ([], 0)


def test_what_was_searched_without_a_photo_and_further_pages_keep_nothing(
    shop: TestClient, door: Door, keeping: Runtime
) -> None:
    visitor = door.headers()
    shop.post(SEARCH, json={"text": "red", "filters": {"brand": ["none"]}}, headers=visitor)
    shop.get("/v1/shop/similar?external_id=red", headers=visitor)
    assert kept(keeping) == []


def test_no_publishable_key_ever_reads_one(
    shop: TestClient, door: Door, keeping: Runtime, editor: Headers, viewer: Headers
) -> None:
    key_id, key = door.key()
    visitor = {"X-Vitrine-Key": key, "Origin": SHOP}
    asked(shop, visitor, filters=NONE_SUCH)
    [one] = kept(keeping)
    assert one.key_id == key_id
    path = f"{FIGURES}/photos/{one.id}"
    for address in (path, f"{path}?key={key}", FIGURES, f"{FIGURES}?key={key}"):
        assert shop.get(address, headers=visitor).status_code in (401, 403)
        assert shop.get(address).status_code == 401
        assert shop.get(address, headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert shop.get(f"/v1/shop/pictures/{one.id}?key={key}").status_code == 404
    for staff in (editor, viewer):
        assert shop.get(path, headers=staff).status_code == 403


def test_figures_of_one_key_show_its_photos_alone(
    shop: TestClient, door: Door, keeping: Runtime, admin: Headers
) -> None:
    (mine, key), (other, _) = door.key(), door.key()
    asked(shop, {"X-Vitrine-Key": key, "Origin": SHOP}, filters=NONE_SUCH)
    for key_id, count in ((mine, 1), (other, 0)):
        told = shop.get(f"{FIGURES}?key_id={key_id}", headers=admin).json()
        assert len(told["photos"]) == count


def test_a_purge_removes_row_and_bytes_when_their_time_is_over(
    shop: TestClient, door: Door, keeping: Runtime, admin: Headers
) -> None:
    visitor = door.headers()
    for _ in range(2):
        asked(shop, visitor, filters=NONE_SUCH)
    old, young = kept(keeping)
    with keeping.sessions.write() as session:
        eight = now() - timedelta(days=8)
        session.execute(
            update(MissedPhoto).where(MissedPhoto.id == old.id).values(created_at=eight)
        )
    blobs = keeping.ports.blobs
    purged(keeping, keeping.settings.retention)
    assert [one.id for one in kept(keeping)] == [young.id]
    assert [blobs.exists(missed_key(one.id)) for one in (old, young)] == [False, True]
    assert shop.get(f"{FIGURES}/photos/{old.id}", headers=admin).json()["code"] == "photo_unknown"
    purged(keeping, RetentionSettings(missed_photos_days=0))
    assert (kept(keeping), list(blobs.keys("missed/"))) == ([], [])


def test_only_so_many_a_day_are_kept(
    shop: TestClient, door: Door, keeping: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed, "MOST_A_DAY", 2)
    for _ in range(3):
        asked(shop, door.headers(), filters=NONE_SUCH)
    assert len(kept(keeping)) == 2


def test_a_store_that_is_away_fails_no_search(
    shop: TestClient, door: Door, keeping: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("blobs_away", "The store does not answer.")

    monkeypatch.setattr(keeping.ports.blobs, "put", away)
    asked(shop, door.headers(), filters=NONE_SUCH)
    assert kept(keeping) == []
