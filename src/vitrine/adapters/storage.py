"""Blobs in a local folder or in a bucket that speaks S3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, S3Store

from vitrine.adapters import disk
from vitrine.core.errors import Away, Invalid, NotFound, Unavailable
from vitrine.core.groups import BlobSettings

if TYPE_CHECKING:
    from obstore.store import S3Config

PART = "blobs"
"""What this part is called where parts have names."""

PROBE = "health/probe"
"""A key that holds nothing, for asking whether the store takes anything."""

EXPIRING = {"vitrine": "expiring"}
"""The tag that a bucket's lifecycle rule may go by, see docs/retention.md."""

_REFUSALS = (PermissionDeniedError, UnauthenticatedError, PermissionError)

# A leading letter or digit in every segment rules out `..`, hidden files and absolute paths.
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]*(/[A-Za-z0-9][A-Za-z0-9._=-]*)*")


@dataclass(frozen=True, slots=True)
class ObjectBlobs:
    """Blobs over one object store; a put is seen whole or not at all."""

    store: LocalStore | S3Store
    place: str

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Store bytes, with their media type where the store keeps one."""
        kept = None if isinstance(self.store, LocalStore) else {"Content-Type": media_type}
        with self._translated(_checked(key)):
            obstore.put(self.store, key, data, attributes=kept)

    def get(self, key: str) -> bytes:
        """The bytes; raises NotFound."""
        with self._translated(_checked(key)):
            return bytes(obstore.get(self.store, key).bytes())

    def exists(self, key: str) -> bool:
        """Whether the key holds bytes."""
        try:
            with self._translated(_checked(key)):
                obstore.head(self.store, key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the bytes; no error if there are none."""
        try:
            with self._translated(_checked(key)):
                obstore.delete(self.store, key)
        except NotFound:
            return

    def mark(self, key: str, expiring: bool) -> None:
        """Tag the bytes in a bucket for its lifecycle rule, or not; a folder only looks them up.

        They are written anew, because a rule counts the days from when an object was written.
        """
        with self._translated(_checked(key)):
            if isinstance(self.store, LocalStore):
                obstore.head(self.store, key)
                return
            found = obstore.get(self.store, key)
            kept, tags = found.attributes, EXPIRING if expiring else None
            obstore.put(self.store, key, found.bytes(), attributes=kept, tags=tags)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every stored key that begins with `prefix`."""
        # The store lists whole folders; ours is a prefix of text.
        folder = prefix.rpartition("/")[0]
        if folder:
            _checked(folder)
        with self._translated(prefix):
            for page in obstore.list(self.store, folder or None):
                for found in page:
                    if found["path"].startswith(prefix):
                        yield found["path"]

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            told = str(error)  # what a listing meets has no class of its own
            if "NoSuchBucket" in told:
                raise Unavailable(
                    "bucket_missing", f"{self.place} does not exist; create it first."
                ) from error
            if isinstance(error, _REFUSALS) or "403 Forbidden" in told:
                raise Unavailable(
                    "blobs_refused",
                    f"{self.place} refused us; check its permissions and the VITRINE_BLOBS__ "
                    "settings.",
                ) from error
            if getattr(error, "errno", None) in disk.FULL or "No space left" in told:
                raise Away(disk.PART, f"{self.place} is full.", code="disk_full") from error
            if isinstance(error, FileNotFoundError):
                raise NotFound("blob_unknown", f"There is no blob {key}.") from error
            raise Away(PART, f"{self.place} does not answer.") from error


def local_blobs(folder: Path) -> ObjectBlobs:
    """Blobs in a folder, which is made if it is missing; raises Unavailable if it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("blobs_unavailable", f"Folder {folder} cannot be made.") from error
    return ObjectBlobs(LocalStore(folder), f"Folder {folder}")


def s3_blobs(settings: BlobSettings, seconds: float = 30.0) -> ObjectBlobs:
    """Blobs in a bucket addressed by path; without a key the usual AWS credentials are found.

    An endpoint that is silent for `seconds` is given up, and asked once more.
    """
    if not settings.bucket:
        raise Invalid("bucket_unset", "Blobs in S3 need VITRINE_BLOBS__BUCKET.")
    store = S3Store(
        settings.bucket,
        config=_s3_config(settings),
        client_options={
            "allow_http": settings.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=3),
            "timeout": timedelta(seconds=seconds),
        },
        retry_config={
            "max_retries": 1,
            "retry_timeout": timedelta(seconds=seconds),
            "backoff": {"max_backoff": timedelta(seconds=1)},
        },
    )
    return ObjectBlobs(store, f"Bucket {settings.bucket} at {settings.endpoint or 'AWS'}")


def _s3_config(settings: BlobSettings) -> S3Config:
    config: S3Config = {"region": settings.region, "virtual_hosted_style_request": False}
    if settings.endpoint:
        config["endpoint"] = settings.endpoint
    if settings.access_key_id:
        config["access_key_id"] = settings.access_key_id
        config["secret_access_key"] = settings.secret_access_key.get_secret_value()
    return config


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise Invalid("blob_key", f"{key!r} is no key for a blob.")
    return key
