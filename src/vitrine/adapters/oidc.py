"""An OpenID provider: the authorization code flow with PKCE, state and nonce."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from vitrine.core.errors import Unauthenticated, Unavailable, invalid
from vitrine.core.sign_in import OidcSettings

SIGNED_BY = ["RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "EdDSA", "Ed25519"]
"""Signatures that only the provider can make: none of those that our own secret would make."""

LEEWAY = 60
"""Seconds by which clocks may differ."""

FRESH = 600.0
"""Seconds for which what the provider said of itself is not asked again."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: what must come back, and the proof that it was this browser's."""

    state: str
    nonce: str
    verifier: str


class OidcProvider:
    """The provider that the settings name; asked at first use, shared by threads."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._known: tuple[float, Mapping[str, Any], KeySet] | None = None

    def begin(self, callback: str) -> tuple[str, Begun]:
        """The address to send the browser to, and what to remember; raises Unavailable."""
        begun = Begun(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(64),
        )
        metadata, _ = self._discovered()
        with self._client(callback, metadata) as client:
            url, _state = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return url, begun

    def finish(self, callback: str, code: str, begun: Begun) -> dict[str, Any]:
        """Who signed in, as claims of a checked ID token, and of the user's own page where needed.

        Raises Unauthenticated for what the provider or we refuse, Unavailable if it is away.
        """
        metadata, _ = self._discovered()
        with self._client(callback, metadata) as client, _translated():
            token = client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=begun.verifier,
            )
            claims = self._checked(str(token.get("id_token", "")), begun.nonce)
            if "email" not in claims and "userinfo_endpoint" in metadata:
                more = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
                if more.get("sub") != claims["sub"]:
                    raise _refused("its user information is of somebody else")
                claims = more | claims
        return claims

    def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is signed, for us, of now, and of this sign-in."""
        _, keys = self._discovered()
        try:
            decoded = jwt.decode(token, keys, algorithms=SIGNED_BY)
        except (JoseError, ValueError):
            # Perhaps the provider has new keys since.
            _, keys = self._discovered(anew=True)
            decoded = jwt.decode(token, keys, algorithms=SIGNED_BY)
        settings = self._settings
        JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(decoded.claims)
        claims: dict[str, Any] = decoded.claims
        if claims.get("azp", settings.client_id) != settings.client_id:
            raise _refused("its token is for another program")
        return claims

    def _client(self, callback: str, metadata: Mapping[str, Any]) -> OAuth2Client:
        settings = self._settings
        offered = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        secret = settings.client_secret.get_secret_value()
        usual = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        return OAuth2Client(
            settings.client_id,
            secret or None,
            token_endpoint_auth_method=usual if secret else "none",
            scope=settings.scopes,
            redirect_uri=callback,
            code_challenge_method="S256",
            timeout=settings.timeout,
        )

    def _discovered(self, *, anew: bool = False) -> tuple[Mapping[str, Any], KeySet]:
        """What the provider says of itself, and its keys."""
        with self._lock:
            known = self._known
            if known and not anew and time.monotonic() - known[0] < FRESH:
                return known[1], known[2]
            with _translated(), httpx.Client(timeout=self._settings.timeout) as client:
                metadata, keys = self._asked(client)
            self._known = (time.monotonic(), metadata, keys)
            return metadata, keys

    def _asked(self, client: httpx.Client) -> tuple[Mapping[str, Any], KeySet]:
        issuer = self._settings.issuer
        place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        metadata = client.get(place).raise_for_status().json()
        if metadata.get("issuer") != issuer:
            raise invalid(
                "VITRINE_OIDC__ISSUER", f"the provider calls itself {metadata['issuer']!r}"
            )
        _check_address(metadata["token_endpoint"])
        keys = client.get(metadata["jwks_uri"]).raise_for_status().json()
        return metadata, KeySet.import_key_set(keys)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, KeyError) as error:
        raise Unavailable(
            "oidc_unavailable", "The sign-in provider does not answer; try again soon."
        ) from error
    except (AuthlibBaseError, JoseError, ValueError) as error:
        raise _refused("it said no, or what it said cannot be trusted") from error


def _check_address(address: str) -> None:
    """Raise Invalid for a provider whose answers anybody on the way could forge."""
    url = urlsplit(address)
    if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise invalid("VITRINE_OIDC__ISSUER", "needs https")


def _refused(why: str) -> Unauthenticated:
    return Unauthenticated("oidc_refused", f"The sign-in provider did not let you in: {why}.")
