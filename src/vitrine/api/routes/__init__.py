"""The routes, one module per subject."""

from vitrine.api.routes import (
    accounts,
    auth,
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
    products.router,
    images.router,
    imports.router,
    duplicates.router,
    jobs.router,
    search.router,
    webhooks.router,
)
