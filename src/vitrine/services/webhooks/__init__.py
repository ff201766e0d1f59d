"""Webhooks: who is told of what, and the telling, in the Standard Webhooks format."""

from vitrine.services.webhooks.deliveries import (
    find_delivery,
    list_deliveries,
    replay,
    send_test,
)
from vitrine.services.webhooks.endpoints import (
    Changes,
    add,
    change,
    get,
    list_webhooks,
    remove,
    rotate,
)
from vitrine.services.webhooks.sending import deliver, due

__all__ = [
    "Changes",
    "add",
    "change",
    "deliver",
    "due",
    "find_delivery",
    "get",
    "list_deliveries",
    "list_webhooks",
    "remove",
    "replay",
    "rotate",
    "send_test",
]
