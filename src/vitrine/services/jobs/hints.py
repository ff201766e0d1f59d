"""What a person can do about a job that failed, by its error code."""

from __future__ import annotations

from collections.abc import Mapping

AGAIN = "Retry the job; if it fails again, look at the system page."

HINTS: Mapping[str, str] = {
    "blob_unknown": "The photo's file is missing in the store. Upload the photo again; "
    "`vitrine reconcile` finds other missing files.",
    "blobs_refused": "The store refuses us. Check its credentials and rights, then retry.",
    "blobs_unavailable": "The store of photos did not answer. The job goes on when it is back.",
    "bucket_missing": "The bucket does not exist. Create it or correct the setting, then retry.",
    "collection_dimension": "The index holds vectors of another model. Run `vitrine reindex`.",
    "collection_unknown": "The index was lost. Run `vitrine reindex`; no model has to run.",
    "database_unavailable": "The database did not answer. The job goes on when it is back.",
    "disk_full": "The disk is full. Make room; the job goes on by itself then.",
    "image_broken": "A photo cannot be read. Delete it, save it anew as JPEG, PNG or WebP, "
    "and upload that.",
    "image_empty": "A photo's file is empty. Upload it again.",
    "image_too_small": "A photo is too small to see anything on it. Upload a larger one.",
    "internal": "This is a fault of Vitrine. The log of the worker says more; please report it.",
    "item_unknown": "The photo has fewer items than that. Search again and pick another.",
    "model_missing": "The weights of the model are missing. Run `vitrine models pull`, then retry.",
    "not_indexed": "The product has no indexed photo. Add one, or index the product again.",
    "nothing_verified": "Nobody has verified a product yet. Review some, then write it again.",
    "pictures_missing": "A server does not give the pictures. Correct their addresses and "
    "import the row again, or retry.",
    "photo_damaged": "A stored photo is damaged. Run `vitrine reconcile`, upload it again, retry.",
    "product_unknown": "The product was deleted. Restore it and retry, or leave the job be.",
    "upload_unknown": "The photo that was searched with is gone. Search with it again.",
    "vectors_refused": "The vector index refuses us. Check its settings, then retry.",
    "vectors_unavailable": "The vector index did not answer. The job goes on when it is back.",
    "versions_differ": "The model that indexed the catalogue is missing: `vitrine models add` it.",
    "vision_unavailable": "The models did not answer. The job goes on when they are back.",
    "worker_lost": "The worker stopped several times while it ran this. It may lack memory: look "
    "at the photo's size and the worker's log, then retry.",
}


def hint(code: str | None) -> str | None:
    """What to do about the error; None where there is none."""
    return None if code is None else HINTS.get(code, AGAIN)
