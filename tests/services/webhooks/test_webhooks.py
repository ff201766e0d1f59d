from __future__ import annotations

import json
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from tests.worlds.factories import fields, photo, product_with_photos
from tests.worlds.fakes import ExactIndex, FakeCourier, FakeVision, ListQueue, MemoryBlobs
from tests.worlds.receivers import Receiver
from vitrine.adapters.webhooks import HttpWebhookSender
from vitrine.core.clock import now
from vitrine.core.errors import Conflict, Invalid, NotFound, Unavailable
from vitrine.core.groups import QueueSettings
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.ports import Ports
from vitrine.services import catalog, jobs, models, webhooks
from vitrine.services.jobs import Order, kinds, sweeping
from vitrine.services.webhooks import Changes, sending
from vitrine.services.webhooks import events as outbox
from vitrine.services.webhooks.sending import Outcome
from vitrine.tables.jobs import Job
from vitrine.tables.webhooks import Delivery, Event, Webhook
from vitrine.wiring import Runtime

pytestmark = pytest.mark.parametrize("both_databases", ["sqlite", "postgres"], indirect=True)

URL = "https://shop.example/hook"
FINE = Outcome(204, None, 3)
BAD = Outcome(500, None, 3)


@pytest.fixture
def runtime(both_databases: tuple[Settings, Sessions]) -> Runtime:
    settings, sessions = both_databases
    loose = settings.webhooks.model_copy(update={"allow_private": True, "timeout": 5.0})
    settings = settings.model_copy(update={"webhooks": loose})
    ports = Ports(MemoryBlobs(), ExactIndex(), FakeVision(), ListQueue())
    with sessions.write() as session:
        models.register(session, ports.vision.versions)
    return Runtime(settings, sessions, ports)


def added(runtime: Runtime, *events: str, url: str = URL) -> tuple[str, str]:
    """The id and the secret of a new webhook."""
    asked = Changes(url, events or outbox.TYPES)
    with runtime.sessions.write() as session:
        webhook, secret = webhooks.add(session, runtime.settings, asked, None)
    return webhook.id, secret


def happened(runtime: Runtime, *kinds: str) -> None:
    with runtime.sessions.write() as session:
        for kind in kinds or (outbox.PRODUCT_UPDATED,):
            outbox.emit(session, kind, {"id": "x"})


def told(runtime: Runtime) -> list[dict[str, Any]]:
    """Every event's body, oldest first."""
    with runtime.sessions.read() as session:
        return [json.loads(body) for body in session.scalars(select(Event.body).order_by(Event.id))]


def deliveries(runtime: Runtime) -> list[Delivery]:
    with runtime.sessions.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def webhook(runtime: Runtime, webhook_id: str) -> Webhook:
    with runtime.sessions.read() as session:
        return webhooks.get(session, webhook_id)


def earlier(runtime: Runtime) -> None:
    """Make what waits for later due now."""
    with runtime.sessions.write() as session:
        session.execute(update(Delivery).values(not_before=now(), lease_until=None))


def deliver(runtime: Runtime, sender: FakeCourier) -> int:
    return webhooks.deliver(runtime.sessions, sender, runtime.settings)


def test_a_real_receiver_verifies_what_it_gets(runtime: Runtime) -> None:
    with Receiver.listening() as receiver:
        _, secret = added(runtime, outbox.PRODUCT_UPDATED, url=receiver.url)
        happened(runtime)
        runtime.deliver()
    (got,) = receiver.got
    body = Verifier(secret).verify(got.body, got.headers)
    assert body["type"] == "product.updated"
    assert body["data"] == {"id": "x"}
    assert got.headers["content-type"] == "application/json"
    (delivery,) = deliveries(runtime)
    assert (delivery.status, delivery.attempts, delivery.event_id) == (
        "delivered",
        1,
        got.headers["webhook-id"],
    )
    assert delivery.log[0]["status"] == 204
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(got.body + b" ", got.headers)


