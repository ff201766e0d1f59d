"""What a product says of itself and what it is found by: each field and facet declared once.

A field stands in `product.py` with its type, its limits and what is done with it; a facet that is
no field in `facets.py`, or in `vision/vocabulary.toml` where pictures are labelled by it. Tables,
forms, files, filters, counts and the web's pages are made from what stands there.
"""

from vitrine.fields.deriving import with_fields
from vitrine.fields.facets import FACETS, Facet
from vitrine.fields.product import FIELDS, ProductField, ProductFields, longest, named

__all__ = [
    "FACETS",
    "FIELDS",
    "Facet",
    "ProductField",
    "ProductFields",
    "longest",
    "named",
    "with_fields",
]
