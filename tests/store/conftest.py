"""A store of one tenant, fresh for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collect_tui.store.engine import Store
from support.portfolio import make_pg_store, make_store


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with make_store() if request.param == "sqlite" else make_pg_store() as made:
        yield made
