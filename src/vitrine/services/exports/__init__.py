"""The whole catalogue as a file that Vitrine and shops read."""

from __future__ import annotations

from vitrine.services.exports.pictures import Naming, addresses_only, into_folder
from vitrine.services.exports.writing import FORMATS, ExportFormat, count, export

__all__ = ["FORMATS", "ExportFormat", "Naming", "addresses_only", "count", "export", "into_folder"]