def test_a_message_that_somebody_recorded_is_refused_later_and_in_other_words(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    headed, long_ago = sending._headers, now() - timedelta(minutes=6)
    with Receiver.listening() as receiver:
        _, secret = added(runtime, outbox.PRODUCT_UPDATED, url=receiver.url)
        happened(runtime)
        monkeypatch.setattr(sending, "_headers", lambda what, own, _: headed(what, own, long_ago))
        runtime.deliver()
    (got,) = receiver.got
    with pytest.raises(WebhookVerificationError, match="too old"):
        Verifier(secret).verify(got.body, got.headers)
    fresh = str(int(now().timestamp()))
    for name, forged in (("webhook-timestamp", fresh), ("webhook-id", "another")):
        changed = got.headers | {"webhook-timestamp": fresh, name: forged}
        with pytest.raises(WebhookVerificationError):
            Verifier(secret).verify(got.body, changed)


def test_the_receiver_of_the_documentation_takes_it_once(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[3] / "docs/webhooks.md").read_text()
    names: dict[str, Any] = {"__name__": "receiver"}
    asked = Changes("http://127.0.0.1:1/", [outbox.PRODUCT_UPDATED])
    with runtime.sessions.write() as session:
        webhook, secret = webhooks.add(session, runtime.settings, asked, None)
    monkeypatch.setenv("SECRET", secret)
    exec(page.split("```python\n")[1].split("```")[0], names)
    with ThreadingHTTPServer(("127.0.0.1", 0), names["Receiver"]) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = Changes(f"http://127.0.0.1:{server.server_address[1]}/")
        with runtime.sessions.write() as session:
            webhooks.change(session, runtime.settings, webhook.id, url)
        happened(runtime)
        runtime.deliver()
        with runtime.sessions.write() as session:
            webhooks.replay(session, webhook.id, session.scalars(select(Delivery.id)).one())
        runtime.deliver()
        server.shutdown()
        thread.join()
    (delivery,) = deliveries(runtime)
    assert [entry["status"] for entry in delivery.log] == [204, 204]
    assert capsys.readouterr().out.count("product.updated {'id': 'x'}") == 1


def test_events_share_the_fate_of_their_change(runtime: Runtime) -> None:
    added(runtime)

    def create_and_fail() -> None:
        with runtime.sessions.write() as session:
            product = catalog.create(session, fields(), None)
            catalog.update(session, runtime.ports, product, {"title": "New"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        create_and_fail()
    assert told(runtime) == []


def test_the_life_of_a_product_is_told(runtime: Runtime) -> None:
    added(runtime)
    with runtime.sessions.write() as session:
        product, job = product_with_photos(session, runtime.ports, "SKU-1", photo())
    runtime.run_job(job.id)
    with runtime.sessions.write() as session:
        same = catalog.get(session, product.id)
        catalog.update(session, runtime.ports, same, {"title": "New", "brand": same.brand})
        catalog.update(session, runtime.ports, same, {"title": "New"})
    with runtime.sessions.write() as session:
        same = catalog.get(session, product.id)
        catalog.remove_image(session, runtime.ports, same, same.images[0].id)
        catalog.remove(session, runtime.ports, same)
    with runtime.sessions.write() as session:
        gone = catalog.get(session, product.id, deleted=True)
        catalog.restore(session, runtime.ports, gone)
    which = {"id": product.id, "external_id": "SKU-1"}
    assert [(each["type"], each["data"]) for each in told(runtime)] == [
        ("product.indexed", which | {"job_id": job.id, "searchable": True}),
        ("product.updated", which | {"changed": ["title"]}),
        ("product.updated", which | {"changed": ["images"]}),
        ("product.deleted", which),
        ("product.updated", which | {"changed": ["deleted_at"]}),
    ]


def test_a_job_that_fails_for_good_is_told_once(runtime: Runtime) -> None:
    added(runtime)
    with runtime.sessions.write() as session:
        product, job = product_with_photos(session, runtime.ports, "SKU-1", photo())
        image = product.images[0]
        runtime.ports.blobs.delete(image.blob_key)
    runtime.run_job(job.id)
    runtime.run_job(job.id)
    (event,) = told(runtime)
    assert event["type"] == "job.failed"
    assert event["data"]["product_id"] == product.id
    assert (event["data"]["id"], event["data"]["error_code"]) == (job.id, "blob_unknown")


def test_a_job_whose_workers_all_fell_silent_is_told(runtime: Runtime) -> None:
    added(runtime)
    policy = QueueSettings(max_attempts=1)
    queue = runtime.ports.queue
    with runtime.sessions.write() as session:
        job_id = jobs.submit(session, queue, Order(kinds.Publish())).id
        session.flush()
        assert jobs.claim(session, job_id, 30.0)
        session.execute(update(Job).values(lease_until=now()))
    for _ in range(2):
        with runtime.sessions.write() as session:
            sweeping.sweep(session, queue, policy)
    (event,) = told(runtime)
    assert event["data"]["error_code"] == "worker_lost"


def test_a_job_tried_again_is_not_told(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    added(runtime)
    with runtime.sessions.write() as session:
        _, job = product_with_photos(session, runtime.ports, "SKU-1", photo())

    def away(*_: object) -> bytes:
        raise Unavailable("blobs_unavailable", "The store does not answer.")

    monkeypatch.setattr(runtime.ports.blobs, "get", away)
    runtime.run_job(job.id)
    assert told(runtime) == []


def test_only_who_asked_is_told(runtime: Runtime) -> None:
    asked, _ = added(runtime, outbox.JOB_FAILED)
    _other, _ = added(runtime, outbox.PRODUCT_DELETED)
    disabled, _ = added(runtime, outbox.JOB_FAILED)
    removed, _ = added(runtime, outbox.JOB_FAILED)
    with runtime.sessions.write() as session:
        webhooks.change(session, runtime.settings, disabled, Changes(enabled=False))
        webhooks.remove(session, removed)
    happened(runtime, outbox.JOB_FAILED, outbox.PRODUCT_INDEXED)
    assert [delivery.webhook_id for delivery in deliveries(runtime)] == [asked]
    assert len(told(runtime)) == 1, "an event nobody asked for is not kept"


def test_a_failed_attempt_is_made_again_later_with_the_same_id(runtime: Runtime) -> None:
    added(runtime)
    happened(runtime)
    sender = FakeCourier({"shop.example": 500})
    assert [deliver(runtime, sender), deliver(runtime, sender)] == [1, 0]
    (waiting,) = deliveries(runtime)
    wait = (waiting.not_before - now()).total_seconds()
    first = runtime.settings.webhooks.retries[0]
    assert first - 3 < wait <= first * 1.25
    sender.statuses["shop.example"] = 200
    earlier(runtime)
    assert deliver(runtime, sender) == 1
    ids = {headers["webhook-id"] for _, _, headers in sender.posted}
    bodies = {body for _, body, _ in sender.posted}
    assert (len(sender.posted), len(ids), len(bodies)) == (2, 1, 1)
    (done,) = deliveries(runtime)
    assert (done.status, [entry["status"] for entry in done.log]) == ("delivered", [500, 200])


def test_waits_grow_and_end(runtime: Runtime) -> None:
    added(runtime)
    happened(runtime)
    retries = runtime.settings.webhooks.retries
    for wait in retries:
        earlier(runtime)
        assert deliver(runtime, FakeCourier()) == 1
        (delivery,) = deliveries(runtime)
        assert delivery.status == "pending"
        assert delivery.not_before > now() + timedelta(seconds=wait - 5)
    earlier(runtime)
    deliver(runtime, FakeCourier())
    (delivery,) = deliveries(runtime)
    assert (delivery.status, delivery.attempts) == ("given_up", len(retries) + 1)
    assert delivery.log[-1]["error"] == "No answer."


def test_a_receiver_that_fails_is_asked_once_a_round_and_stops_nobody_else(
    runtime: Runtime,
) -> None:
    added(runtime, url="https://dead.example/")
    added(runtime)
    happened(runtime, *[outbox.PRODUCT_UPDATED] * 3)
    sender = FakeCourier({"dead.example": 503, "shop.example": 200})
    assert deliver(runtime, sender) == 4
    order = [headers["webhook-id"] for url, _, headers in sender.posted if url == URL]
    assert order == sorted(order)


@pytest.mark.parametrize("status", [300, 302, 404, 500])
def test_only_success_counts(runtime: Runtime, status: int) -> None:
    added(runtime)
    happened(runtime)
    deliver(runtime, FakeCourier({"shop.example": status}))
    assert deliveries(runtime)[0].status == "pending"


def test_two_workers_never_hold_one_delivery(runtime: Runtime) -> None:
    webhook_id, _ = added(runtime)
    happened(runtime)
    policy = runtime.settings.webhooks
    with runtime.sessions.write() as session:
        first = sending.lease(session, webhook_id, policy)
        assert first is not None
    with runtime.sessions.write() as session:
        assert sending.lease(session, webhook_id, policy) is None
    earlier(runtime)  # the first fell silent
    with runtime.sessions.write() as session:
        second = sending.lease(session, webhook_id, policy)
        assert second is not None
        assert second.event.id == first.event.id
    with runtime.sessions.write() as session:
        assert not sending.record(session, policy, first, FINE), "its lease is another's now"
        assert sending.record(session, policy, second, BAD)
    assert deliveries(runtime)[0].status == "pending"


def test_a_webhook_that_fails_for_long_is_disabled_and_can_be_enabled(runtime: Runtime) -> None:
    webhook_id, _ = added(runtime)
    happened(runtime)
    deliver(runtime, FakeCourier())
    assert webhook(runtime, webhook_id).enabled
    with runtime.sessions.write() as session:
        long_ago = now() - timedelta(seconds=runtime.settings.webhooks.disable_after)
        session.execute(update(Webhook).values(failing_since=long_ago))
    earlier(runtime)
    deliver(runtime, FakeCourier())
    disabled = webhook(runtime, webhook_id)
    assert not disabled.enabled
    assert str(disabled.disabled_reason).startswith("nothing arrived since")
    earlier(runtime)
    happened(runtime)
    assert deliver(runtime, FakeCourier()) == 0
    with runtime.sessions.write() as session:
        webhooks.change(session, runtime.settings, webhook_id, Changes(enabled=True))
    assert deliver(runtime, FakeCourier({"shop.example": 200})) == 1, "what waited is sent"
    assert webhook(runtime, webhook_id).failing_since is None


def test_success_ends_the_count_of_failures(runtime: Runtime) -> None:
    webhook_id, _ = added(runtime)
    happened(runtime)
    deliver(runtime, FakeCourier())
    assert webhook(runtime, webhook_id).failing_since
    earlier(runtime)
    deliver(runtime, FakeCourier({"shop.example": 200}))
    assert webhook(runtime, webhook_id).failing_since is None


def test_gone_disables_at_once(runtime: Runtime) -> None:
    webhook_id, _ = added(runtime)
    happened(runtime)
    deliver(runtime, FakeCourier({"shop.example": 410}))
    assert webhook(runtime, webhook_id).disabled_reason == "it answered 410 Gone"
    assert deliveries(runtime)[0].status == "given_up"


def test_an_address_that_turned_private_is_never_reached(runtime: Runtime) -> None:
    strict = runtime.settings.webhooks.model_copy(update={"allow_private": False})
    with Receiver.listening() as receiver:
        added(runtime, url=receiver.url)
        happened(runtime)
        with closing(HttpWebhookSender(strict)) as sender:
            webhooks.deliver(runtime.sessions, sender, runtime.settings)
    assert receiver.got == []
    assert "private" in deliveries(runtime)[0].log[0]["error"]


def test_replay_sends_the_same_message_again(runtime: Runtime) -> None:
    webhook_id, _ = added(runtime)
    happened(runtime)
    sender = FakeCourier({"shop.example": 200})
    delivery_id = deliveries(runtime)[0].id
    with pytest.raises(Conflict), runtime.sessions.write() as session:
        webhooks.replay(session, webhook_id, delivery_id)
    deliver(runtime, sender)
    with runtime.sessions.write() as session:
        webhooks.replay(session, webhook_id, delivery_id)
    deliver(runtime, sender)
    ids = [headers["webhook-id"] for _, _, headers in sender.posted]
    assert (len(ids), len(set(ids))) == (2, 1)
    assert len(deliveries(runtime)[0].log) == 2
    other, _ = added(runtime)
    with pytest.raises(NotFound), runtime.sessions.write() as session:
        webhooks.replay(session, other, delivery_id)


def test_a_test_reaches_this_webhook_alone(runtime: Runtime) -> None:
    webhook_id, secret = added(runtime, outbox.JOB_FAILED)
    added(runtime, url="https://other.example/")
    with runtime.sessions.write() as session:
        webhooks.send_test(session, webhook_id)
    sender = FakeCourier({"shop.example": 200, "other.example": 200})
    assert deliver(runtime, sender) == 1
    _, body, headers = sender.posted[0]
    assert Verifier(secret).verify(body, headers)["type"] == "webhook.test"
    with runtime.sessions.write() as session:
        webhooks.change(session, runtime.settings, webhook_id, Changes(enabled=False))
    with pytest.raises(Conflict), runtime.sessions.write() as session:
        webhooks.send_test(session, webhook_id)


def test_both_secrets_sign_while_they_overlap(runtime: Runtime) -> None:
    webhook_id, old = added(runtime)
    sender = FakeCourier({"shop.example": 200})
    with runtime.sessions.write() as session:
        _, new = webhooks.rotate(session, runtime.settings, webhook_id)
    assert new != old
    happened(runtime)
    deliver(runtime, sender)
    _, body, headers = sender.posted[-1]
    assert Verifier(old).verify(body, headers) == Verifier(new).verify(body, headers)
    with runtime.sessions.write() as session:
        session.execute(update(Webhook).values(earlier_until=now()))
    happened(runtime)
    deliver(runtime, sender)
    _, body, headers = sender.posted[-1]
    Verifier(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(body, headers)
    with runtime.sessions.write() as session:
        rotated, _ = webhooks.rotate(session, runtime.settings, webhook_id, overlap=0)
    assert rotated.earlier_seed is None


def test_the_database_holds_nothing_that_signs(runtime: Runtime) -> None:
    _, secret = added(runtime)
    with runtime.sessions.read() as session:
        row = session.scalars(select(Webhook)).one()
    kept = {str(getattr(row, column.key)) for column in Webhook.__table__.columns}
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept
    settings = Settings.model_validate(
        {"auth": {"secret": "another secret " * 3}, "webhooks": runtime.settings.webhooks}
    )
    happened(runtime)
    sender = FakeCourier({"shop.example": 200})
    deliver(replace(runtime, settings=settings), sender)
    assert sender.posted == []
    assert "VITRINE_AUTH__SECRET" in deliveries(runtime)[0].log[0]["error"]


def test_old_events_are_forgotten(runtime: Runtime) -> None:
    added(runtime)
    happened(runtime, outbox.JOB_FAILED, outbox.JOB_FAILED)
    oldest = deliveries(runtime)[0].event_id
    age = timedelta(seconds=runtime.settings.webhooks.keep + 1)
    with runtime.sessions.write() as session:
        session.execute(update(Event).where(Event.id == oldest).values(created_at=now() - age))
        session.execute(update(Delivery).values(status="delivered"))
    with runtime.sessions.read() as session:
        assert webhooks.due(session, runtime.settings.webhooks)
    runtime.deliver()
    assert len(deliveries(runtime)) == len(told(runtime)) == 1
    with runtime.sessions.read() as session:
        assert not webhooks.due(session, runtime.settings.webhooks)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example/hook",
        "ftp://shop.example/",
        "http://shop.example/",
        "https://",
        "https://user:word@shop.example/",
        "https://shop.example/#part",
        "https://shop.example:port/",
        "https://[half/",
        "https://shop.example/a b",
        "https://größe.example/",
        "https://shop.example/\n",
        "https://shop.example/" + "a" * 2000,
    ],
)
def test_urls_that_make_no_sense(runtime: Runtime, url: str) -> None:
    strict = runtime.settings.webhooks.model_copy(update={"allow_private": False})
    settings = runtime.settings.model_copy(update={"webhooks": strict})
    with pytest.raises(Invalid) as caught, runtime.sessions.write() as session:
        webhooks.add(session, settings, Changes(url, outbox.TYPES), None)
    assert list(caught.value.fields) == ["url"]
