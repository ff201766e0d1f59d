"""Every operation of the OpenAPI document, asked by every caller with what it allows, and not."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import requests
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks
from sqlalchemy import select

from tests.worlds.factories import photo, product_with_photos
from tests.worlds.fakes import ListQueue
from tests.worlds.people import PASSWORD, Headers
from tests.worlds.visitors import SHOP, Door
from vitrine.api.app import create_app, document
from vitrine.api.permissions import NEEDS, VISIT
from vitrine.api.streams import Streams
from vitrine.api.visitors import HEADER
from vitrine.core.settings import Settings
from vitrine.services import accounts, webhooks
from vitrine.services.accounts import SCOPES
from vitrine.tables import Base
from vitrine.tables import catalog as tables
from vitrine.tables.jobs import Job, QueryResult
from vitrine.tables.people import ROLES, ApiKey, User
from vitrine.tables.shop import PublishableKey
from vitrine.tables.webhooks import Delivery, Webhook
from vitrine.wiring import Runtime

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
NOBODY, FORGED, VISITOR = "nobody", "forged", "visitor"
CALLERS = (NOBODY, FORGED, *ROLES, *(f"key of {role}" for role in ROLES))
ASKING = {GenerationMode.POSITIVE: CALLERS, GenerationMode.NEGATIVE: ("admin",)}
"""By whom what is right is asked, and what is wrong: of the latter, others see the same or less."""
AT_THE_DOOR = {
    GenerationMode.POSITIVE: (NOBODY, "admin", VISITOR),
    GenerationMode.NEGATIVE: (VISITOR,),
}
"""The same of what shoppers are open to."""

IDS: Mapping[str, type[Base]] = {
    "product_id": tables.Product,
    "image_id": tables.Image,
    "crop_id": tables.Crop,
    "job_id": Job,
    "query_id": QueryResult,
    "key_id": ApiKey,
    "webhook_id": Webhook,
    "publishable_key_id": PublishableKey,
    "search_id": QueryResult,
    "delivery_id": Delivery,
}
"""Whose ids stand in paths beside made-up ones."""

CATALOGUE = b"external_id,title,price,images\nA,Shirt,9 EUR,a.jpg\nB,Coat,1e999,\n"
REAL = 0.6
"""How often an id or a file is a real one."""


@dataclass
class Tally:
    """Answers by status, and the first of each kind that is not as the document says."""

    answers: Counter[int] = field(default_factory=Counter)
    found: dict[str, str] = field(default_factory=dict)

    def note(self, case: Case[Any], caller: str, failures: list[Failure]) -> None:
        """Keep what is new of what one answer showed."""
        for failure in failures:
            told = f"{case.operation.label}: {failure.title}"
            self.found.setdefault(told, f"{caller}: {failure}\n{case.as_curl_command()}")


class Siege:
    """One app, and who asks it."""

    def __init__(self, runtime: Runtime, seed: int = 0) -> None:
        self.runtime = runtime
        self.seed = seed
        self.tally = Tally()
        self.app = _app(runtime)
        self.schema = schemathesis.openapi.from_dict(document())
        self._chance = random.Random(seed)
        self._users: dict[str, str] = {}
        self._headers: dict[str, Headers] = {}
        _furnish(runtime)

    def run(self, examples: int, until: float = float("inf")) -> Tally:
        """Ask each operation so many times what is right, and what is wrong, by all who may ask."""
        # https, because Secure cookies come back on nothing else.
        with TestClient(self.app, "https://testserver", raise_server_exceptions=False) as client:
            for operation in self._operations():
                for mode in ASKING:
                    if time.monotonic() < until:
                        self._ask(client, operation, mode, examples)
                self._work()
        return self.tally

    def _operations(self) -> Iterator[APIOperation[Any, Any, Any, Any]]:
        for result in self.schema.get_all_operations():
            assert isinstance(result, Ok)
            yield result.ok()

    def _ask(
        self,
        client: TestClient,
        operation: APIOperation[Any, Any, Any, Any],
        mode: GenerationMode,
        examples: int,
    ) -> None:
        at_the_door = NEEDS[operation.definition.raw["operationId"]] is VISIT
        callers = AT_THE_DOOR if at_the_door else ASKING

        @hypothesis.seed(self.seed)
        @hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(mode))
        def asked(case: Case[Any]) -> None:
            self._made_real(case)
            for caller in callers[mode]:
                self._send(client, case, caller)

        try:
            asked()
        except hypothesis.errors.Unsatisfiable:  # nothing there could be wrong
            return

    def _send(self, client: TestClient, case: Case[Any], caller: str) -> None:
        try:
            sent = requests.Request(**case.as_transport_kwargs("https://testserver")).prepare()
            headers = {name: str(told) for name, told in sent.headers.items()}
            headers |= self._headers_of(caller)
            body: Any = sent.body
            client.cookies.clear()
            answer = client.request(
                str(sent.method),
                str(sent.url),
                headers=headers,
                content=body,
                follow_redirects=False,
            )
        except (requests.RequestException, UnicodeError, ValueError):  # what no client can send
            return
        self.tally.answers[answer.status_code] += 1
        if answer.status_code == 401:  # signed out, or revoked, as it asked for
            self._headers.pop(caller, None)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            self.tally.note(case, caller, list(group.exceptions))

    def _made_real(self, case: Case[Any]) -> None:
        """Put things there are in the place of some made-up ones."""
        for name, kind in IDS.items():
            for given in (case.path_parameters, case.query):
                if given and name in given and (ids := self._ids(kind)) and self._often():
                    given[name] = self._chance.choice(ids)
        if case.query and "key" in case.query and self._often():
            case.query["key"] = self._headers_of(VISITOR)[HEADER]
        if isinstance(case.body, dict):
            real: dict[str, Any] = {"image": photo(), "images": [photo()], "file": CATALOGUE}
            for name, data in real.items():
                if name in case.body and self._often():
                    case.body[name] = data

    def _ids(self, kind: type[Base]) -> list[str]:
        with self.runtime.sessions.read() as session:
            found = session.scalars(select(kind).limit(20).execution_options(show_deleted=True))
            return [each.id for each in found]  # type: ignore[attr-defined]

    def _often(self) -> bool:
        return self._chance.random() < REAL

    def _work(self) -> None:
        queue = self.runtime.ports.queue
        if isinstance(queue, ListQueue):
            queue.run_all(self.runtime.run_job)

    def _headers_of(self, caller: str) -> Headers:
        if caller == NOBODY:
            return {}
        if caller == VISITOR:
            if caller not in self._headers:
                key = Door(self.runtime).key(filters={}, per_visitor=10**6, per_minute=10**6)[1]
                self._headers[caller] = {HEADER: key, "Origin": SHOP}
            return self._headers[caller]
        if caller not in self._headers:
            token = "vitrine_forged" if caller == FORGED else self._token(caller)
            self._headers[caller] = {"Authorization": f"Bearer {token}"}
        return self._headers[caller]

    def _token(self, caller: str) -> str:
        """Of a sign-in or a key with every scope, new."""
        role = caller.removeprefix("key of ")
        with self.runtime.sessions.write() as session:
            if role not in self._users:
                user = User(email=f"{role}@example.org", password_hash=_HASH, role=role, name=role)
                session.add(user)
                session.flush()
                self._users[role] = user.id
            user = accounts.get_user(session, self._users[role])
            if caller == role:
                return accounts.sign_in(session, user, self.runtime.settings).access
            asker = accounts.Caller(user.id, user.email, user.name, "admin")
            return accounts.create_key(session, asker, "a key", list(SCOPES))[1]


_HASH = accounts.hash_password(PASSWORD)


def unlimited(settings: Settings) -> Settings:
    """The settings without rates, which would be all that is ever answered."""
    none = dict.fromkeys(
        ("per_address", "per_user", "per_key", "pictures", "visitor_photos", "visitor_pictures"), 0
    )
    return settings.model_copy(update={"rates": settings.rates.model_copy(update=none)})


def _app(runtime: Runtime) -> FastAPI:
    app = create_app(unlimited(runtime.settings), runtime)
    app.state.streams = Streams(longest=0.0)
    return app


def _furnish(runtime: Runtime) -> None:
    """Something of each kind to ask for."""
    with runtime.sessions.write() as session:
        for number in range(3):
            picture = photo(seed=number)
            product_with_photos(session, runtime.ports, f"SKU-{number}", picture)
        wanted = webhooks.Changes("https://hooks.example.org/", ["product.indexed"], "")
        hook, _ = webhooks.add(session, runtime.settings, wanted, None)
        session.flush()
        webhooks.send_test(session, hook.id)
    assert isinstance(runtime.ports.queue, ListQueue)
    runtime.ports.queue.run_all(runtime.run_job)
