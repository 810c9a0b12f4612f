"""Passwords: argon2id at its library's defaults (RFC 9106, the low-memory profile), compared in the same time for everybody."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST: Final = 256
AT_ONCE: Final = 4
"""Passwords that one process compares at a time: each takes 64 MB, and whoever sends many must not take all there is."""
_TURNS: Final = threading.BoundedSemaphore(AT_ONCE)


@lru_cache(maxsize=1)
def default_hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # part of the extra `server`

    return PasswordHasher()


@lru_cache(maxsize=8)
def nobodys(hasher: PasswordHasher) -> str:
    """The hash that stands for a login without a password: comparing with it takes as long as with any other."""
    return hasher.hash(secrets.token_urlsafe(32))


def hashed(password: str, hasher: PasswordHasher | None = None) -> str:
    return (hasher or default_hasher()).hash(_plain(password))


def _plain(password: str) -> str:
    """One spelling for what looks the same, however a keyboard composes it (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def fits(hasher: PasswordHasher, kept: str | None, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        with _TURNS:
            right = hasher.verify(kept or nobodys(hasher), _plain(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return right and kept is not None and len(password) <= LONGEST
