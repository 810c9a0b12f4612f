"""Lines with a label, some of which give way or go on below: as many as there is room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span

LABEL: Final = 11  # cells of the label column
#: A line of the summary and how soon it gives way when there is no room: 0 never does, 5 is the first to go.
Ranked = tuple[int, Line]


def row(label: str, *spans: Span | tuple[str, Role] | str) -> Line:
    """A labelled line: the label stands in a column of its own."""
    return Line.of((f"{label:<{LABEL}}", Role.LABEL), *spans)


def fitted(ranked: Sequence[Ranked], height: int) -> list[Line]:
    """The lines that fit, in order; those that give way first are left out, and the last line says how many."""
    over = len(ranked) - height
    if over <= 0:
        return [line for _, line in ranked]
    kept = list(ranked)
    for rank in (5, 4, 3, 2, 1, 0):
        for index in range(len(kept) - 1, -1, -1):
            if len(kept) > height - 1 and kept[index][0] == rank:
                del kept[index]
    left_out = len(ranked) - len(kept)
    return [*(line for _, line in kept), row("", (f"{left_out} more lines in the panes below", Role.DIM))][:height]


def spread(ranked: Sequence[Ranked], height: int, cells: int) -> list[Ranked]:
    """Lines that are too long go on below, as far as rows are left over."""
    spread: list[Ranked] = []
    spare = height - len(ranked)
    for rank, line in ranked:
        first, *rest = line.spans
        label = first if first.role is Role.LABEL and tui_text.width(first.text) == LABEL else None
        rows = Line(tuple(rest)).wrapped(cells - LABEL) if label is not None else line.wrapped(cells)
        if not rows or len(rows) - 1 > spare:
            spread.append((rank, line))
            continue
        spare -= len(rows) - 1
        heads = () if label is None else (label, Span(" " * LABEL))
        spread += [(rank, Line((*heads[min(at, 1) : min(at, 1) + 1], *each.spans))) for at, each in enumerate(rows)]
    return spread


def stepped(lines: Iterable[Line], rank: int) -> list[Ranked]:
    """Each line gives way before the one above it."""
    return [(min(5, rank + number), line) for number, line in enumerate(lines)]
