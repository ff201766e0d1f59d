"""The routes, one module per subject."""

from vitrine.api.routes import (
    accounts,
    auth,
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
    jobs.router,
    search.router,
    webhooks.router,
)
