"""Text from files: what may come in. Customer data is hostile until it has passed here.

The screen has a sanitiser of its own; this one keeps terminal controls and direction tricks from reaching the disk, where
exports, letters and other programs would meet them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# ECMA-48: control strings with their terminator, control sequences, any other escape.
_SEQUENCE: Final = re.compile(
    r"(?:\x1b[PX^_\]]|[\x90\x98\x9d-\x9f])[^\x1b\x9c\x07]*(?:\x1b\\|\x9c|\x07)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]?"
)
_BREAK: Final = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_JOINERS: Final = frozenset("\u200c\u200d")  # Persian and Indic spelling needs them


def scrub(text: str, *, lines: bool = False) -> str:
    """Text without terminal controls, C0 and C1 controls, bidirectional and zero-width controls and lone surrogates; in NFC.

    Tabs and line breaks become a space; with `lines` a line break stays as a newline. Scrubbing twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = _SEQUENCE.sub("", text)
        text = _BREAK.sub("\n" if lines else " ", text).replace("\t", " ")
        text = "".join([c for c in text if c.isprintable() or c == "\n" or _kept(c)])
    return unicodedata.normalize("NFC", text)


def _kept(char: str) -> bool:
    # Spaces of other scripts and unassigned letters are harmless; controls (Cc), formats (Cf) and surrogates (Cs) are not.
    return char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
