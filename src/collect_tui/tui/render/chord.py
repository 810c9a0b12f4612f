"""What may follow the first of two keys on an account: every result that they log, every kind of case that they begin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from string import ascii_letters, ascii_lowercase, ascii_uppercase
from typing import Final

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span

_HEADS: Final = {
    "result": ("Result, and the next account", " · any other key logs nothing"),
    "case": ("New case", " · any other key begins none"),
}


def letters(words: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """A letter for each word: of those with the fewest letters, which are typed most, first; its own first one that is free, else any."""
    found: dict[str, str] = {}
    for word in sorted(words, key=lambda word: (len(word), word)):
        for key in (*word.lower(), *ascii_lowercase, *ascii_uppercase):
            if key in ascii_letters and key not in found and key not in taken:
                found[key] = word
                break
    return found


def chord_lines(of: str, known: Sequence[tuple[str, str, str]], width: int, height: int) -> list[Line]:
    """What the second key may be, `(key, word, title)`, one a row; in columns where there are not rows enough for all."""
    title, other = _HEADS[of]
    head = Line.of((title, Role.HEAD), (other, Role.LABEL))
    room = max(3, *(len(word) for _, word, _ in known), 0)
    down = max(1, height - 1)
    across = -(-len(known) // down)
    down = -(-len(known) // across) if known else 0
    cells = width // across if across else width
    lines = []
    for y in range(down):
        spans: list[Span] = []
        for key, code, title in known[y::down]:
            words = f"{code:<{room}} {tui_text.clean(title).lower()}"
            spans += [Span(f"  {key}  ", Role.KEY), Span(tui_text.fit(words, max(4, cells - 5)))]
        lines.append(Line(tuple(spans)))
    return [head, *lines]
