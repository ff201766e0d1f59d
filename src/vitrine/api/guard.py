"""Every route asks first who is calling and whether they may, and only then reads the request."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from vitrine.api import audited, content, cookies, lanes
from vitrine.api.admission import Admission
from vitrine.api.audited import ACTS, Audited
from vitrine.api.deps import get_address
from vitrine.api.permissions import NEEDS, VISIT
from vitrine.api.rates import Rates
from vitrine.api.scores import tell_scores
from vitrine.api.visitors import admit_visitor
from vitrine.core.errors import Forbidden, NotFound, Unauthenticated, VitrineError
from vitrine.core.settings import Settings
from vitrine.services import accounts
from vitrine.services.accounts import Caller, Need
from vitrine.wiring import Runtime

UNCOUNTED = frozenset({"health", "live"})
"""Routes that answer however often they are asked."""
STORES = frozenset({"add_images", "add_upload", "create_product", "start_import"})
"""The routes that take files in, which they refuse before reading them when the disk is full."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OTHERS_QUERY = frozenset({"finish_oidc"})
"""Routes whose query is written by somebody else, who may add to it."""


class GuardedRoute(APIRoute):
    """A route that answers nobody before the table of permissions allowed it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        name = given.get("name") or endpoint.__name__
        super().__init__(path, lanes.laned(name, endpoint), **given)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's work behind its guard; raises LookupError for a route nobody decided on."""
        if self.name not in NEEDS:
            raise LookupError(f"{self.name} is missing in api/permissions.py")
        name, need, work = self.name, NEEDS[self.name], super().get_route_handler()
        known = None if name in OTHERS_QUERY else _query_names(self.dependant)
        act = ACTS.get(name)

        async def guarded(request: Request) -> Response:
            async def answered() -> Response:
                if need is not None:
                    await _admitted(request, name, need)
                if name in STORES:
                    request.app.state.runtime.require_room()
                async with AsyncExitStack() as held:
                    request.state.admission = admission = Admission(request, name, held)
                    await _check_content(request, known)
                    if admission.at_once:
                        await admission.enter()
                    return await work(request)

            if name not in UNCOUNTED:
                await request.app.state.rates.counted(check_rates, request)
            return await (answered() if act is None else _recorded(request, act, answered))

        return guarded


def router(prefix: str = "", tag: str = "") -> APIRouter:
    """A router whose routes are all guarded."""
    return APIRouter(prefix=prefix, tags=[tag] if tag else [], route_class=GuardedRoute)


def guarded(routers: Iterable[APIRouter]) -> Iterator[GuardedRoute]:
    """The guarded routes of these routers, which all of theirs are."""
    for each in routers:
        yield from (route for route in each.routes if isinstance(route, GuardedRoute))


async def _recorded(
    request: Request, act: Audited, answered: Callable[[], Awaitable[Response]]
) -> Response:
    """The answer, once the audit log tells of it."""
    try:
        answer = await answered()
    except VitrineError as error:
        await run_in_threadpool(audited.note_error, request, act, error)
        raise
    await run_in_threadpool(audited.note_answer, request, act, answer)
    return answer


async def _admitted(request: Request, name: str, need: Need) -> None:
    if need is VISIT:
        request.state.visitor = await admit_visitor(request, name)
        return
    runtime: Runtime = request.app.state.runtime
    token, by_cookie = _credential(request)
    caller = accounts.known(runtime.sessions.keeper, token)
    if caller is None:
        caller = await run_in_threadpool(_caller, runtime, token)
    request.state.caller = caller
    tell_scores(caller)
    if by_cookie and request.method not in SAFE_METHODS:
        check_csrf(request, runtime.settings, caller.sign_in_id or "")
    caller.require(need)
    rates: Rates = request.app.state.rates
    await rates.counted(rates.check_caller, caller)


def check_rates(request: Request) -> None:
    """Raise Limited where the address asks too often; it is counted before anything is read."""
    request.app.state.rates.check_address(get_address(request))


def check_csrf(request: Request, settings: Settings, sign_in_id: str) -> None:
    """Raise Forbidden unless the page that sends a cookie could also read ours."""
    expected = cookies.csrf_token(settings.secret, sign_in_id)
    sent = request.headers.get("x-csrf-token", "")
    cookie = request.cookies.get(cookies.CSRF, "")
    if not (_same(sent, expected) and _same(cookie, expected)):
        raise Forbidden("csrf", "Send the value of the CSRF cookie in the header X-CSRF-Token.")


def _credential(request: Request) -> tuple[str, bool]:
    """The token and whether it came by cookie; a header goes first."""
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer":
            raise Unauthenticated("not_signed_in", "Use Authorization: Bearer with a token or key.")
        return token.strip(), False
    if token := request.cookies.get(cookies.ACCESS, ""):
        return token, True
    if cookies.CSRF in request.cookies:  # it outlives the access token, as the sign-in does
        raise Unauthenticated("token_expired", "The access token has expired; refresh it.")
    raise Unauthenticated("not_signed_in", "Sign in, or send an API key.")


def _caller(runtime: Runtime, token: str) -> Caller:
    """Who is calling; raises Unauthenticated."""
    with runtime.sessions.read() as session:
        found = accounts.asking(session, token, runtime.settings)
    if found.to_note and found.caller.key_id:
        with runtime.sessions.write() as session:
            accounts.note_key_use(session, found.caller.key_id)
    return found.caller


def _query_names(dependant: Dependant) -> set[str]:
    own = {
        name
        for param in dependant.query_params
        for name in _fields(param.field_info.annotation) or {param.alias}
    }
    return own.union(*(_query_names(needed) for needed in dependant.dependencies))


def _fields(kind: object) -> set[str]:
    """The fields of a model, which are a parameter each; none of any other type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return set(kind.model_fields)
    return set()


async def _check_content(request: Request, known: set[str] | None) -> None:
    if known is not None:
        content.check_query(request.scope["query_string"], known)
    if any("\x00" in str(value) for value in request.path_params.values()):
        raise NotFound("not_found", "There is nothing of that name.")
    if content.is_json(request) and request.method not in SAFE_METHODS:
        body = await request.body()
        if body:
            content.parse_json(body)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
