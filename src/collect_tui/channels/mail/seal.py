"""The key of a message as it travels in message ids and return paths: `1-4821=k3jdu6…`, sealed, so that nobody else can make one.

Whoever wants to have a notice count as returned, or a reply stand on another's account, would have to guess the seal: 80 bits of
an HMAC-SHA256 of the key. Only who got the message knows its seal.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterator
from typing import Final

_SIZE: Final = 16  # letters of base 32: addresses are short, and some servers write them in lower case
_SEALED: Final = re.compile(rf"(?<![0-9])([0-9]{{1,19}}-[0-9]{{1,19}})=([a-z2-7]{{{_SIZE}}})@")


class Seal:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sealed(self, key: str) -> str:
        """A key with its seal, as the part of an address or of a message id before the `@`."""
        return f"{key}={self._of(key)}"

    def keys(self, text: str) -> Iterator[str]:
        """The keys in a text whose seal is ours, in the order of the text."""
        for found in _SEALED.finditer(text.lower()):
            if hmac.compare_digest(found[2], self._of(found[1])):
                yield found[1]

    def _of(self, key: str) -> str:
        made = hmac.digest(self._secret, key.encode("ascii"), hashlib.sha256)
        return b32encode(made).decode("ascii").lower()[:_SIZE]
