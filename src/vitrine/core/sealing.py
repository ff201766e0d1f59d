"""Secrets of others, kept so that a copy of the database tells none: AES-256 in GCM.

The key is derived from the settings' secret for one purpose, so that what is sealed for one is
opened by no other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vitrine.core.errors import Conflict

NONCE = 12
"""Bytes that make one sealing of a text another."""


def seal(text: str, key: bytes, purpose: str) -> str:
    """The text, sealed, in letters of base64."""
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(_derived(key, purpose)).encrypt(nonce, text.encode(), purpose.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, key: bytes, purpose: str) -> str:
    """What was sealed; raises Conflict where the settings' secret is not the one it was with."""
    try:
        data = base64.b64decode(sealed, validate=True)
        opened = AESGCM(_derived(key, purpose)).decrypt(
            data[:NONCE], data[NONCE:], purpose.encode()
        )
    except (InvalidTag, ValueError, binascii.Error):
        raise Conflict(
            "sealing_key_changed",
            "VITRINE_AUTH__SECRET is not the one that this secret was sealed with: set it alike "
            "for every process, or enter the secret anew.",
        ) from None
    return opened.decode()


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, f"sealing\n{purpose}".encode(), hashlib.sha256).digest()
