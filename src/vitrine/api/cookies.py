"""A browser's sign-in as cookies that scripts cannot read, and one they must read back to us."""

from __future__ import annotations

from functools import partial

from fastapi import Response

from vitrine.api.signing import sign
from vitrine.core.settings import Settings
from vitrine.services.accounts import Tokens

ACCESS = "vitrine_access"
REFRESH = "vitrine_refresh"
CSRF = "vitrine_csrf"
AUTH_PATH = "/v1/auth"


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


def clear_cookies(response: Response) -> None:
    """Have the browser forget them."""
    response.delete_cookie(ACCESS)
    response.delete_cookie(REFRESH, path=AUTH_PATH)
    response.delete_cookie(CSRF)
