"""Idempotency keys: a request sent twice has its effect once and its answer twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from vitrine.api.deps import CallerDep, RuntimeDep
from vitrine.core.errors import Conflict, Invalid, invalid
from vitrine.db import Sessions
from vitrine.tables.jobs import Reply

VISIBLE = re.compile(r"[\x21-\x7e]{1,200}")
Effect = Callable[[Session], tuple[int, BaseModel]]


@dataclass(frozen=True, slots=True)
class Idempotency:
    """One request's right to have its effect: always, or once per key."""

    sessions: Sessions
    user_id: str
    key: str | None
    target: str

    def answer(self, digest: str, effect: Effect) -> JSONResponse:
        """Run the effect in a transaction of its own and answer; or give the stored answer again.

        The answer is stored in the transaction of the effect. Raises Invalid for a key that came
        with other content before, Conflict while the first request is not done.
        """
        with self.sessions.write() as session:
            if self.key is None:
                return _fresh(*effect(session))
            fingerprint = hashlib.sha256(f"{self.target}\n{digest}".encode()).hexdigest()
            if stored := self._stored(session):
                return _again(stored, fingerprint)
            reply = self._reserve(session, fingerprint)
            status, body = effect(session)
            reply.status, reply.body = status, body.model_dump(mode="json")
        return _fresh(status, body)

    def _stored(self, session: Session) -> Reply | None:
        return session.scalar(
            select(Reply).where(Reply.user_id == self.user_id, Reply.idempotency_key == self.key)
        )

    def _reserve(self, session: Session, fingerprint: str) -> Reply:
        # Before the effect, so that of two at once the second stops here and has none.
        reply = Reply(
            user_id=self.user_id,
            idempotency_key=self.key,
            fingerprint=fingerprint,
            status=0,
            body={},
        )
        session.add(reply)
        try:
            session.flush()
        except IntegrityError:
            raise Conflict(
                "idempotency_in_progress",
                "The same request was just being answered; send it again for that answer.",
                retry_after=1,
            ) from None
        return reply


async def get_once(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    idempotency_key: Annotated[
        str | None,
        Header(description="Send the same key again to get the first answer again."),
    ] = None,
) -> Idempotency:
    """The request's Once; raises Invalid for a key that is too long or not visible ASCII."""
    if idempotency_key is not None and not VISIBLE.fullmatch(idempotency_key):
        raise invalid("Idempotency-Key", "needs 1 to 200 visible ASCII characters")
    target = f"{request.method} {request.url.path}?{request.url.query}"
    return Idempotency(runtime.sessions, caller.user_id, idempotency_key, target)


IdempotencyDep = Annotated[Idempotency, Depends(get_once)]


def _again(stored: Reply, fingerprint: str) -> JSONResponse:
    if stored.fingerprint != fingerprint:
        raise Invalid(
            "idempotency_key_reused",
            "This Idempotency-Key came with another request before; make a new one.",
            fields={"Idempotency-Key": "was used for another request"},
        )
    headers = _headers(stored.status, stored.body) | {"Idempotency-Replayed": "true"}
    return JSONResponse(stored.body, stored.status, headers)


def _fresh(status: int, body: BaseModel) -> JSONResponse:
    content = body.model_dump(mode="json")
    return JSONResponse(content, status, _headers(status, content))


def _headers(status: int, body: dict[str, Any]) -> dict[str, str]:
    if status == 202:
        return {"Location": f"/v1/jobs/{body['job']['id']}"}
    if "product" in body:
        return {"Location": f"/v1/products/{body['product']['id']}"}
    return {}
