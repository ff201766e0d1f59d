"""The routes, one module per subject."""

from vitrine.api.routes import accounts, auth, images, jobs, products, search, system, webhooks

ROUTERS = (
    system.router,
    auth.router,
    accounts.keys,
    accounts.users,
    products.router,
    images.router,
    jobs.router,
    search.router,
    webhooks.router,
)
