"""Accounts: users, their sign-ins, their API keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vitrine.tables.base import Base, Row, SoftDelete, deleted_index, unique_alive

ROLES = ("viewer", "editor", "reviewer", "admin")


class User(Row, SoftDelete, Base):
    """A person who may sign in."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(320))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        deleted_index("users"),
        unique_alive("uq_users_email_alive", "email"),
        CheckConstraint("role IN ('viewer', 'editor', 'reviewer', 'admin')", name="role"),
    )


class SignIn(Row, Base):
    """A token family: one sign-in on one device, alive until it is revoked or runs out."""

    __tablename__ = "sign_ins"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    network: Mapped[str | None] = mapped_column(String(64), default=None)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_reason: Mapped[str | None] = mapped_column(String(50), default=None)

    user: Mapped[User] = relationship()


class RefreshToken(Row, Base):
    """One link of a family; only its hash is stored. `used_at` is when newer ones replaced it."""

    __tablename__ = "refresh_tokens"

    sign_in_id: Mapped[str] = mapped_column(ForeignKey("sign_ins.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(default=None)

    sign_in: Mapped[SignIn] = relationship()


class Identity(Row, Base):
    """Who a user is to an OpenID provider: the subject never changes, an e-mail address may."""

    __tablename__ = "identities"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))

    user: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class SignInAttempt(Row, Base):
    """A failed sign-in, kept for as long as it counts towards the limits.

    `known_by` is the known browser that made it, or `network`; None is a stranger's.
    """

    __tablename__ = "sign_in_attempts"

    email: Mapped[str] = mapped_column(String(320))
    address: Mapped[str] = mapped_column(String(64))
    known_by: Mapped[str | None] = mapped_column(String(64), default=None)

    __table_args__ = (
        Index("ix_sign_in_attempts_email_created_at", "email", "created_at"),
        Index("ix_sign_in_attempts_address_created_at", "address", "created_at"),
    )


class ApiKey(Row, SoftDelete, Base):
    """A program's credential: shown once, stored hashed, no stronger than its owner."""

    __tablename__ = "api_keys"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(20))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)

    user: Mapped[User] = relationship()

    __table_args__ = (deleted_index("api_keys"),)
