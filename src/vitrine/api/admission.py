"""How many costly requests work at once and how many wait; the others are told to come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
from fastapi import Request

from vitrine.api.rates import Rates
from vitrine.core.errors import Unavailable
from vitrine.core.groups import AdmissionSettings

SEARCHES, VISITORS, UPLOADS, PASSWORDS = "searches", "visitors", "uploads", "passwords"
KINDS: Mapping[str, str] = {
    "search": SEARCHES,
    "detect": SEARCHES,
    "shop_search": VISITORS,
    "shop_detect": VISITORS,
    "shop_look_photo": VISITORS,
    "add_upload": UPLOADS,
    "create_product": UPLOADS,
    "add_images": UPLOADS,
    "start_import": UPLOADS,
    "sign_in": PASSWORDS,
    "change_password": PASSWORDS,
    "create_user": PASSWORDS,
    "change_user": PASSWORDS,
}
"""What a route's work costs: a run of models, photos to decode, or a hash that is slow on purpose.

Routes of photos pass the gate once their photo has come, so that a slow sender holds nobody up.
"""


class Gate:
    """`at_once` work, `waiting` more wait for at most `seconds`; for one event loop."""

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._places = anyio.CapacityLimiter(at_once)
        self._waiting = waiting
        self._seconds = seconds

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """One of the places, until the block ends; raises Unavailable where none is to be had."""
        holder = object()
        await self._acquire(holder)
        try:
            yield
        finally:
            self._places.release_on_behalf_of(holder)

    async def _acquire(self, holder: object) -> None:
        if self._places.statistics().tasks_waiting >= self._waiting:
            raise self._busy()
        with anyio.move_on_after(self._seconds):
            await self._places.acquire_on_behalf_of(holder)
            return
        raise self._busy()

    def _busy(self) -> Unavailable:
        wait = max(1, round(self._seconds))
        told = "Too many such requests are waiting already; try again soon."
        return Unavailable("busy", told, retry_after=wait)


class Admission:
    """Lets one request pass its gate, where it has one; the place is free when it is answered."""

    def __init__(self, request: Request, route: str, held: AsyncExitStack) -> None:
        self._request = request
        self._kind = KINDS.get(route, "")
        self._held = held

    @property
    def at_once(self) -> bool:
        """Whether the request passes as soon as it is read."""
        return self._kind == PASSWORDS

    async def enter(self) -> None:
        """Wait for a place; raises Limited, or Unavailable where there are too many."""
        if not self._kind:
            return
        state = self._request.app.state
        rates: Rates = state.rates
        if self._kind == VISITORS:
            await rates.counted(rates.check_visitor_photos, self._request.state.visitor)
        elif self._kind != PASSWORDS:
            await rates.counted(rates.check_pictures, self._request.state.caller)
        gates: Mapping[str, Gate] = state.gates
        await self._held.enter_async_context(gates[self._kind].passed())


def gates(settings: AdmissionSettings) -> Mapping[str, Gate]:
    """A gate of each kind."""
    wait = settings.wait
    return {
        SEARCHES: Gate(settings.searches, settings.searches_waiting, wait),
        VISITORS: Gate(settings.visitors, settings.visitors_waiting, wait),
        UPLOADS: Gate(settings.uploads, settings.uploads_waiting, wait),
        PASSWORDS: Gate(settings.passwords, settings.passwords_waiting, wait),
    }


async def enter(request: Request) -> None:
    """Have the request wait for its place, as `Admission.enter`."""
    admission: Admission = request.state.admission
    await admission.enter()
