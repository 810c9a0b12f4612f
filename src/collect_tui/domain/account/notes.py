"""Notes: abbreviations written out. What must not stand in one, `card_text.py` finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_WORD = re.compile(r"(?<![\w\\@'’-])(?<!\w\.)(?P<kept>\\?)(?P<word>[^\W_]\w*+)(?![\\@'’-]\w|@|\.\w)")

_SLOT = re.compile(r"\{\w+\}")
_CLOSE = re.compile(r"[,;](?=\s|$)|[;\r\n]")
_FILLING = re.compile(r"\S+")

_MONTHS: Final = frozenset({"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"})


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot of an abbreviation that nothing fills. text[start:end] is the abbreviation; `slot` as `{when}`."""

    start: int
    end: int
    slot: str


def expand(text: str, abbreviations: Mapping[str, str]) -> str:
    r"""Write out the abbreviations of a note: `lm w/ sp` becomes `left message w/ spouse`.

    Whole words only, in the case the abbreviation has, so `LM`, `film` and `sp@example.com` stay. A backslash keeps
    the word and goes: `\lm` is `lm`. A month beside a number stays, or `15 dec` would report a death. An abbreviation
    with an empty meaning is none. One pass: what an abbreviation stands for is not expanded again, so apply it once, to
    what was typed.

    What follows an abbreviation fills its slots: the one slot of `call back {when}` takes all up to the next comma,
    semicolon or line's end; several slots take one word each, in order, and a word that the meaning has before the slot
    may be typed along: `ptp 50 fri` and `ptp 50 on fri` are `promises 50 on fri`. What is typed into a slot is written
    out, too. A slot that nothing fills stays as it is; `open_slot` finds it.
    """
    return _Writer(text, abbreviations).write(0, len(text))


def open_slot(text: str, abbreviations: Mapping[str, str]) -> OpenSlot | None:
    """The first slot that nothing fills when the text is written out; a text that has one is not to be stored."""
    writer = _Writer(text, abbreviations)
    writer.write(0, len(text))
    return min(writer.unfilled, key=lambda found: found.start, default=None)


class _Writer:
    """Writes out one text, and remembers the slots that were left open."""

    def __init__(self, text: str, abbreviations: Mapping[str, str]) -> None:
        self.text = text
        self.abbreviations = abbreviations
        self.unfilled: list[OpenSlot] = []

    def write(self, start: int, end: int) -> str:
        """text[start:end] written out."""
        parts: list[str] = []
        at = start
        while match := _WORD.search(self.text, at, end):
            parts.append(self.text[at : match.start()])
            written, at = self._word(match, end)
            parts.append(written)
        return "".join([*parts, self.text[at:end]])

    def _word(self, match: re.Match[str], end: int) -> tuple[str, int]:
        """One word written out, and where the text after it goes on."""
        full = self.abbreviations.get(match["word"])
        if not full or (match["word"] in _MONTHS and _beside_a_number(self.text, *match.span())):
            return match[0], match.end()
        if match["kept"]:
            return match["word"], match.end()
        slots = list(_SLOT.finditer(full))
        if not slots:
            return full, match.end()
        close = _CLOSE.search(self.text, match.end(), end)
        return self._filled(match, full, slots, close.start() if close else end)

    def _filled(self, match: re.Match[str], full: str, slots: list[re.Match[str]], end: int) -> tuple[str, int]:
        parts: list[str] = []
        at, done = match.end(), 0
        for slot in slots:
            before = full[done : slot.start()]
            done = slot.end()
            typed = self._typed(at, end, whole=len(slots) == 1, link=before.split()[-1:])
            if typed is None:
                self.unfilled.append(OpenSlot(*match.span(), slot[0]))
                parts += [before, slot[0]]
            else:
                at = typed[1]
                parts += [before, self.write(*typed)]
        return "".join([*parts, full[done:]]), at

    def _typed(self, at: int, end: int, *, whole: bool, link: list[str]) -> tuple[int, int] | None:
        """Where the text that fills a slot stands: one word from `at` on, or all of it; None when there is none."""
        words = [found.span() for found in _FILLING.finditer(self.text, at, end)]
        if len(words) > 1 and link and self.text[slice(*words[0])].casefold() == link[0].casefold():
            del words[0]
        if not words:
            return None
        first, last = words[0], words[-1] if whole else words[0]
        return (first[0], last[1]) if any(c.isalnum() for c in self.text[first[0] : last[1]]) else None


def _beside_a_number(text: str, start: int, end: int) -> bool:
    return text[:start].rstrip()[-1:].isdigit() or text[end:].lstrip(" .")[:1].isdigit()
