"""Of many like cases an everyday run tries some; all of them with `EXPLORE=1` in the environment.

@pytest.mark.parametrize("seed", range(few(6, of=20)))
"""

from __future__ import annotations

import os
from typing import Final

EXPLORE: Final = "EXPLORE" in os.environ


def few(everyday: int, *, of: int) -> int:
    """How many of `of` cases are tried."""
    return of if EXPLORE else everyday
