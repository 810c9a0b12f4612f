"""A store of one tenant, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collect_tui.store.engine import Store
from support.portfolio import make_store


@pytest.fixture
def store() -> Iterator[Store]:
    with make_store() as made:
        yield made
