"""Products and their photos: made, changed, listed, deleted, restored; no model runs here."""

from vitrine.services.catalog.listing import (
    Filters,
    Sorting,
    count_products,
    filtered,
    list_products,
)
from vitrine.services.catalog.products import (
    add_images,
    create,
    find,
    get,
    lock,
    patch,
    remove,
    remove_image,
    restore,
    submit_index,
    undelete,
    update,
)

__all__ = [
    "Filters",
    "Sorting",
    "add_images",
    "count_products",
    "create",
    "filtered",
    "find",
    "get",
    "list_products",
    "lock",
    "patch",
    "remove",
    "remove_image",
    "restore",
    "submit_index",
    "undelete",
    "update",
]
