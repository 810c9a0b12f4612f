"""What an order would do: every check of its eligibility, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collect_tui.tui.paint.panes import checks
from collect_tui.tui.roles import Role
from collect_tui.tui.widgets.base import Line

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Preview


def order_lines(preview: Preview | None, width: int, key: str) -> list[Line]:
    """The checks, those that are met too, strictest first; then what the order would change.  `key` overrides."""
    if preview is None or preview.error is not None:
        return []
    verdict = preview.verdict
    if verdict.allowed:
        head = ("eligible: every check is met" if verdict.severity != "warn" else "eligible, but mind", Role.GOOD)
    else:
        who = f"; a {verdict.overridable_by} may override it ({key})" if verdict.overridable_by else ""
        head = (f"not eligible{who}", Role.BAD)
    lines = [Line(), Line.of(("Checks     ", Role.LABEL), head), *checks(verdict, width)]
    said = [effect.sentence for effect in preview.effects if effect.kind not in {"NextActionSet", "LadderChanged"}]
    return [*lines, *(Line.of(("Then       " if not n else " " * 11, Role.LABEL), text) for n, text in enumerate(said))]
