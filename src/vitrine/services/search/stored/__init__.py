"""Search rows in PostgreSQL with pgvector, shared by every process: no catalogue in memory.

A row is written in the transaction that changed its product (`rows.follow`), so that what is
committed is found, and what is rolled back never was. `keeping.settle` makes what a new collection
needs; `query` and `counting` answer what a search asks.
"""
