"""Vitrine: self-hosted visual product search for fashion catalogues."""

import os

# Before NumPy is imported. Its BLAS has threads that spin for a while after each product that is
# large enough for them: on cores that graphs need, and their threads then come too late to help.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
