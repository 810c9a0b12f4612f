"""Text from outside made safe: names, notes and references may hold terminal escapes, overrides and other controls.

Everything that enters (commands, files) and everything that is painted or printed goes through `clean`.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Any, Final

# What a terminal obeys: ECMA-48 §5.4 and §5.6: control strings (OSC, DCS, SOS, PM, APC) with their terminator, control sequences,
# then any other escape.  An unterminated control string loses its introducer only: the rest may be a customer's words.
SEQUENCE: Final = re.compile(
    r"(?:\x1b[PX^_\]]|[\x90\x98\x9d-\x9f])[^\x1b\x9c\x07\x18\x1a]*(?:\x1b\\|\x9c|\x07)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
)
_ESCAPE: Final = re.compile(rf"{SEQUENCE.pattern}|\x1b[ -/]*[0-~]?")
# Cf, but drawn: Arabic, Syriac and Kaithi signs that enclose the digits after them.
_VISIBLE_FORMAT: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_KEPT_FORMAT: Final = _VISIBLE_FORMAT | frozenset("\u200c\u200d")  # Persian and Indic spelling needs the joiners
# Letters that Unicode does not take apart into a letter and its accent.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
# Flags are pairs of these, which one terminal shows in two cells and another in four: the letters that they stand for.
_FLAG_LETTERS: Final = {0x1F1E6 + at: ord("A") + at for at in range(26)}
# What makes one picture of several signs, or a picture of a sign: terminals measure that differently, and no two agree with all.
_JOINING: Final = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]+")
_PICTURE: Final = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")
_BREAK: Final = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def decoded(raw: bytes) -> str:
    """The text of a small file that some editor or system wrote: UTF-8 with its mark or without, UTF-16 with its mark.

    Raises UnicodeDecodeError.
    """
    return raw.decode("utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")


def clean(text: str, *, keep_newlines: bool = False) -> str:
    """Return ``text`` safe to paint: no control sequence, no control, nothing that reverses or hides.

    Removed are ECMA-48 sequences, C0 and C1 controls, bidirectional overrides, zero-width controls (all but U+200C and
    U+200D) and lone surrogates.  Tabs and line breaks become a space each; with ``keep_newlines`` line breaks become
    ``\\n``.  A flag becomes its letters, a picture joined of several these several, because terminals differ in how wide they are.
    The rest is put in NFC.  Cleaning twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = _ESCAPE.sub("", text)
        text = _BREAK.sub("\n" if keep_newlines else " ", text).replace("\t", " ")
        text = "".join([c for c in text if c.isprintable() or _kept(c)])
    return unicodedata.normalize("NFC", _JOINING.sub(_apart, text.translate(_FLAG_LETTERS)))


def _apart(found: re.Match[str]) -> str:
    """Joiners stay between letters, whose shapes they choose, and nowhere else."""
    beside = found.string[found.start() - 1 : found.start()] + found.string[found.end() : found.end() + 1]
    return found[0] if not found[0].strip("\u200d") and not _PICTURE.search(beside) else ""


def based(text: str) -> str:
    """A cleaned text for a place of its own: a mark without a letter to stand on, at its beginning or behind a blank, gets a dotted
    circle instead of what is before it on the screen."""
    if text.isascii():
        return text
    pairs = zip(f" {text}", text, strict=False)
    return "".join(
        f"\u25cc{char}" if before.isspace() and unicodedata.category(char) in ("Mn", "Me") else char
        for before, char in pairs
    )


def _kept(char: str) -> bool:
    """May this character, which Python does not call printable, stay?"""
    category = unicodedata.category(char)
    return char == "\n" or category in ("Zs", "Co", "Cn") or (category == "Cf" and char in _KEPT_FORMAT)


def escaped(text: str) -> str:
    """The text as it may be shown; one with controls in quotes, each as TOML and JSON write it: `a\u001b[31mb`."""
    if text.isprintable():
        return text
    shown = (c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(shown)}"'


def fold(text: str) -> str:
    """Lower case without accents: `Ángel Łoś` is `angel los`, `Straße` is `strasse`."""
    if text.isascii():
        return text.lower()
    # Taking apart turns fancy letters into plain capitals, and folding can make letters that come apart again.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN))
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def clean_deep(value: Any) -> Any:
    """The same value with every text in it cleaned, line breaks kept: mappings, lists and tuples are walked."""
    if isinstance(value, str):
        return clean(value, keep_newlines=True)
    if isinstance(value, dict):
        return {k: clean_deep(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(clean_deep(v) for v in value)
    return value


def path_of(location: tuple[int | str, ...]) -> str:
    """A location as it is read: `accounts[3].items[0].due`."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
