"""Visitors of the public door: their key, the page they ask from, how often they may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from vitrine.api.deps import get_address
from vitrine.api.rates import Rates
from vitrine.core.errors import Unauthenticated, VitrineError
from vitrine.services import shop
from vitrine.services.shop import Visitor
from vitrine.wiring import Runtime

HEADER = "X-Vitrine-Key"
IN_QUERY = "key"

PICTURES = frozenset({"shop_picture"})
"""Routes that an <img> asks, which sends no headers: their key stands in the address, and they are
counted apart, for a page of hits asks for many."""


async def admit_visitor(request: Request, name: str) -> Visitor:
    """Who asks with which key; raises Unauthenticated, Forbidden for another origin, Limited."""
    runtime: Runtime = request.app.state.runtime
    in_query = name in PICTURES
    given = request.query_params.get(IN_QUERY) if in_query else request.headers.get(HEADER)
    if not given:
        where = f"?{IN_QUERY}=" if in_query else f"the header {HEADER}"
        raise Unauthenticated("key_missing", f"Send a publishable key in {where}.")
    asking = given, _foreign(request), get_address(request)
    known = shop.known_visitor(runtime.sessions.keeper, *asking)
    if known is None:
        visitor, to_note = await run_in_threadpool(_visitor, runtime, *asking)
    else:
        visitor, to_note = known, False
    rates: Rates = request.app.state.rates
    check = rates.check_visitor_pictures if in_query else rates.check_visitor
    await rates.counted(check, visitor)
    if to_note:
        await run_in_threadpool(_note_use, runtime, visitor)
    return visitor


def framers(scope: Scope, key: str) -> Sequence[str]:
    """The origins whose pages may frame the storefront with that key; none while nobody knows."""
    runtime: Runtime = scope["app"].state.runtime
    try:
        with runtime.sessions.read() as session:
            return shop.origins_of(session, key)
    except (OperationalError, VitrineError):
        return ()


async def get_visitor(request: Request) -> Visitor:
    """Who is asking, as the guard found out."""
    visitor: Visitor = request.state.visitor
    return visitor


VisitorDep = Annotated[Visitor, Depends(get_visitor)]


def _visitor(
    runtime: Runtime, given: str, origin: str | None, address: str
) -> tuple[Visitor, bool]:
    with runtime.sessions.read() as session:
        return shop.visitor_of(session, given, origin, address)


def _note_use(runtime: Runtime, visitor: Visitor) -> None:
    with runtime.sessions.write() as session:
        shop.note_use(session, visitor.key_id)


def _foreign(request: Request) -> str | None:
    """The origin of a page of another site; None for our own pages, and whatever is no page."""
    origin = request.headers.get("origin")
    if origin is None or request.headers.get("sec-fetch-site") == "same-origin":
        return None
    # Without the scheme: behind a proxy that ends TLS it is another here than in the browser.
    return None if origin.partition("://")[2] == request.headers.get("host") else origin
