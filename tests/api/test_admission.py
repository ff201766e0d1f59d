"""Gates and rates: who comes too often or too late is told when to come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from tests.worlds.factories import photo
from tests.worlds.people import PASSWORD, Headers
from vitrine.api.admission import KINDS, Gate
from vitrine.api.app import create_app
from vitrine.api.permissions import NEEDS
from vitrine.api.rates import Rates, network, rates_of
from vitrine.core.errors import Limited, Unavailable
from vitrine.core.groups import AdmissionSettings, RateSettings
from vitrine.core.settings import Settings
from vitrine.services.accounts import Caller
from vitrine.wiring import Runtime

PERSON = Caller("u1", "a@example.org", "", "viewer", sign_in_id="s")
PROGRAM = Caller("u1", "a@example.org", "", "viewer", key_id="k1")


def test_every_costly_route_exists() -> None:
    assert KINDS.keys() <= NEEDS.keys()


def test_of_many_at_once_some_work_some_wait_and_the_others_are_refused() -> None:
    working, most, refused = 0, 0, list[Unavailable]()

    async def come(gate: Gate) -> None:
        nonlocal working, most
        try:
            async with gate.passed():
                working += 1
                most = max(most, working)
                await asyncio.sleep(0.01)
                working -= 1
        except Unavailable as error:
            refused.append(error)

    async def all_come() -> None:
        gate = Gate(at_once=2, waiting=3, seconds=5)
        await asyncio.gather(*(come(gate) for _ in range(10)))
        await come(gate)  # it is free again

    asyncio.run(all_come())
    assert most == 2
    assert [error.retry_after for error in refused] == [5] * 5


def test_nobody_waits_at_a_gate_for_ever() -> None:
    async def come() -> None:
        gate = Gate(at_once=1, waiting=3, seconds=0.05)
        async with gate.passed():
            with pytest.raises(Unavailable):
                async with gate.passed():
                    pass
        async with gate.passed():
            pass

    asyncio.run(come())


def served(runtime: Runtime, **changes: object) -> TestClient:
    settings = runtime.settings.model_copy(update=changes)
    return TestClient(create_app(settings, runtime), "https://testserver")


def test_a_search_that_finds_no_place_is_503_and_says_when_to_come_again(
    runtime: Runtime, signed_in: Callable[..., Headers]
) -> None:
    headers = signed_in("viewer")
    with served(runtime, admission=AdmissionSettings(searches_waiting=0, searches=1)) as client:
        client.app.state.gates["searches"] = Gate(0, 0, 3)  # type: ignore[attr-defined]
        answer = client.post("/v1/search", files={"image": ("a", photo())}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert answer.headers["retry-after"] == "3"
        assert answer.headers["content-type"] == "application/problem+json"
        # Words cost little, and pass.
        words = client.post("/v1/search", json={"text": "coat"}, headers=headers)
        assert words.json().get("code") != "busy"


def test_passwords_are_hashed_a_few_at_a_time(
    runtime: Runtime, new_user: Callable[..., object]
) -> None:
    new_user("viewer")
    asked = {"email": "viewer@example.org", "password": PASSWORD}
    with served(runtime) as client:
        assert client.post("/v1/auth/sign-in", json=asked).status_code == 200
        client.app.state.gates["passwords"] = Gate(0, 0, 3)  # type: ignore[attr-defined]
        assert client.post("/v1/auth/sign-in", json=asked).status_code == 503


def test_one_request_too_many_is_429_as_a_problem(
    runtime: Runtime, signed_in: Callable[..., Headers]
) -> None:
    one, other = signed_in("viewer", "one"), signed_in("viewer", "other")
    with served(runtime, rates=RateSettings(per_user=3)) as client:
        for _ in range(3):
            assert client.get("/v1/products", headers=one).status_code == 200
        answer = client.get("/v1/products", headers=one)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert client.get("/v1/products", headers=other).status_code == 200


def test_an_address_is_counted_before_anybody_is_known_but_health_answers(
    runtime: Runtime,
) -> None:
    with served(runtime, rates=RateSettings(per_address=2)) as client:
        told = [client.get("/v1/products").status_code for _ in range(3)]
        assert told == [401, 401, 429]
        assert client.get("/v1/health").status_code == 200


def test_people_keys_and_photos_are_counted_apart_and_zero_means_any() -> None:
    rates = Rates(RateSettings(per_user=1, per_key=1, pictures=0))
    rates.check_caller(PERSON)
    rates.check_caller(PROGRAM)
    for _ in range(10):
        rates.check_pictures(PERSON)
    with pytest.raises(Limited):
        rates.check_caller(PROGRAM)


@pytest.mark.servers
def test_processes_that_share_redis_count_together(redis_url: str) -> None:
    one, other = (Rates(RateSettings(per_user=2), redis_url) for _ in range(2))
    one.check_caller(PERSON)
    other.check_caller(PERSON)
    with pytest.raises(Limited):
        one.check_caller(PERSON)


def test_without_redis_each_process_counts_for_itself() -> None:
    rates = Rates(RateSettings(per_user=2), "redis://127.0.0.1:1/0")
    rates.check_caller(PERSON)
    rates.check_caller(PERSON)
    with pytest.raises(Limited):
        rates.check_caller(PERSON)


def test_redis_counts_where_it_is_the_queue() -> None:
    def storage(**settings: object) -> bool:
        made = rates_of(Settings.model_validate(settings))
        return made._shared is not made._here

    queue = {"kind": "celery", "broker_url": "redis://127.0.0.1:1/0"}
    assert storage(queue=queue, vectors={"kind": "server"})
    assert not storage()
    assert storage(rates={"storage": "redis://127.0.0.1:1/0"})


def test_a_network_of_version_six_is_one_address() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:1")
    assert network("2001:db8:0:1::1") != network("2001:db8::1")
    assert network("192.0.2.1") == "192.0.2.1"
    assert network("testclient") == "testclient"
