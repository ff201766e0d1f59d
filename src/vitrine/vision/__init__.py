"""Pixels and words in, an Analysis out: no database, no network, no web framework."""
