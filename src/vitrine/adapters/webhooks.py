"""Carries webhooks over HTTP, to public addresses only, following no redirect."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

import httpx

from vitrine.adapters import addresses
from vitrine.adapters.addresses import Resolve
from vitrine.core.errors import Forbidden, Unavailable, invalid
from vitrine.core.settings import WebhookSettings


class HttpWebhookSender:
    """A Courier for any number of threads; close it when done."""

    def __init__(self, policy: WebhookSettings, resolved: Resolve = addresses.resolve) -> None:
        self._client = addresses.checked_client(
            policy.timeout, allow_private=policy.allow_private, resolved=resolved
        )
        self._client.headers["user-agent"] = f"Vitrine/{version('vitrine')} webhooks"

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, whose body is not read; Forbidden, Unavailable."""
        try:
            with self._client.stream("POST", url, content=body, headers=dict(headers)) as answer:
                return answer.status_code
        except httpx.TimeoutException as error:
            raise Unavailable("receiver_slow", "The receiver did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable("receiver_unavailable", f"No answer: {error}") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def check_host(url: str, policy: WebhookSettings, resolved: Resolve = addresses.resolve) -> None:
    """Raise Invalid where a URL's host is not public or has no address; asks the resolver."""
    try:
        host = httpx.URL(url).host
        if host and not policy.allow_private:
            addresses.public_addresses(host, resolved)
    except httpx.InvalidURL:
        raise invalid("url", "is no URL") from None
    except (Forbidden, Unavailable) as refused:
        raise invalid("url", refused.message) from None
