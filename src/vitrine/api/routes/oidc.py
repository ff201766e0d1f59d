"""Signing in by an OpenID provider."""

from __future__ import annotations

from urllib.parse import urlencode

import structlog
from fastapi import Request
from starlette.responses import RedirectResponse

from vitrine.adapters.oidc import OidcProvider
from vitrine.api import cookies
from vitrine.api.audited import tell
from vitrine.api.deps import RuntimeDep, get_address
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.accounts import SignInMethods
from vitrine.core.errors import NotFound, Unauthenticated, VitrineError
from vitrine.services import accounts
from vitrine.services.accounts import Tokens
from vitrine.wiring import Runtime

router = guarded("/v1/auth", "auth")
log = structlog.get_logger()


@router.get("/methods", summary="How one may sign in")
def sign_in_methods(runtime: RuntimeDep) -> SignInMethods:
    """By password, and, where one is configured, by a provider of that name."""
    policy = runtime.settings.oidc
    named = policy.label or policy.issuer.partition("//")[2].partition("/")[0]
    return SignInMethods(oidc=named or None)


@router.get("/oidc/start", summary="Go to the sign-in provider", response_class=RedirectResponse)
def start_oidc(request: Request, runtime: RuntimeDep, next: str = "/") -> RedirectResponse:  # noqa: A002
    """Sends a browser there; it comes back to the callback, and then goes to `next`, a path."""
    provider = _provider(request)
    try:
        if not runtime.settings.oidc.public_url:
            cookies.check_kept(request, runtime.settings)
        url, begun = provider.begin(_callback(request, runtime))
    except VitrineError as error:
        return _refused(error)
    response = RedirectResponse(url, 303)
    cookies.remember_oidc(response, begun, _path(next), runtime.settings)
    return response


@router.get("/oidc/callback", summary="Come back from it", response_class=RedirectResponse)
def finish_oidc(request: Request, runtime: RuntimeDep) -> RedirectResponse:
    """Signs the browser in and sends it on; a refusal is told on the sign-in page."""
    provider = _provider(request)
    try:
        tokens, user_id, place = _finished(request, runtime, provider)
    except VitrineError as error:
        tell(request, outcome=error.code)
        return _refused(error)
    response = _away(place)
    cookies.set_cookies(response, tokens, runtime.settings)
    cookies.set_device(response, user_id, runtime.settings)
    return response


def _finished(
    request: Request, runtime: Runtime, provider: OidcProvider
) -> tuple[Tokens, str, str]:
    asked, policy = request.query_params, runtime.settings.oidc
    begun, place = cookies.begun_oidc(request, runtime.settings)
    if "code" not in asked or asked.get("iss", policy.issuer) != policy.issuer:
        raise Unauthenticated("oidc_refused", "The sign-in provider did not let you in.")
    claims = provider.finish(_callback(request, runtime), asked["code"], begun)
    told = accounts.Told.of(claims, policy)
    tell(request, actor=told.email or told.subject, subject=told.subject)
    network = accounts.Client(get_address(request)).network
    with runtime.sessions.write() as session:
        user = accounts.user_of(session, told, policy)
        tokens = accounts.sign_in(session, user, runtime.settings, network)
    tell(request, actor=user.email, actor_id=user.id)
    return tokens, user.id, place


def _provider(request: Request) -> OidcProvider:
    provider: OidcProvider | None = request.app.state.oidc
    if provider is None:
        raise NotFound("oidc_off", "No sign-in provider is configured here.")
    return provider


def _callback(request: Request, runtime: Runtime) -> str:
    base = runtime.settings.oidc.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/v1/auth/oidc/callback"


def _path(place: str) -> str:
    """A path of ours, never another site."""
    ours = place.startswith("/") and not place.startswith(("//", "/\\"))
    return place[:1000] if ours and place.isprintable() else "/"


def _refused(error: VitrineError) -> RedirectResponse:
    """Back to the sign-in page, which has words for the code."""
    log.info("no sign-in by the provider", code=error.code, why=error.message)
    return _away(f"/sign-in?{urlencode({'problem': error.code})}")


def _away(place: str) -> RedirectResponse:
    response = RedirectResponse(place, 303)
    response.delete_cookie(cookies.OIDC, path=cookies.AUTH_PATH)
    return response
