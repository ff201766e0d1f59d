"""The routes, one module per subject."""

from vitrine.api.routes import (
    accounts,
    auth,
    bulk,
    calibration,
    crops,
    detect,
    duplicates,
    fields,
    images,
    imports,
    job_list,
    jobs,
    products,
    search,
    system,
    vocabulary,
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
    fields.router,
    vocabulary.router,
    calibration.router,
    images.router,
    imports.router,
    duplicates.router,
    job_list.router,  # before the paths that take any id
    jobs.router,
    detect.router,
    search.router,
    webhooks.router,
)
