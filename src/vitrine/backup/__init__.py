"""Backups of the embedded shape: saved while it serves, checked byte by byte when restored.

A backup is a folder: `manifest.json`, `SHA256SUMS` (as `sha256sum -c` reads it), `vitrine.db`,
`blobs/`, the shop's own `models/` and `secret.key`. Vectors are not in it: SQL holds them all.
"""

from vitrine.backup.layout import Manifest
from vitrine.backup.restoring import restore
from vitrine.backup.saving import Saved, save

__all__ = [
    "Manifest",
    "Saved",
    "restore",
    "save",
]
