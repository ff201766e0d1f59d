"""A browser's sign-in as cookies that scripts cannot read, and one they must read back to us."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

from vitrine.adapters.oidc import Begun
from vitrine.api.signing import proves, sign
from vitrine.core.errors import Invalid, Unauthenticated
from vitrine.core.settings import Settings
from vitrine.services.accounts import Tokens

ACCESS = "vitrine_access"
REFRESH = "vitrine_refresh"
CSRF = "vitrine_csrf"
DEVICE = "vitrine_device"
DEVICE_TTL = 400 * 24 * 3600
"""Seconds; browsers keep no cookie for longer."""

OIDC = "vitrine_oidc"
OIDC_TTL = 600
AUTH_PATH = "/v1/auth"


def check_kept(request: Request, settings: Settings) -> None:
    """Raise Invalid, naming what to set, for a browser that would drop our cookies unsaid."""
    if not settings.auth.cookie_secure or _keeps_secure(_page(request)):
        return
    raise Invalid(
        "cookies_need_https",
        "Over plain HTTP a browser does not keep this sign-in. Serve Vitrine over HTTPS (behind "
        "a proxy, name its address in VITRINE_API__TRUSTED_PROXIES), open it as localhost on its "
        "own machine, or, in a network you trust, set VITRINE_AUTH__COOKIE_SECURE=false.",
        fields={"cookie": "needs HTTPS, or VITRINE_AUTH__COOKIE_SECURE=false"},
    )


def csrf_token(secret: bytes, sign_in_id: str) -> str:
    """The CSRF token of one sign-in."""
    return sign(secret, "csrf", sign_in_id)


def set_cookies(response: Response, tokens: Tokens, settings: Settings) -> None:
    """Hand the tokens to the browser instead of to its scripts."""
    csrf = csrf_token(settings.secret, tokens.sign_in_id)
    put = partial(response.set_cookie, secure=settings.auth.cookie_secure, samesite="strict")
    put(ACCESS, tokens.access, tokens.access_ttl, httponly=True)
    put(REFRESH, tokens.refresh, tokens.refresh_ttl, path=AUTH_PATH, httponly=True)
    put(CSRF, csrf, tokens.refresh_ttl)


def set_device(response: Response, user_id: str, settings: Settings) -> None:
    """Let the browser prove later that this user signed in with it before."""
    nonce = secrets.token_hex(16)
    proof = sign(settings.secret, "device", user_id, nonce)
    response.set_cookie(
        DEVICE,
        f"{nonce}.{proof}",
        DEVICE_TTL,
        path=AUTH_PATH,
        secure=settings.auth.cookie_secure,
        httponly=True,
        samesite="strict",
    )


def device_of(request: Request, user_id: str | None, settings: Settings) -> str | None:
    """Which of the user's known browsers asks, if it is one."""
    nonce, _, proof = request.cookies.get(DEVICE, "").partition(".")
    known = user_id and nonce and proves(proof, settings.secret, "device", user_id, nonce)
    return nonce if known else None


def remember_oidc(response: Response, begun: Begun, place: str, settings: Settings) -> None:
    """Have the browser keep what must come back from the provider, signed, for ten minutes."""
    ends = str(int(time.time()) + OIDC_TTL)
    kept = json.dumps([begun.state, begun.nonce, begun.verifier, place, ends])
    packed = base64.urlsafe_b64encode(kept.encode()).decode()
    response.set_cookie(
        OIDC,
        f"{packed}.{sign(settings.secret, 'oidc', packed)}",
        OIDC_TTL,
        path=AUTH_PATH,
        secure=settings.auth.cookie_secure,
        httponly=True,
        samesite="lax",  # it comes back from another site
    )


def begun_oidc(request: Request, settings: Settings) -> tuple[Begun, str]:
    """What this browser began, and where it goes then; raises Unauthenticated if it did not."""
    packed, _, proof = request.cookies.get(OIDC, "").partition(".")
    if packed and proves(proof, settings.secret, "oidc", packed):
        state, nonce, verifier, place, ends = json.loads(base64.urlsafe_b64decode(packed))
        same = hmac.compare_digest(state, request.query_params.get("state", ""))
        if same and int(ends) > time.time():
            return Begun(state, nonce, verifier), place
    raise Unauthenticated("oidc_not_begun", "This sign-in was not begun here; begin it again.")


def clear_cookies(response: Response) -> None:
    """Have the browser forget them."""
    response.delete_cookie(ACCESS)
    response.delete_cookie(REFRESH, path=AUTH_PATH)
    response.delete_cookie(CSRF)


def _page(request: Request) -> str:
    """Where the browser stands: it knows better than we, who may be behind a proxy."""
    origin = request.headers.get("origin", "")
    return origin if origin.startswith("http") else str(request.url)


def _keeps_secure(address: str) -> bool:
    """Whether browsers keep Secure cookies of that address."""
    try:
        url = urlsplit(address)
        return url.scheme == "https" or _is_local(url.hostname or "")
    except ValueError:  # no address at all
        return False


def _is_local(host: str) -> bool:
    name = host == "localhost" or host.endswith(".localhost")
    return name or ip_address(host).is_loopback
