"""The script of a call as lines: cards with whether they were read, an objection with its answer, and what may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from collect_tui.domain.dates import clock
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.render.text import wrap

if TYPE_CHECKING:
    from collect_tui.desk.views.script import ObjectionView, ScriptCard


def render_cards(cards: Sequence[ScriptCard], zone: str, width: int) -> list[Line]:
    """Each card with its number, its words and what demands them."""
    lines: list[Line] = []
    for number, card in enumerate(cards, 1):
        read = (
            f"read {card.read_at.day} {card.read_at:%b} {clock(card.read_at, zone)} by {card.read_by}"
            if card.read_at
            else ""
        )
        told = (read, Role.GOOD) if read else ("to be read", Role.WARN) if card.must else ("", Role.DIM)
        lines.append(Line.of((f"{number:>3} ", Role.LABEL), (card.title, Role.HEAD), "  ", told))
        lines += [Line.of(f"    {part}") for part in wrap(card.text, width - 5)]
        if card.source:
            lines += [Line.of((f"    {part}", Role.DIM)) for part in wrap(card.source, width - 5)]
    return lines


def render_objections(
    chosen: ObjectionView | None, below: Sequence[ObjectionView], first: int, width: int
) -> list[Line]:
    """The answer to what the customer has said, and what they may say next, numbered from `first`."""
    lines: list[Line] = []
    if chosen is not None:
        lines.append(Line.of(("“" + chosen.says + "”", Role.HEAD)))
        lines += [Line.of(f"    {part}") for part in wrap(chosen.answer, width - 5)]
    if below:
        lines.append(Line.of(("What the customer says", Role.LABEL)))
    lines += [Line.of((f"{first + n:>3} ", Role.LABEL), each.says) for n, each in enumerate(below)]
    return lines
