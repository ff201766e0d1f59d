"""Vitrine: self-hosted visual product search for fashion catalogues."""
