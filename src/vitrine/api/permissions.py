"""Who may call what: the one table of it."""

from __future__ import annotations

from collections.abc import Mapping

from vitrine.services.accounts import Need

READ = Need("viewer", "catalog:read")
WRITE = Need("editor", "catalog:write")
SEARCH = Need("viewer", "search")
SEE_JOBS = Need("viewer", "jobs")
STEER_JOBS = Need("editor", "jobs")
REVIEW = Need("reviewer", "review")
PERSON = Need("viewer")
ADMIN_PERSON = Need("admin")
OPERATE = Need("admin", "admin")

NEEDS: Mapping[str, Need | None] = {
    "health": None,
    "live": None,
    "sign_in": None,
    "refresh": None,
    "sign_in_methods": None,
    "start_oidc": None,
    "finish_oidc": None,
    "show_media": None,  # its signature is its permission
    "sign_out": PERSON,
    "me": PERSON,
    "change_password": PERSON,
    "create_api_key": PERSON,
    "list_api_keys": PERSON,
    "revoke_api_key": PERSON,
    "create_user": ADMIN_PERSON,
    "list_users": ADMIN_PERSON,
    "change_user": ADMIN_PERSON,
    "delete_user": ADMIN_PERSON,
    "list_users_keys": ADMIN_PERSON,
    "revoke_users_key": ADMIN_PERSON,
    "list_audit": OPERATE,
    "export_audit": OPERATE,
    "show_retention": OPERATE,
    "purge": OPERATE,
    "openapi": READ,
    "metrics": OPERATE,
    "show_system": OPERATE,
    "calibrate": OPERATE,
    "list_training_runs": OPERATE,
    "start_training": OPERATE,
    "show_training_run": OPERATE,
    "cancel_training": OPERATE,
    "override_gate": OPERATE,
    "show_training_report": OPERATE,
    "list_snapshots": OPERATE,
    "create_snapshot": OPERATE,
    "list_mappings": READ,
    "decide_mapping": WRITE,
    "create_product": WRITE,
    "list_products": READ,
    "show_product": READ,
    "change_product": WRITE,
    "change_products": WRITE,
    "delete_product": WRITE,
    "restore_product": WRITE,
    "add_images": WRITE,
    "delete_image": WRITE,
    "index_product": WRITE,
    "similar_products": SEARCH,
    "product_history": WRITE,  # it names people
    "list_duplicates": READ,
    "show_fields": READ,
    "show_vocabulary": READ,
    "list_crops": READ,
    "change_crop": WRITE,
    "choose_primary_crop": WRITE,
    "state_labels": WRITE,
    "add_upload": SEARCH,
    "show_image": READ,
    "show_thumbnail": READ,
    "sign_image_url": READ,
    "start_import": WRITE,
    "show_import": WRITE,
    "show_import_errors": WRITE,
    "list_jobs": SEE_JOBS,
    "show_job": SEE_JOBS,
    "show_job_result": SEE_JOBS,
    "follow_job": SEE_JOBS,
    "follow_jobs": SEE_JOBS,
    "cancel_job": STEER_JOBS,
    "retry_job": STEER_JOBS,
    "retry_failed_jobs": STEER_JOBS,
    "detect": SEARCH,
    "search": SEARCH,
    "show_query": SEARCH,
    "lease_review": REVIEW,
    "list_alike": REVIEW,
    "show_review_item": REVIEW,
    "prolong_review": REVIEW,
    "release_review": REVIEW,
    "answer_review": REVIEW,
    "answer_reviews": REVIEW,
    "list_review_answers": REVIEW,
    "undo_review": REVIEW,
    "revert_review": REVIEW,
    "show_review_progress": REVIEW,
    "show_review_quality": REVIEW,
    "create_webhook": OPERATE,
    "list_webhooks": OPERATE,
    "show_webhook": OPERATE,
    "change_webhook": OPERATE,
    "delete_webhook": OPERATE,
    "rotate_webhook_secret": OPERATE,
    "test_webhook": OPERATE,
    "list_deliveries": OPERATE,
    "show_delivery": OPERATE,
    "replay_delivery": OPERATE,
}
"""Route name to what it needs; None is open to all, and a route that is missing cannot start."""
