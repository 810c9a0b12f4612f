"""Names that a far end gives to messages, threads and senders. One that looks like a card number may not be written down as it is:
it is kept in letters, and is itself again when it goes back to the far end."""

from __future__ import annotations

from typing import Final

from collect_tui.domain.card_text import forbidden

_MARK: Final = "id:"
_LETTERS: Final = "bcdfghjklmpqrstv"  # no vowels: no number is spelt with them


def kept(name: str) -> str:
    """The name as it is kept: another one for every other."""
    if not name.startswith(_MARK) and forbidden(name) is None:
        return name
    return _MARK + "".join(_LETTERS[byte >> 4] + _LETTERS[byte & 15] for byte in name.encode())


def sent(name: str) -> str:
    """The name as the far end gave it."""
    if not name.startswith(_MARK):
        return name
    halves = [_LETTERS.index(letter) for letter in name.removeprefix(_MARK)]
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True)).decode()
