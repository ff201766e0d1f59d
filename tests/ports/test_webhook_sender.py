from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.worlds.fakes import FakeCourier
from tests.worlds.programs import free_port
from tests.worlds.receivers import Receiver
from vitrine.adapters import addresses
from vitrine.adapters.webhooks import HttpWebhookSender, check_host
from vitrine.core.errors import Forbidden, Invalid, Unavailable
from vitrine.core.groups import WebhookSettings
from vitrine.ports import WebhookSender

POLICY = WebhookSettings(timeout=5)
BODY = '{"title": "Größe"}'.encode()
HEADERS = {"content-type": "application/json", "webhook-id": "an-id"}


@dataclass
class Round:
    """A sender, a receiver it reaches, and ones it must not or cannot reach."""

    sender: WebhookSender
    url: str
    private: str
    dead: str
    answer: Callable[[int], None]
    posted: Callable[[], list[tuple[bytes, dict[str, str]]]]


@pytest.fixture(params=["fake", "http"])
def round_(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Round]:
    if request.param == "fake":
        fake = FakeCourier({"shop.example": 204}, frozenset({"10.0.0.1"}))
        yield Round(
            fake,
            "http://shop.example/hook",
            "http://10.0.0.1/hook",
            "http://dead.example/hook",
            lambda status: fake.statuses.update({"shop.example": status}),
            lambda: [(body, headers) for _, body, headers in fake.posted],
        )
        return
    # The receiver is real and so on loopback, which for this test alone counts as public.
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    with Receiver.listening() as receiver, closing(HttpWebhookSender(POLICY)) as sender:
        yield Round(
            sender,
            receiver.url,
            f"http://10.0.0.1:{receiver.port}/hook",
            f"http://127.0.0.1:{free_port()}/hook",
            lambda status: receiver.answer(status, location=receiver.url + "/next"),
            lambda: [(got.body, got.headers) for got in receiver.got],
        )


def test_body_and_headers_arrive_as_given(round_: Round) -> None:
    assert round_.sender.post(round_.url, BODY, HEADERS) == 204
    ((body, headers),) = round_.posted()
    assert body == BODY
    assert headers.items() >= HEADERS.items()


@pytest.mark.parametrize("status", [200, 301, 307, 410, 429, 500])
def test_the_status_is_the_answers_own_and_no_redirect_is_followed(
    round_: Round, status: int
) -> None:
    round_.answer(status)
    assert round_.sender.post(round_.url, BODY, HEADERS) == status
    assert len(round_.posted()) == 1


def test_private_addresses_are_refused(round_: Round) -> None:
    with pytest.raises(Forbidden) as caught:
        round_.sender.post(round_.private, BODY, HEADERS)
    assert caught.value.code == "address_not_public"
    assert round_.posted() == []


def test_nobody_answering_is_unavailable(round_: Round) -> None:
    with pytest.raises(Unavailable):
        round_.sender.post(round_.dead, BODY, HEADERS)


def test_hosts_are_checked_when_they_are_named() -> None:
    check_host("https://shop.example/hook", POLICY, lambda _: ["93.184.216.34"])
    check_host("http://127.0.0.1/", WebhookSettings(allow_private=True))
    for resolved in (lambda _: ["10.0.0.1"], lambda _: []):
        with pytest.raises(Invalid) as caught:
            check_host("https://shop.example/hook", POLICY, resolved)
        assert list(caught.value.fields) == ["url"]
    with pytest.raises(Invalid):
        check_host("https://[half", POLICY)
