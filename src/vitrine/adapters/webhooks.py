"""Sends webhooks over HTTP, to public addresses only, following no redirect."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from urllib.parse import urlsplit

import httpcore

from vitrine.adapters import addresses, outbound
from vitrine.adapters.addresses import Resolve
from vitrine.adapters.outbound import Outbound
from vitrine.core.errors import Forbidden, Unavailable, invalid
from vitrine.core.groups import WebhookSettings


class HttpWebhookSender:
    """A WebhookSender for any number of threads; close it when done."""

    def __init__(self, policy: WebhookSettings, resolve: Resolve = addresses.resolve) -> None:
        also = addresses.ANYWHERE if policy.allow_private else ()
        self._outbound = Outbound(policy.timeout, also, resolve)
        self._timeout = policy.timeout

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, whose body is not read; Forbidden, Unavailable."""
        sent = _HEADERS | dict(headers)
        try:
            with (
                outbound.within(self._timeout),
                self._outbound.stream("POST", outbound.plain(url), sent, body) as answer,
            ):
                return answer.status
        except httpcore.TimeoutException as error:
            raise Unavailable("receiver_slow", "The receiver did not answer in time.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            raise Unavailable("receiver_unavailable", f"No answer: {error}") from error

    def close(self) -> None:
        """Close the connections."""
        self._outbound.close()


_HEADERS = {"Accept": "*/*", "User-Agent": f"Vitrine/{version('vitrine')} webhooks"}


def check_host(url: str, policy: WebhookSettings, resolve: Resolve = addresses.resolve) -> None:
    """Raise Invalid where a URL's host is not public or has no address; asks the resolver."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        raise invalid("url", "is no URL") from None
    try:
        if host and not policy.allow_private:
            addresses.public_addresses(host, resolve)
    except (Forbidden, Unavailable) as refused:
        raise invalid("url", refused.message) from None
