"""A passphrase kept as what cannot be turned back into it (argon2id, RFC 9106), in a file for its owner only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from collect_tui.common.files import read_whole, write_whole

NAME: Final = "lock"
"""The file that unlocks a covered terminal, in the state folder."""


def keep(path: Path, text: str) -> None:
    """Keeps a passphrase; one that was there is replaced."""
    from argon2 import PasswordHasher

    write_whole(path, PasswordHasher().hash(text) + "\n")


def is_right(path: Path, text: str) -> bool:
    """Is it the passphrase that was kept?  A file that is damaged has none."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(read_whole(path).decode("ascii").strip(), text)
    except (VerificationError, InvalidHashError, OSError, UnicodeDecodeError):
        return False
