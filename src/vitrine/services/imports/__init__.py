"""A whole catalogue from the files shops have; a bad row stops no other."""

from vitrine.services.imports.ingest import (
    WHATS,
    count_rows,
    import_catalogue,
    import_opened,
    of_shop,
    source,
)
from vitrine.services.imports.reading import Catalogue, Layout, look, opened, read_rows, samples
from vitrine.services.imports.records import Record, Row, Source
from vitrine.services.imports.summary import ImportSummary
from vitrine.services.imports.upserting import (
    CREATED,
    REFUSED,
    RESTORED,
    UNCHANGED,
    UPDATED,
    Outcome,
)

__all__ = [
    "CREATED",
    "REFUSED",
    "RESTORED",
    "UNCHANGED",
    "UPDATED",
    "WHATS",
    "Catalogue",
    "ImportSummary",
    "Layout",
    "Outcome",
    "Record",
    "Row",
    "Source",
    "count_rows",
    "import_catalogue",
    "import_opened",
    "look",
    "of_shop",
    "opened",
    "read_rows",
    "samples",
    "source",
]
