"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from fastapi import Request, Response

from vitrine.api import cookies
from vitrine.api.audited import tell
from vitrine.api.deps import CallerDep, RuntimeDep, WriteSession, get_address
from vitrine.api.guard import check_csrf
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.accounts import Me, PasswordChange, RefreshRequest, SignedIn, SignInRequest
from vitrine.core.errors import Forbidden, Unauthenticated
from vitrine.core.settings import Settings
from vitrine.services import accounts
from vitrine.services.accounts import Ends, Tokens
from vitrine.tables.people import User
from vitrine.wiring import Runtime

router = guarded("/v1/auth", "auth")


@router.post("/sign-in", summary="Sign in", response_model_exclude_none=True)
def sign_in(
    asked: SignInRequest,
    request: Request,
    response: Response,
    runtime: RuntimeDep,
) -> SignedIn:
    """Tokens for a program, or cookies for a browser; 429 after too many wrong passwords."""
    settings = runtime.settings
    if asked.cookie:
        cookies.check_kept(request, settings)
    tell(request, actor=asked.email)
    password = asked.password.get_secret_value()
    user, client = _verified(runtime, request, asked.email, password)
    renewed = accounts.renewed_hash(user, password)
    with runtime.sessions.write() as session:
        tokens = accounts.sign_in(session, user, settings, client.network)
        accounts.forget_attempts(session, asked.email, client)
        if renewed:
            accounts.set_hash(session, user.id, renewed)
    tell(request, actor_id=user.id)
    if asked.cookie:
        cookies.set_device(response, user.id, settings)
    return _told(tokens, response, settings, by_cookie=asked.cookie)


@router.post("/refresh", summary="Renew the tokens", response_model_exclude_none=True)
def refresh(
    request: Request, response: Response, runtime: RuntimeDep, asked: RefreshRequest | None = None
) -> SignedIn:
    """New tokens for the newest refresh token; one replaced a while ago ends the whole sign-in."""
    given = asked.refresh_token if asked else None
    token = given or _cookie_token(request, runtime)
    with runtime.sessions.write() as session:
        tokens = accounts.refresh(session, token, runtime.settings)
    if tokens is None:  # told outside the block, so that what was revoked stays revoked
        raise Unauthenticated("refresh_token_invalid", "Sign in again.")
    return _told(tokens, response, runtime.settings, by_cookie=not given)


@router.post("/sign-out", status_code=204, summary="Sign out")
def sign_out(caller: CallerDep, session: WriteSession, response: Response) -> None:
    """End this sign-in: its tokens stop working at once."""
    accounts.revoke_sign_in(session, caller.sign_in_id or "")
    cookies.clear_cookies(response)


@router.get("/me", summary="Who is signed in")
def me(caller: CallerDep) -> Me:
    """The account that is signed in."""
    return Me(id=caller.user_id, email=caller.email, name=caller.name, role=caller.role)


@router.put("/password", status_code=204, summary="Change the password")
def change_password(
    asked: PasswordChange, caller: CallerDep, request: Request, runtime: RuntimeDep
) -> None:
    """Needs the present password; ends every other sign-in of the account, and keys if asked."""
    about = (caller.email, caller.name)
    hashed = accounts.hash_password(asked.new_password.get_secret_value(), "new_password", about)
    user, client = _verified_owner(runtime, request, caller.email, asked)
    ends = Ends(asked.end_sign_ins, asked.end_keys, keep_sign_in=caller.sign_in_id)
    with runtime.sessions.write() as session:
        accounts.forget_attempts(session, caller.email, client)
        accounts.set_password(session, user.id, hashed, ends)


def _verified(
    runtime: Runtime, request: Request, email: str, password: str
) -> tuple[User, accounts.Client]:
    """The user of these credentials; every wrong try has been counted when this raises."""
    settings = runtime.settings
    with runtime.sessions.read() as session:
        user = accounts.find_user(session, email)
    device = cookies.device_of(request, user.id if user else None, settings)
    client = accounts.Client(get_address(request), device)
    with runtime.sessions.write() as session:
        accounts.note_attempt(session, email, client, settings.auth)
    return accounts.verify_password(user, password), client


def _verified_owner(
    runtime: Runtime, request: Request, email: str, asked: PasswordChange
) -> tuple[User, accounts.Client]:
    try:
        return _verified(runtime, request, email, asked.current_password.get_secret_value())
    except Unauthenticated:  # a 401 would tell a client that its sign-in is over
        reason = "is not the present password"
        raise Forbidden(
            "wrong_password", f"current_password {reason}.", fields={"current_password": reason}
        ) from None


def _cookie_token(request: Request, runtime: Runtime) -> str:
    token = request.cookies.get(cookies.REFRESH, "")
    with runtime.sessions.read() as session:
        sign_in_id = accounts.sign_in_of_refresh_token(session, token)
    if sign_in_id is None:
        raise Unauthenticated("refresh_token_invalid", "Sign in again.")
    check_csrf(request, runtime.settings, sign_in_id)
    return token


def _told(tokens: Tokens, response: Response, settings: Settings, *, by_cookie: bool) -> SignedIn:
    if not by_cookie:
        return SignedIn(
            expires_in=tokens.access_ttl, access_token=tokens.access, refresh_token=tokens.refresh
        )
    cookies.set_cookies(response, tokens, settings)
    csrf = cookies.csrf_token(settings.secret, tokens.sign_in_id)
    return SignedIn(expires_in=tokens.access_ttl, csrf_token=csrf)
