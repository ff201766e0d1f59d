"""Users: found, made, changed and deleted, and never without an admin."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vitrine.core.clock import now
from vitrine.core.errors import Conflict, NotFound, invalid
from vitrine.services.accounts.passwords import as_stored, hash_password, normal_email
from vitrine.tables.people import ROLES, ApiKey, SignIn, User


def find_user(session: Session, email: str) -> User | None:
    """The user with that e-mail address, however it is spelt."""
    return session.scalar(select(User).where(User.email == as_stored(email)))


def get_user(session: Session, user_id: str) -> User:
    """The user; raises NotFound."""
    user = session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise NotFound("user_unknown", "There is no such user.")
    return user


def list_users(session: Session, after: str | None, limit: int) -> list[User]:
    """At most `limit` users, oldest first, those younger than the id `after`."""
    query = select(User).order_by(User.id).limit(limit)
    return list(session.scalars(query.where(User.id > after) if after else query))


def create_user(session: Session, email: str, password: str, role: str, name: str = "") -> User:
    """Add a user; raises Invalid for what we do not accept, Conflict if the address is taken."""
    known = normal_email(email)
    hashed = hash_password(password, about=(known, name))
    user = User(email=known, password_hash=hashed, role=_role(role), name=name)
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        message = "Somebody has this e-mail address already."
        raise Conflict("email_taken", message, fields={"email": "is taken"}) from None
    return user


def set_name(session: Session, user_id: str, name: str) -> None:
    """Call the user something else."""
    get_user(session, user_id).name = name


def set_role(session: Session, user_id: str, role: str) -> None:
    """Give the user another role; raises Conflict if that leaves nobody to administer."""
    user = get_user(session, user_id)
    if _role(role) != "admin":
        _keep_an_admin(session, user)
    user.role = role


@dataclass(frozen=True, slots=True)
class Ends:
    """What a new password ends: sign-ins but the one to keep, and, where asked for, API keys."""

    sign_ins: bool = True
    keys: bool = False
    keep_sign_in: str | None = None


def set_password(session: Session, user_id: str, hashed: str, ends: Ends | None = None) -> None:
    """Store a new password's hash and end what may have been got with the old one."""
    ends = ends or Ends()
    get_user(session, user_id).password_hash = hashed
    if ends.sign_ins:
        _end_sign_ins(session, user_id, "password_changed", keep=ends.keep_sign_in)
    if ends.keys:
        _end_keys(session, user_id)


def set_hash(session: Session, user_id: str, hashed: str) -> None:
    """Store another hash of the same password."""
    get_user(session, user_id).password_hash = hashed


def delete_user(session: Session, user_id: str) -> None:
    """Delete the user, their keys and sign-ins; raises Conflict for the last admin."""
    user = get_user(session, user_id)
    _keep_an_admin(session, user)
    user.deleted_at = now()
    _end_keys(session, user_id)
    _end_sign_ins(session, user_id, "user_deleted")


def _role(role: str) -> str:
    if role not in ROLES:
        raise invalid("role", f"is none of {', '.join(ROLES)}")
    return role


def _keep_an_admin(session: Session, leaving: User) -> None:
    # Locked, so that two admins cannot remove each other at the same moment.
    admins = session.scalars(
        select(User).where(User.role == "admin").order_by(User.id).with_for_update()
    ).all()
    if [admin.id for admin in admins] == [leaving.id]:
        raise Conflict("last_admin", "This is the last admin; name another one first.")


def _end_keys(session: Session, user_id: str) -> None:
    keys = update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.deleted_at.is_(None))
    session.execute(keys.values(deleted_at=now()))


def _end_sign_ins(session: Session, user_id: str, reason: str, keep: str | None = None) -> None:
    alive = update(SignIn).where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
    others = alive.where(SignIn.id != keep) if keep else alive
    session.execute(others.values(revoked_at=now(), revoked_reason=reason))
