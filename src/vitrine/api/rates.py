"""How often an address, a person, a key or a visitor may ask in a minute."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import TypeVar

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool

from vitrine.core.errors import Limited
from vitrine.core.groups import RateSettings
from vitrine.core.settings import Settings
from vitrine.services.accounts import Caller
from vitrine.services.shop import Visitor

ANSWERS_IN = 0.5
"""Seconds that Redis has to count; a request does not wait longer for that."""

REST = 15.0
"""Seconds in which each process counts for itself after Redis did not answer."""

Asking = TypeVar("Asking")

log = structlog.get_logger()


class Rates:
    """Counts requests in Redis, or in this process where there is none or it does not answer."""

    def __init__(self, settings: RateSettings, storage: str = "") -> None:
        self._settings = settings
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _shared(storage) if storage else self._here
        self._rest_until = 0.0

    async def counted(self, check: Callable[[Asking], None], asking: Asking) -> None:
        """Have one of the checks below count who asks: at once, or on a thread if Redis does."""
        if self._shared is self._here:
            check(asking)
        else:
            await run_in_threadpool(check, asking)

    def check_address(self, address: str) -> None:
        """Count a request of the address; raises Limited over its rate."""
        self._check("address", network(address), rate=self._settings.per_address)

    def check_caller(self, caller: Caller) -> None:
        """Count a request of the person or the key; raises Limited over its rate."""
        if caller.key_id:
            self._check("key", caller.key_id, rate=self._settings.per_key)
        else:
            self._check("user", caller.user_id, rate=self._settings.per_user)

    def check_pictures(self, caller: Caller) -> None:
        """Count a photo that somebody sends or searches with; raises Limited over the rate."""
        self._check("pictures", caller.user_id, rate=self._settings.pictures)

    def check_visitor(self, visitor: Visitor) -> None:
        """Count a request with a publishable key; raises Limited over the rate of the visitor, who
        then takes nothing from the key's, or over that of the key."""
        self._check("visitor", *_who(visitor), rate=visitor.per_visitor)
        self._check("publishable", visitor.key_id, rate=visitor.per_minute)

    def check_visitor_pictures(self, visitor: Visitor) -> None:
        """Count a picture that a visitor is shown; raises Limited over the rate."""
        self._check("shown", *_who(visitor), rate=self._settings.visitor_pictures)

    def check_visitor_photos(self, visitor: Visitor) -> None:
        """Count a photo that a visitor searches with; raises Limited over the rate."""
        self._check("asked", *_who(visitor), rate=self._settings.visitor_photos)

    def _check(self, kind: str, *who: str, rate: int) -> None:
        if rate and (wait := self._hit(RateLimitItemPerMinute(rate), kind, *who)):
            told = f"More than {rate:,} such requests a minute; try again in {wait} seconds."
            raise Limited("too_many_requests", told, retry_after=wait)

    def _hit(self, rate: RateLimitItemPerMinute, *who: str) -> int:
        """Seconds to wait; none where the request is one of those allowed."""
        if self._shared is not self._here and time.monotonic() > self._rest_until:
            try:
                return _wait(self._shared, rate, *who)
            except StorageError:
                self._rest_until = time.monotonic() + REST
                log.warning("rates are counted by each process: Redis does not answer")
        return _wait(self._here, rate, *who)


def rates_of(settings: Settings) -> Rates:
    """Counted in the Redis of the scale-out shape, or where VITRINE_RATES__STORAGE says."""
    storage = settings.rates.storage.get_secret_value()
    broker = settings.queue.broker_url.get_secret_value()
    if not storage and settings.queue.kind == "celery" and broker.startswith("redis"):
        storage = broker
    return Rates(settings.rates, storage)


def network(address: str) -> str:
    """The address; of version 6 the network of 64 bits that one customer has all of."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return f"{found.packed[:8].hex()}/64" if isinstance(found, IPv6Address) else address


def _who(visitor: Visitor) -> tuple[str, str]:
    """What is counted as one visitor: an address at one key."""
    return visitor.key_id, network(visitor.address)


def _shared(storage: str) -> SlidingWindowCounterRateLimiter:
    options = {"socket_timeout": ANSWERS_IN, "socket_connect_timeout": ANSWERS_IN}
    return SlidingWindowCounterRateLimiter(
        storage_from_string(storage, wrap_exceptions=True, key_prefix="vitrine-rates", **options)
    )


def _wait(counted: SlidingWindowCounterRateLimiter, rate: RateLimitItemPerMinute, *who: str) -> int:
    if counted.hit(rate, *who):
        return 0
    return max(1, math.ceil(counted.get_window_stats(rate, *who).reset_time - time.time()))
