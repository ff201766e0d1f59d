"""What search keeps in memory of a collection, and the filters that are asked of it: no database.

A Snapshot holds every living product's vector, facets and price at one moment. It never changes;
`services.search.cache.refresh` makes the next one from what changed in SQL.
"""
