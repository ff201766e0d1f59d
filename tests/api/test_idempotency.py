from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.worlds.factories import fields
from vitrine.api.idempotency import Idempotency
from vitrine.api.schemas.catalog import Product, ProductAnswer
from vitrine.core.errors import Conflict
from vitrine.core.settings import Settings
from vitrine.db import Sessions
from vitrine.services import accounts, catalog
from vitrine.tables.catalog import Product as StoredProduct


def made(session: Session) -> tuple[int, ProductAnswer]:
    product = catalog.create(session, fields(), None)
    return 201, ProductAnswer(product=Product.model_validate(product))


@pytest.fixture
def once(both_databases: tuple[Settings, Sessions]) -> Idempotency:
    sessions = both_databases[1]
    with sessions.write() as session:
        user = accounts.create_user(session, "ada@example.org", "correct horse battery", "editor")
    return Idempotency(sessions, user.id, "key-1", "POST /v1/products?")


def products(once: Idempotency) -> int:
    with once.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(StoredProduct)) or 0


def test_many_at_once_have_one_effect(once: Idempotency) -> None:
    start = threading.Barrier(6)

    def attempt(_: int) -> tuple[int, bytes | memoryview] | str:
        start.wait()
        try:
            answer = once.answer("digest", made)
        except Conflict as error:
            return error.code
        return answer.status_code, answer.body

    with ThreadPoolExecutor(6) as pool:
        outcomes = set(pool.map(attempt, range(6)))
    assert products(once) == 1
    assert len(outcomes - {"idempotency_in_progress"}) == 1
    replayed = once.answer("digest", made)
    assert (replayed.status_code, replayed.body) in outcomes
    assert replayed.headers["idempotency-replayed"] == "true"


def test_an_effect_that_fails_keeps_nothing(once: Idempotency) -> None:
    def fails(session: Session) -> tuple[int, ProductAnswer]:
        made(session)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once.answer("digest", fails)
    assert products(once) == 0
    assert once.answer("other digest", made).status_code == 201


def test_an_answer_lost_in_the_commit_is_not_kept(
    once: Idempotency, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Session) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", refuse)
        with pytest.raises(RuntimeError):
            once.answer("digest", made)
    assert products(once) == 0
    assert "idempotency-replayed" not in once.answer("digest", made).headers
