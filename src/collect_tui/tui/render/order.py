"""What an order would do: every check of its eligibility, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.panes import checks
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Preview

_LABEL: Final = 11


def order_lines(preview: Preview | None, width: int, key: str) -> list[Line]:
    """What the order would change; then the checks, those that are met too, strictest first.  `key` overrides.

    On a low screen the last rows are below its edge: of checks those that are met.
    """
    if preview is None or preview.error is not None:
        return []
    verdict = preview.verdict
    if verdict.allowed:
        head = ("eligible: every check is met" if verdict.severity != "warn" else "eligible, but mind", Role.GOOD)
    else:
        who = f"; a {verdict.overridable_by} may override it ({key})" if verdict.overridable_by else ""
        head = (f"not eligible{who}", Role.BAD)
    told = [effect.sentence for effect in preview.effects if effect.kind not in {"NextActionSet", "LadderChanged"}]
    if not (verdict.allowed or verdict.overridable_by):
        told = []  # of what nobody may do no effect is told
    rows = [row for text in told for row in tui_text.wrap(text, max(1, width - _LABEL))]
    then = [Line.of(((" " * _LABEL if n else f"{'Then':{_LABEL}}"), Role.LABEL), row) for n, row in enumerate(rows)]
    return [Line(), *then, Line.of((f"{'Checks':{_LABEL}}", Role.LABEL), head), *checks(verdict, width)]
