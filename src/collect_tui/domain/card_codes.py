"""Security codes of payment cards in text: the words that say a number of three or four digits is one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Final

from collect_tui.domain.other_numbers import digits_of

_PLACE: Final = (
    r"(?:(?:on|at|from) (?:the )?(?:back|reverse|front)(?: side)?|auf der r(?:ü|ue)ckseite|hinten|au dos"
    r"|(?:al|en el|del) (?:dorso|reverso))"
)
_WORD: Final = (
    r"(?:card(?:'s)?[ _-]?)?(?:c[\W_]{0,2}v[\W_]{0,2}[vcnde12]2?(?:c2?|(?:'?s))?|ccv2?|cv code|cav2?|csc2?|cid"
    r"|sec(?:urity|ure|ret|\.)?[ _-]{0,2}(?:code|number|digits|pin|no\b)|safety (?:code|number)|card(?:'s)? code|card (?:pin|id\b)"
    r"|(?:card verification|(?:verification|validation) (?:code|value|number|no\b))"
    rf"|(?:codes?|digits?|numbers?|ziffern?|chiffres|d[ií]gitos|c[oó]digo|(?:three|3|four|4)[ -]?digit code"
    rf"|last (?:three|3|four|4)(?: digits?)?) {_PLACE}"
    r"|(?:three|3)[ -]digit (?:code|number)|back of (?:the )?card|code (?:from|off) (?:the )?card"
    r"|exp(?:iry|ires)?\W{1,3}[01]?[0-9]/(?:20)?[2-4][0-9]\W{1,3}(?:sec|code)|signature (?:strip|panel)(?: code)?"
    r"|(?:karten)?pr(?:ü|ue)f(?:ziffer|nummer|nr)|sicherheitscode|c[oó]d(?:e|igo) de (?:s[eé]curit[eé]|seguridad|v[eé]rificaci[oó]n)"
    r"|cryptogramme(?: visuel)?)"
)
_SPOKEN_OF: Final = re.compile(
    rf"(?<![a-z]){_WORD}|(?<![0-9])[0-9]{{3,4}}[\W_]{{0,3}}{_PLACE}", re.IGNORECASE | re.ASCII
)
_LINK: Final = (
    "is|was|are|no|nr|n|num|numbers?|code|digits|the|on|in|card|back|side|of|has|been|given|as|then|taken|recorded|here|below|above"
    "|it|reads|for|would|be|he|she|they|says?|said|gave|ist|sind|lautet|war|est|sont|es|son"
)
_CODE: Final = re.compile(
    rf"(?<![a-z]){_WORD}(?:(?=number|code|digits)|(?![a-z]))"
    rf"(?:[^a-z0-9*]|(?:{_LINK})(?![a-z])){{0,40}}?"
    r"(?P<after>[0-9](?:[ .,\-/]{0,3}[0-9]){2,3})(?![0-9])"
    rf"|(?<![0-9.,/*\-])(?P<before>[0-9]{{3,4}})(?:[ (:=\-]{{1,3}}|\) ?| (?:is|as|for|=) (?:(?:the|her|his|their|a) )?){_WORD}"
    r"(?![a-z])(?!\W{0,8}[0-9*])"
    # Three stand on the back of a card, four on the front of an American Express; what else stands there is named.
    r"|(?<![0-9.,/*\-])(?P<there>[0-9]{3}(?! (?:on|at|from) (?:the )?front)|[0-9]{4}(?= (?:on|at|from) (?:the )?front))"
    rf" {_PLACE}"
    r"(?! ?-?(?:order|burner|end|door|desk|foot|page|office|yard|seat|row)| of (?!(?:the |her |his |their |my )?card))(?![a-z])",
    re.IGNORECASE | re.ASCII,
)


def speaks_of_a_code(text: str) -> bool:
    """Whether a text has words for a security code: true of all that `codes_in` would find one in."""
    return _SPOKEN_OF.search(text) is not None


def codes_in(read: str, skipped: Set[str]) -> Iterator[tuple[int, int]]:
    """Where security codes stand in a text; `skipped`: the numbers of the file."""
    for match in _CODE.finditer(read):
        # `CID 4410` is a circuit of the file, and no other word for a code names one.
        if match[0][:3].lower() != "cid" or digits_of(match[0]) not in skipped:
            yield match.span(match.lastgroup or 0)
