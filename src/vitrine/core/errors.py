"""The errors Vitrine raises on purpose.

    VitrineError
    ├── Invalid            the caller sent something that can never work          422
    │   ├── TooLarge       ... because it is over a size limit                    413
    │   └── Unsupported    ... because its format is not one we read              415
    ├── Unauthenticated    nobody, or nobody we still trust, is asking            401
    ├── Forbidden          we know who asks, and they may not                     403
    ├── NotFound           the thing does not exist for this caller               404
    ├── Conflict           the thing exists in a state that refuses this          409
    ├── Outdated           the caller saw another version than the present one    412
    ├── Limited            too often; try again after a while                     429
    ├── Full               there is no room to store anything; it may be taken later  507
    └── Unavailable        a part we need does not answer; the same call may work later  503
        └── Away           ... because the whole part is out of reach: jobs wait for it

The class decides the HTTP status and whether a job is tried again (only Unavailable is, and Away
spends none of its attempts); `code` is stable, for programs; the message is for people and says
what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from vitrine.core.text import sound


class VitrineError(Exception):
    """An expected failure with a stable code, a message for people and reasons by field."""

    status: ClassVar[int] = 500
    retried: ClassVar[bool] = False

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        # They name what people sent, which may hold letters that no answer or column can.
        super().__init__(sound(message))
        self.code = code
        self.message = sound(message)
        self.fields = {sound(name): sound(why) for name, why in (fields or {}).items()}
        self.retry_after = retry_after


class Invalid(VitrineError):
    """The caller sent something that can never work."""

    status = 422


class TooLarge(Invalid):
    """The caller sent more than a limit allows."""

    status = 413


class Unsupported(Invalid):
    """The caller sent a format that we do not read."""

    status = 415


class Unauthenticated(VitrineError):
    """Nobody is signed in, or the credential is expired, forged or revoked."""

    status = 401


class Forbidden(VitrineError):
    """The caller is known and may not do this."""

    status = 403


class NotFound(VitrineError):
    """The thing does not exist, or not for this caller."""

    status = 404


class Conflict(VitrineError):
    """The thing is in a state that refuses this."""

    status = 409


class Outdated(VitrineError):
    """The caller saw another version than the present one, which `present` tells as JSON."""

    status = 412

    def __init__(self, message: str, version: str, present: Mapping[str, Any]) -> None:
        super().__init__("outdated", message, fields={"If-Match": "is not the present version"})
        self.version = version
        self.present = present


class Limited(VitrineError):
    """The caller asks too often; `retry_after` seconds say when to ask again."""

    status = 429


class Full(VitrineError):
    """There is no room on the disk to take anything in."""

    status = 507

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__("disk_full", message, retry_after=retry_after)


class Unavailable(VitrineError):
    """A part we need does not answer now; the same call may succeed later."""

    status = 503
    retried = True


class Away(Unavailable):
    """A part is out of reach for everybody; `part` is its name, as in `services.health`."""

    def __init__(
        self, part: str, message: str, *, code: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(code or f"{part}_unavailable", message, retry_after=retry_after)
        self.part = part


def invalid(field: str, reason: str, *, code: str = "invalid_field") -> Invalid:
    """An Invalid about one field."""
    return Invalid(code, f"{field}: {reason}", fields={field: reason})
