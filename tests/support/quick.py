"""What every test would pay for again and again, paid once per process.

SQL is compiled once: nearly every test opens a store of its own, and asks of it what the last one asked of its own. A compiled
statement is kept by engine and dialect; here all engines keep them together, and dialects of one class are the same.

Passwords cost next to nothing; `test_password_hash_is_argon2id_with_the_librarys_defaults` knows what they cost elsewhere.
"""

from typing import Any
from unittest import mock

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from collect_tui.services import passwords
from collect_tui.store import sqlite

_compiled: LRUCache[Any, Any] = LRUCache(3000)


def begin() -> None:
    """From now on."""
    dialects: list[type] = [sqlite.Reading, sqlite.Writing]
    try:
        from argon2 import PasswordHasher

        from collect_tui.store import postgres
    except ImportError:
        pass  # without the server's extra
    else:
        dialects += [postgres.Reading, postgres.Writing]
        passwords.default_hasher.cache_clear()
        with mock.patch(
            "argon2.PasswordHasher", return_value=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        ):
            passwords.default_hasher()
    for dialect in dialects:
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    Engine._compiled_cache = property(lambda self: _compiled, lambda self, own: None)  # type: ignore[assignment]
