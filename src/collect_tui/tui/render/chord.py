"""What may follow `,` on an account: every result that two keys log."""

from __future__ import annotations

from collections.abc import Sequence

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span


def chord_lines(known: Sequence[tuple[str, str, str]], width: int, height: int) -> list[Line]:
    """The results two keys log, `(key, code, title)`, one a row; in columns where there are not rows enough for all."""
    head = Line.of(("Result, and the next account", Role.HEAD), (" · any other key logs nothing", Role.LABEL))
    down = max(1, height - 1)
    across = -(-len(known) // down)
    down = -(-len(known) // across) if known else 0
    cells = width // across if across else width
    lines = []
    for y in range(down):
        spans: list[Span] = []
        for key, code, title in known[y::down]:
            words = f"{code:<3} {tui_text.clean(title).lower()}"
            spans += [Span(f"  {key}  ", Role.KEY), Span(tui_text.fit(words, max(4, cells - 5)))]
        lines.append(Line(tuple(spans)))
    return [head, *lines]
