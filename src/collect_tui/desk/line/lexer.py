r"""A line cut into acts and words; every word knows where it stands in the text as typed.

Blanks separate words and `;` separates acts. `"…"` holds text with blanks and semicolons (`""` is a quote in it), and
`` `…` `` holds text exactly as it stands, with `\n`, `\t`, `\\` and `` \` `` in it; either opens only at the start of
a word or of the value of a `key=value` word. After a verb that takes nothing but text (`n`) all up to the end of the
line is one word, with its blanks, semicolons and quotes, unless it begins with a quote. Control and direction characters
count as removed: tabs and line breaks are blanks, the rest is dropped from the words while positions stay those of the
text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from collect_tui.common.text import SEQUENCE
from collect_tui.common.text import clean as sanitised

GONE: Final = "\0"
"""Stands for a removed character until words are taken out, so that positions do not move."""

_WORD = re.compile(
    r"""
      (?P<end>;)
    | (?: "(?P<q>(?:[^"]|"")*+)(?P<qe>"?)
        | `(?P<r>(?:[^`\\]|\\.)*+)(?P<re>\\?`?)
        | (?P<bare>[^ ;=]++)
      )?+
      (?P<eq>=
        (?: "(?P<vq>(?:[^"]|"")*+)(?P<vqe>"?)
          | `(?P<vr>(?:[^`\\]|\\.)*+)(?P<vre>\\?`?)
          | (?P<vbare>[^ ;]*+)
        )
      )?+
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t"}


@dataclass(slots=True)  # not frozen: made for every word on every key, and a frozen one takes three times as long
class Token:
    """One word. `quote` is how `text` was quoted: `"`, a backtick or nothing. A `key=value` word has its key in `key`
    (`key_quote` as for the text) and its value, from `value_start` on, in `text`. `low` is the text in lower case."""

    start: int
    end: int
    text: str
    low: str
    quote: str = ""
    key: str | None = None
    key_quote: str = ""
    value_start: int = 0
    closed: bool = True

    @property
    def plain(self) -> bool:
        """A bare word that can be a code, an amount, a date."""
        return not self.quote and self.key is None


@dataclass(frozen=True, slots=True)
class ActSource:
    """The words of one act; `end` is where something missing would stand (the `;`, or the end of the text)."""

    tokens: tuple[Token, ...]
    end: int


def clean(text: str) -> str:
    """The text, position for position, with blanks of any kind as blanks, and terminal sequences and other controls as GONE. Behind an
    Escape by itself somebody typed on."""
    if text.isprintable():
        return text
    return "".join(map(_clean_character, SEQUENCE.sub(lambda found: GONE * len(found[0]), text)))


def _clean_character(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else sanitised(character) or GONE


def acts(source: str, text_begins: Callable[[str, Sequence[str]], bool]) -> list[ActSource]:
    """The acts of a cleaned text that have any word in them.

    `text_begins` says of the first word of an act, in lower case, and of those behind it whether the last of these and all that follows
    is one text.
    """
    found: list[ActSource] = []
    tokens: list[Token] = []
    at, size = 0, len(source)
    while at < size:
        if source[at] == " ":
            at += 1
            continue
        match = _WORD.match(source, at)
        assert match is not None, "every part of the pattern is optional"
        if match["end"]:
            if tokens:
                found.append(ActSource(tuple(tokens), at))
            tokens, end = [], match.end()
        else:
            token, end = _token(match), match.end()
            if tokens and source[at] not in '"`' and tokens[0].plain:
                behind = [each.low for each in (*tokens[1:], token)]
                if text_begins(tokens[0].low, behind):
                    token, end = _rest(source, at), size
            if token.text or token.quote or token.key is not None:
                tokens.append(token)
        at = end
    if tokens:
        found.append(ActSource(tuple(tokens), size))
    return found


def _rest(source: str, at: int) -> Token:
    """All from a place to the end of the line, as typed."""
    end = len(source.rstrip(" " + GONE))
    text = source[at:end].replace(GONE, "")
    return Token(at, max(at, end), text, text.lower())


def _token(match: re.Match[str]) -> Token:
    start, end = match.span()
    head, head_quote, head_closed = _part(match["q"], match["qe"], match["r"], match["re"], match["bare"])
    if match["eq"] is None:
        return Token(start, end, head, head.lower(), head_quote, closed=head_closed)
    if not head and not head_quote:  # a bare `=…` is a word like any other
        word = match[0].replace(GONE, "")
        return Token(start, end, word, word.lower())
    value, quote, closed = _part(match["vq"], match["vqe"], match["vr"], match["vre"], match["vbare"])
    return Token(
        start, end, value, value.lower(), quote, head, head_quote, match.start("eq") + 1, head_closed and closed
    )


def _part(
    quoted: str | None, quoted_end: str | None, raw: str | None, raw_end: str | None, bare: str | None
) -> tuple[str, str, bool]:
    if quoted is not None:
        return quoted.replace('""', '"').replace(GONE, ""), '"', quoted_end == '"'
    if raw is not None:
        text = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), raw)
        return text.replace(GONE, ""), "`", raw_end == "`"
    return (bare or "").replace(GONE, ""), "", True


def quote(text: str) -> str:
    """Text in quotes, as the line reads it back. Only for text without control characters."""
    return '"' + text.replace('"', '""') + '"'


def raw(text: str) -> str:
    """Text in backticks, as the line reads it back, line breaks and tabs included."""
    body = text.replace("\\", "\\\\").replace("`", "\\`").replace("\n", "\\n").replace("\t", "\\t")
    return f"`{body}`"


def is_clean(text: str) -> bool:
    """Whether the line can carry the text in quotes without changing it."""
    return clean(text) == text


def literal(text: str) -> str:
    """Text in the kinder of the two quotings."""
    return quote(text) if is_clean(text) else raw(text)


_BARE = re.compile(r"[^ ;=\"`#@][^ ;=\"`@]*")


def word(text: str) -> str:
    """One word: bare when it can be, else quoted."""
    return text if _BARE.fullmatch(text) and is_clean(text) else literal(text)
