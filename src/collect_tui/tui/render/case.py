"""A case whole: what it is about and where it stands, its moves with their keys, what happened in it, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from collect_tui.desk.figures import moment
from collect_tui.desk.views.case import head
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Preview
    from collect_tui.desk.views.case import CaseRow, CaseView
    from collect_tui.desk.views.session import Session

_LABEL = 24
_WHEN = 14
_KEY = 5


def case_lines(case: CaseView, agreed: Preview | None, session: Session, width: int) -> list[Line]:
    """`agreed`: what agreeing to what waits would do."""
    lines: list[Line] = []
    for label, words in head(case, session):
        if label == "See also":
            words = "  ".join(f"{at} {number}" for at, number in enumerate(case.links, start=1))
        lines += _beside(tui_text.clean(label), words, width, _LABEL, Role.WARN if label == "Waits" else Role.VALUE)
    lines += _decision(agreed, width) if agreed is not None else ()
    if case.moves and not case.asked:
        lines += [Line(), Line.of(("Moves", Role.HEAD), (" · a key begins its line", Role.LABEL))]
    for move in case.moves if not case.asked else ():
        barred = f" ({tui_text.clean(move.barred)})" if move.barred else ""
        asks = f" · asks for {', '.join(move.needs)}" if move.needs else ""
        whole = Line.of((f"{move.label}{asks}", Role.DIM if barred else Role.PLAIN), (barred, Role.DIM))
        for at, row in enumerate(whole.wrapped(max(20, width - _KEY))):
            key = " " * _KEY if at else f"  {move.key or ' '}  "
            lines.append(Line.of((key, Role.DIM if barred else Role.KEY), *row.spans))
    lines += [Line(), Line.of(("What happened", Role.HEAD))]
    for each in reversed(case.events):
        told = f"{each.by}: {each.did}{f': {each.text}' if each.text else ''}"
        lines += _beside(moment(each.at, session.zone, session.business_date), told, width, _WHEN, Role.PLAIN)
    return lines


def case_whole(row: CaseRow, *before: str) -> Line:
    """A case of a list with all that there is to say of it, after what else is said `before`."""
    opened = f" · opened by {row.opened_by}" if row.opened_by else ""
    whose = " · ".join(filter(None, (row.department, row.owner)))
    told = " · ".join(filter(None, (*before, row.title, row.label, row.about)))
    return Line.of((row.number, Role.VALUE), f" {told}{opened} · with {whose or 'nobody'}")


def _decision(agreed: Preview, width: int) -> Iterator[Line]:
    if agreed.error:
        yield from _beside("Not for you", agreed.error, width, _LABEL, Role.WARN)
        return
    told = [each.sentence for each in agreed.effects]
    for at, sentence in enumerate(told):
        yield from _beside("" if at else "Agreeing", sentence, width, _LABEL, Role.PLAIN)


def _beside(label: str, words: str, width: int, left: int, role: Role) -> list[Line]:
    """A label and what stands beside it, wrapped under itself."""
    first, *rest = tui_text.wrap(tui_text.clean(words), max(20, width - left)) or [""]
    return [
        Line.of((tui_text.fit(label, left - 1) + " ", Role.LABEL), (first, role)),
        *(Line.of(" " * left, (part, role)) for part in rest),
    ]
