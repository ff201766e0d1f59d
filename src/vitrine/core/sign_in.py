"""The settings of signing in: by password, and by an OpenID provider."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from vitrine.core.groups import Count, Group, Seconds


class AuthSettings(Group):
    """Accounts: the signing secret, lifetimes in seconds, and how often one may try to sign in.

    `refresh_grace` is how long a refresh token still works after it was replaced. With
    `cookie_secure` browsers stay signed in over HTTPS, and on the server's own machine, only.
    `attempts` are those of one client on one account, `attempts_per_account` those of all
    strangers together, `attempts_per_address` those of one address on any account; each within
    `attempts_window`.
    """

    secret: SecretStr = SecretStr("")
    access_ttl: Count = 15 * 60
    refresh_ttl: Count = 30 * 24 * 3600
    refresh_grace: Annotated[float, Field(ge=0, le=300)] = 10.0
    signed_url_ttl: Count = 15 * 60
    attempts: Count = 5
    attempts_per_account: Count = 20
    attempts_per_address: Count = 30
    attempts_window: Count = 15 * 60
    cookie_secure: bool = True


class OidcSettings(Group):
    """Sign-in by an OpenID provider; off without an `issuer`.

    `roles` says which role goes with which value of the claim `roles_claim`, the strongest winning;
    without it everybody gets `default_role`, and with it whoever no value fits. An empty
    `default_role` lets nobody else in. With `create` a first sign-in makes an account, with `link`
    it may be one that there is, if the provider says that the e-mail address is verified.
    `public_url` is where browsers reach Vitrine, if the proxy does not say.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    scopes: str = "openid email profile"
    label: Annotated[str, Field(max_length=60)] = ""
    roles_claim: str = "roles"
    roles: dict[str, Literal["viewer", "editor", "reviewer", "admin"]] = {}  # noqa: RUF012 - frozen, as the group is
    default_role: Literal["", "viewer", "editor", "reviewer", "admin"] = "viewer"
    create: bool = True
    link: bool = True
    public_url: str = ""
    timeout: Seconds = 10.0

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("an issuer needs a client_id")
        return self
