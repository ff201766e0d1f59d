"""A small OpenID provider: codes, PKCE, signed ID tokens, and lies where a test asks for them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Form, Header, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.worlds.programs import served

CLIENT, SECRET = "vitrine", "the client's secret"


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


@dataclass
class Provider:
    """Who is signed in there, and in which way its next tokens are wrong."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "ada"})
    lies: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token in place of the true ones; None leaves one out."""

    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256"})
    key: RSAKey = field(default_factory=_new_key)
    signs_with: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def id_token(self, nonce: str) -> str:
        """A token for what was asked for, with the lies that were ordered."""
        moment = int(time.time())
        true = {"iss": self.url, "aud": CLIENT, "iat": moment, "exp": moment + 300, "nonce": nonce}
        told = {
            name: value
            for name, value in (true | self.claims | self.lies).items()
            if value is not None
        }
        header = {"kid": self.key.kid} | self.header
        return jwt.encode(header, told, self.signs_with or self.key, [header["alg"]])


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider behind a URL on loopback, for as long as the block runs."""
    made = Provider()
    with served(_app(made)) as url:
        made.url = url
        yield made


def _app(made: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def metadata() -> dict[str, Any]:
        return {
            "issuer": made.url,
            "authorization_endpoint": f"{made.url}/authorize",
            "token_endpoint": f"{made.url}/token",
            "userinfo_endpoint": f"{made.url}/userinfo",
            "jwks_uri": f"{made.url}/keys",
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return dict(KeySet([made.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize(request: Request) -> RedirectResponse:
        asked = request.query_params
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code, back = secrets.token_urlsafe(), asked["redirect_uri"]
        made.codes[code] = {name: asked[name] for name in ("nonce", "code_challenge")}
        made.codes[code]["uri"] = back
        sent = urlencode({"code": code, "state": asked["state"], "session_state": "x"})
        return RedirectResponse(f"{back}?{sent}", 302)

    @app.post("/token")
    def token(
        code: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        authorization: Annotated[str, Header()],
    ) -> JSONResponse:
        asked = made.codes.pop(code, None)  # a code works once
        proved = asked and create_s256_code_challenge(code_verifier) == asked["code_challenge"]
        if (
            not proved
            or asked is None
            or asked["uri"] != redirect_uri
            or "Basic" not in authorization
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe()
        made.tokens.add(access)
        told = {"access_token": access, "token_type": "Bearer", "expires_in": 300}
        return JSONResponse(told | {"id_token": made.id_token(asked["nonce"])})

    @app.get("/userinfo")
    def userinfo(authorization: Annotated[str, Header()]) -> JSONResponse:
        if authorization.removeprefix("Bearer ") not in made.tokens:
            return JSONResponse({}, 401)
        return JSONResponse({"sub": "ada", "email": "ada@example.org", "email_verified": True})

    return app
