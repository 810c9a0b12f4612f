"""What a message that came in seems to say: an order to stop, which is obeyed at once, and what is only suggested. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from collect_tui.common.text import fold

STOP: Final = "stop"
START: Final = "start"
_WHOLE: Final = (STOP, START)
"""What is meant only where nothing else is said."""

_NO_WORD: Final = re.compile(r"[\W_]+")
#: Where the message begins that is answered: `>`, a rule, the head that some programs put over it.
_QUOTED: Final = re.compile(
    r"^[ ]*(?:>|-{4,}|_{8,}|(?:from|de|mula|mula sa|daripada|发件人|寄件者)[ ]?[:：])", re.IGNORECASE | re.MULTILINE
)
_LOOKED_AT: Final = 4_000
"""Characters of a text in which phrases are looked for."""


def _plain(text: str) -> str:
    """Words with a blank between them and around them, without case, accents and punctuation: `Don't!` is ` dont `."""
    return f" {_NO_WORD.sub(' ', fold(text.replace(chr(39), '').replace('’', ''))).strip()} "


def own_words(text: str) -> str:
    """What was written, without what is quoted below it."""
    quoted = _QUOTED.search(text)
    return (text[: quoted.start()] if quoted else text).strip()


@dataclass(frozen=True, slots=True)
class Meaning:
    """`suggestion`: codes of results with blanks between them, or `stop` or `start` alone."""

    stop: bool = False
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases as they are looked for, by what they stand for."""

    whole: Mapping[str, frozenset[str]] = field(default_factory=dict)
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Mapping[str, Mapping[str, Iterable[str]]]) -> Phrases:
        """Of tables by what is meant and by language, as a site writes them."""
        every = {name: [_plain(each) for phrases in by.values() for each in phrases] for name, by in said.items()}
        return cls(
            {name: frozenset(every.get(name, ())) for name in _WHOLE},
            {name: tuple(map(_sought, every[name])) for name in every if name not in _WHOLE},
        )

    def meaning(self, subject: str, text: str) -> Meaning:
        own = own_words(text[: 2 * _LOOKED_AT])[:_LOOKED_AT]
        said = {_plain(subject), _plain(own), _plain(own.partition("\n")[0])}
        for name in _WHOLE:
            if not said.isdisjoint(self.whole.get(name, ())):
                return Meaning(name == STOP, name)
        both = _plain(subject) + _plain(own)
        return Meaning(False, " ".join(name for name, phrases in self.held.items() if any(p in both for p in phrases)))


def _sought(phrase: str) -> str:
    """As it is found in a text: between blanks, but for writing that has none between words."""
    return phrase if phrase.isascii() else phrase.strip()
