"""Which columns of a list there is room for, and how wide each is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from collect_tui.desk.columns import Column
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session


def fit_columns(
    columns: Sequence[Column], cells: int, needs: Sequence[int] = (), gap: int = 1
) -> list[tuple[int, int]]:
    """Choose the columns to show in ``cells`` cells: pairs of column index and width, in order.

    `needs`: the cells that figures need of each column, which are never cut.
    """
    widths = [column.width for column in columns]
    for index, need in enumerate(needs):
        widths[index] = max(widths[index], need) if widths[index] else 0
    chosen = {index for index, column in enumerate(columns) if not column.rank}
    used = sum(widths[index] + gap for index in chosen) - gap
    for index in sorted(chosen):
        more = min(max(0, columns[index].most - widths[index]), max(0, cells - used))
        widths[index] += more
        used += more
    for index in sorted((i for i, column in enumerate(columns) if column.rank), key=lambda i: (columns[i].rank, i)):
        if used + widths[index] + gap > cells:
            break
        chosen.add(index)
        used += widths[index] + gap
    room, shares = max(0, cells - used), sum(columns[i].flex for i in chosen)
    result = []
    for index in sorted(chosen):
        flex = columns[index].flex
        extra = room * flex // shares if flex else 0
        room, shares = room - extra, shares - flex
        result.append((index, widths[index] + extra))
    return result


def needs_of(columns: Sequence[Column], rows: Iterable[Sequence[str | Span]]) -> list[int]:
    """The cells that each column needs for its heading and for all that these rows have there."""
    needs = [tui_text.width(column.heading) for column in columns]
    for row in rows:
        for index, cell in enumerate(row[: len(needs)]):
            text = cell if isinstance(cell, str) else cell.text
            needs[index] = max(needs[index], tui_text.width(tui_text.clean(text)))
    return needs


def fit_needs(columns: Sequence[Column], cells: int, needs: Sequence[int], gap: int = 1) -> list[tuple[int, int]]:
    """The same by the cells that each column needs, and no more than that.

    Texts begin with the width they were meant to have, names with up to their `most`. Where that is too much, names give way last and
    figures never; where there is room, columns of a rank come next, then texts grow, those first that lack least.
    """
    least = [
        need if column.align == "right" else min(need, max(column.width, column.most))
        for column, need in zip(columns, needs, strict=True)
    ]
    chosen = [index for index, column in enumerate(columns) if not column.rank]
    widths = {index: least[index] for index in chosen}
    room = cells - sum(widths.values()) - gap * (len(chosen) - 1)
    texts = [index for index in chosen if columns[index].align == "left"]
    flexible, names = (
        [i for i in texts if columns[i].flex and not columns[i].most],
        [i for i in texts if columns[i].most],
    )
    for giving, down in ((flexible, 8), (names, 12), (texts, 3)):
        while room < 0 and (left := [index for index in giving if widths[index] > down]):
            widths[max(left, key=lambda index: widths[index])] -= 1
            room += 1
    for index in sorted((i for i, column in enumerate(columns) if column.rank), key=lambda i: (columns[i].rank, i)):
        if room < least[index] + gap:
            break
        widths[index] = least[index]
        room -= least[index] + gap
    for index in sorted(widths, key=lambda index: needs[index] - widths[index]):
        more = max(0, min(room, needs[index] - widths[index]))
        widths[index] += more
        room -= more
    return [(index, max(1, widths[index])) for index in sorted(widths)]


def row_whole(columns: Sequence[Column], row: object, session: Session) -> Line:
    """A row with all its columns, those too for which the list has no room; an empty one is left out."""
    spans: list[Span] = []
    for column in columns:
        text, role = column.on_screen(row, session)
        if column.width and text.strip():
            name = f"{column.heading.lower()} " if column.align == "right" else ""
            spans += [Span(" · " if spans else ""), Span(name, Role.LABEL), Span(tui_text.clean(text), role)]
    return Line(tuple(spans))
