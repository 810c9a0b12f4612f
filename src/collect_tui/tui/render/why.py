"""Why an account stands where it does, term by term, with a bar for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span

if TYPE_CHECKING:
    from collect_tui.desk.views.queue import Why
    from collect_tui.domain.rules import QueueRule

_NAME = 8
_POINTS = 8


def bar(points: int, most: int, cells: int) -> str:
    """A bar of `cells` cells, full at `most`; any point shows as one cell at least."""
    if most <= 0 or points <= 0 or cells <= 0:
        return "░" * max(0, cells)
    full = min(cells, max(1, (points * cells + most // 2) // most))
    return "█" * full + "░" * (cells - full)


def render_why(why: Why, width: int, queues: Sequence[QueueRule] = ()) -> list[Line]:
    """Position, reasons, every term of the score, and the rules that keep it out.  `queues` give the reasons words."""
    words = {rule.reason: f"{rule.chip}: {rule.title}" for rule in queues}
    lines: list[Line] = []
    if why.queue is None:
        lines.append(Line.of(("In no queue now.", Role.WARN)))
    else:
        place = f", number {why.position:,} in it" if why.position is not None else ""
        lines.append(Line.of(("Queue ", Role.LABEL), (why.title, Role.HEAD), place))
    if why.tier is not None:
        lines.append(
            Line.of(("Tier ", Role.LABEL), (str(why.tier), Role.VALUE), (" · score ", Role.LABEL),
                    (str(why.score), Role.VALUE), " of 1000")
        )  # fmt: skip
    if why.chips:
        lines.append(Line.of(("Shown as ", Role.LABEL), " · ".join(why.chips)))
    if why.reasons:
        lines += [Line(), Line.of(("Queues whose reason holds, best tier first", Role.LABEL))]
        lines += [Line.of(f"  {part}") for reason in why.reasons
                  for part in tui_text.wrap(words.get(reason, reason.replace("_", " ")), width - 4)]  # fmt: skip
    if why.terms:
        lines += [Line(), Line.of(("Score", Role.LABEL))]
        cells = max(10, min(30, width - 75))
        room = max(20, width - 2 - _NAME - 1 - _POINTS - 1 - cells - 1)
        for term in why.terms:
            first, *rest = tui_text.wrap(term.explanation, room) or [""]
            points = f"{term.points}/{term.most}"
            lines.append(
                Line((
                    Span(f"  {tui_text.fit(tui_text.clean(term.name), _NAME)} ", Role.LABEL),
                    Span(f"{points:>{_POINTS}} ", Role.VALUE),
                    Span(bar(term.points, term.most, cells) + " ", Role.GOOD),
                    Span(first),
                ))
            )  # fmt: skip
            lines += [Line.of(" " * (width - room) + part) for part in rest]
    if why.absent:
        lines += [Line(), Line.of(("What keeps it out", Role.LABEL))]
        lines += [Line.of((f"  {part}", Role.WARN)) for each in why.absent for part in tui_text.wrap(each, width - 4)]
    return lines
