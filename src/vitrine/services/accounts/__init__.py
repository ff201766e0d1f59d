"""Accounts: who may sign in, how they prove it, and what they may then do.

None of these functions hashes a password while it holds a write lock: hashing takes tens of
milliseconds on purpose, so callers verify between two transactions.
"""

from vitrine.services.accounts.attempts import Client, forget_attempts, note_attempt
from vitrine.services.accounts.callers import SCOPES, Caller, Need
from vitrine.services.accounts.identities import Told, user_of
from vitrine.services.accounts.keys import (
    create_key,
    list_keys,
    note_key_use,
    revoke_key,
)
from vitrine.services.accounts.passwords import hash_password, renewed_hash, verify_password
from vitrine.services.accounts.remembered import asking, known
from vitrine.services.accounts.sign_ins import (
    Tokens,
    refresh,
    revoke_sign_in,
    sign_in,
    sign_in_of_refresh_token,
)
from vitrine.services.accounts.users import (
    Ends,
    create_user,
    delete_user,
    find_user,
    get_user,
    list_users,
    set_hash,
    set_name,
    set_password,
    set_role,
)

__all__ = [
    "SCOPES",
    "Caller",
    "Client",
    "Ends",
    "Need",
    "Tokens",
    "Told",
    "asking",
    "create_key",
    "create_user",
    "delete_user",
    "find_user",
    "forget_attempts",
    "get_user",
    "hash_password",
    "known",
    "list_keys",
    "list_users",
    "note_attempt",
    "note_key_use",
    "refresh",
    "renewed_hash",
    "revoke_key",
    "revoke_sign_in",
    "set_hash",
    "set_name",
    "set_password",
    "set_role",
    "sign_in",
    "sign_in_of_refresh_token",
    "user_of",
    "verify_password",
]
