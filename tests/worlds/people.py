"""Who asks the API in tests; `tests/api/conftest.py` has them signed in."""

from __future__ import annotations

from argon2 import PasswordHasher

from vitrine.services.accounts import passwords

PASSWORD = "correct horse battery"
Headers = dict[str, str]


def hash_quickly() -> PasswordHasher:
    """From now on passwords of this process cost little to hash; the hasher that was in use.

    One that is to hold out against guessing takes a tenth of a second, and tests sign in a lot.
    """
    costly, passwords._hasher = (
        passwords._hasher,
        PasswordHasher(time_cost=1, memory_cost=16, parallelism=1),
    )
    return costly
