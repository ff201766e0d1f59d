"""The routes, one module per subject."""

from vitrine.api.routes import (
    accounts,
    auth,
    bulk,
    crops,
    detect,
    duplicates,
    images,
    imports,
    jobs,
    products,
    search,
    system,
    webhooks,
)

ROUTERS = (
    system.router,
    auth.router,
    accounts.keys,
    accounts.users,
    bulk.router,
    products.router,
    crops.router,
    images.router,
    imports.router,
    duplicates.router,
    jobs.router,
    detect.router,
    search.router,
    webhooks.router,
)
