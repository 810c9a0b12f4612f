"""A copy of one book in a private file, to try on it what must not happen to the book itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from collect_tui.desk.protocol import Progress
from collect_tui.store.backup import copy_whole
from collect_tui.store.engine import Store

_PAGE: Final = 5000


@contextmanager
def copied(store: Store, tenant_id: int, tell: Progress) -> Iterator[Store]:
    """An open copy as it is now, which goes with the context. Nobody waits for it: a SQLite file is copied while others write, and of
    PostgreSQL the rows of the tenant are read in one snapshot. Raises Unavailable "store.full", "store.damaged"."""
    with tempfile.TemporaryDirectory(prefix="collect-tui-copy-") as folder:
        path = Path(folder) / "copy.db"
        path.touch(mode=0o600)
        tell("Copy", 0, 0)
        if store.is_file:
            copy_whole(Path(store.place), path)
            with Store.open(path, create=False) as copy:
                yield copy
        else:
            path.unlink()
            with Store.open(path, create=True) as copy:
                _rows(store, copy, tenant_id, tell)
                yield copy


def _rows(store: Store, copy: Store, tenant_id: int, tell: Progress) -> None:
    tables = SQLModel.metadata.sorted_tables
    with store.read() as source, copy.write() as target:
        to = target.connection()
        for number, table in enumerate(tables):
            tell("Copy", number, len(tables))
            mine = select(table).where(table.c.tenant_id == tenant_id).execution_options(yield_per=_PAGE)
            for page in source.connection().execute(mine).mappings().partitions():
                to.execute(insert(table), [dict(row) for row in page])
