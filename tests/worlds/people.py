"""Who asks the API in tests; `tests/api/conftest.py` has them signed in."""

from __future__ import annotations

PASSWORD = "correct horse battery"
Headers = dict[str, str]
