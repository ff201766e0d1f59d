from __future__ import annotations

import pytest

from vitrine.core.errors import Conflict
from vitrine.core.sealing import seal, unseal

KEY = b"a key of thirty-two bytes, of ours"


def test_what_is_sealed_is_told_to_who_has_the_key_and_the_purpose_alone() -> None:
    sealed = seal("hush", KEY, "source")
    assert unseal(sealed, KEY, "source") == "hush"
    assert "hush" not in sealed
    assert seal("hush", KEY, "source") != sealed
    wrong = [(sealed, b"another", "source"), (sealed, KEY, "other"), (sealed[:-4], KEY, "source")]
    for text, key, purpose in [*wrong, ("no base64!", KEY, "source"), ("", KEY, "source")]:
        with pytest.raises(Conflict):
            unseal(text, key, purpose)
