"""Secrets that sign webhooks, derived when needed: a copy of the database signs nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from vitrine.core.errors import Conflict
from vitrine.tables.webhooks import Webhook

PREFIX = "whsec_"


def new_seed() -> str:
    """What makes one secret another; worth nothing without the settings' secret."""
    return secrets.token_urlsafe(32)


def secret_of(seed: str, key: bytes) -> str:
    """The secret of a seed as a receiver is shown it: whsec_ and 32 bytes in base64."""
    return PREFIX + base64.b64encode(_derived(seed, key)).decode()


def hash_of(seed: str, key: bytes) -> str:
    """What a row keeps to know whether `key` still makes the secret that was shown."""
    return hashlib.sha256(_derived(seed, key)).hexdigest()


def sign(webhook: Webhook, key: bytes, message_id: str, moment: datetime, body: str) -> str:
    """The webhook-signature header: one signature for each secret that is valid at that moment.

    Raises Conflict where the settings' secret is not the one the webhook was made with.
    """
    if not hmac.compare_digest(webhook.secret_hash, hash_of(webhook.seed, key)):
        raise Conflict(
            "signing_key_changed",
            "VITRINE_AUTH__SECRET is not the one this webhook's secret was made with: set it alike "
            "for every process, or rotate the webhook's secret.",
        )
    seeds = [webhook.seed]
    if webhook.earlier_seed and webhook.earlier_until and webhook.earlier_until > moment:
        seeds.append(webhook.earlier_seed)
    content = f"{message_id}.{int(moment.timestamp())}.{body}".encode()
    return " ".join(f"v1,{_signature(_derived(seed, key), content)}" for seed in seeds)


def _signature(secret: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()


def _derived(seed: str, key: bytes) -> bytes:
    return hmac.new(key, f"webhook-secret\n{seed}".encode(), hashlib.sha256).digest()
