"""Stores that are made once and filled again and again: to load a book anew takes longer than to copy it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache

from collect_tui.store.engine import Store


@lru_cache(maxsize=8)
def slot(_number: int) -> Store:
    return Store.memory()


@lru_cache(maxsize=1)
def empty() -> sqlite3.Connection:
    return image(Store.memory())


def image(store: Store) -> sqlite3.Connection:
    """A copy of the whole database in memory."""
    copy = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(store.path)) as found:
        found.backup(copy)
    return copy


def put(store: Store, copy: sqlite3.Connection) -> None:
    """Makes a store what the copy is."""
    with closing(sqlite3.connect(store.path)) as place:
        copy.backup(place)
