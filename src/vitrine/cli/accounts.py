"""Commands about accounts."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from vitrine import wiring
from vitrine.cli.console import out, read_settings
from vitrine.db import Sessions
from vitrine.services import accounts, audit

PASSWORD_BYTES = 18


def create_admin(
    email: Annotated[str, typer.Argument(help="Whom to sign in as.")] = "admin@example.com",
    password_stdin: Annotated[
        bool, typer.Option(help="Read the password from standard input instead of making one.")
    ] = False,
) -> None:
    """Create an account that may do everything; its random password is printed once."""
    given = typer.get_text_stream("stdin").readline().rstrip("\n") if password_stdin else None
    with wiring.stored(read_settings()) as sessions:
        password = make_admin(sessions, email, given)
    out.print(f"Admin: {email}", highlight=False)
    if given is None:
        out.print(f"Password (shown only now): {password}", highlight=False, markup=False)


def make_admin(sessions: Sessions, email: str, password: str | None = None) -> str:
    """Add an admin and return its password, random if none is given; Conflict if there is one."""
    chosen = secrets.token_urlsafe(PASSWORD_BYTES) if password is None else password
    with sessions.write() as session:
        user = accounts.create_user(session, email, chosen, "admin")
        act = audit.by_command("user.create", f"user:{user.id}", email=user.email, role="admin")
        audit.record(session, act)
    return chosen


COMMANDS = (create_admin,)
