"""What a promise or a plan would be: its schedule and the verdict with every finding; what else it changes is said below the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collect_tui.desk.figures import amount, full_day
from collect_tui.domain.wording import numbered
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.panes import checks, items
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Preview, ScheduleRow, VerdictView

_CELL: Final = 38
_OWED: Final = 6  # items shown below a form


def promise_lines(preview: Preview | None, currency: str, today: date, width: int, key: str) -> list[Line]:
    """What stands below the fields of a promise or a plan; nothing while it cannot be read yet.  `key` overrides."""
    if preview is None or preview.error is not None:
        return []
    schedule = schedule_lines(preview.schedule, currency, today, width)
    return [Line(), *schedule, *verdict_lines(preview.verdict, width, key)]


def owed_lines(view: AccountView, width: int, rows: int) -> list[Line]:
    """What the talk is about, in at most `rows` rows: collectable, past due, and the oldest items that are open."""
    if rows < 2:
        return []
    parts: list[str | tuple[str, Role]] = [
        ("Collect ", Role.LABEL),
        (f"{amount(view.collectable, view.currency)} {view.currency}", Role.MONEY),
    ]
    for name, minor in (("past due", view.past_due), ("disputed", view.disputed), ("total", view.total)):
        if minor:
            parts += [(f" · {name} ", Role.LABEL), (amount(minor, view.currency), Role.VALUE)]
    if view.dpd:
        parts.append((f" · {view.dpd} days past due", Role.BAD if view.dpd > 30 else Role.LABEL))
    due = sorted((i for i in view.items if i.open > 0), key=lambda i: (i.due, i.doc_no))
    lines = [Line(), Line.of(*parts)]
    room = min(rows - len(lines) - 1, _OWED)  # one row for the columns' heads
    if due and room >= 1:
        shown = due[:room]
        lines += items(shown, view, width)
        left = len(due) - len(shown)
        if left and len(lines) < rows:
            lines.append(Line.of((f"and {left} more in pane 3", Role.DIM)))
    return lines


def schedule_lines(rows: Sequence[ScheduleRow], currency: str, today: date, width: int) -> list[Line]:
    """The instalments in as many columns as fit, read downwards, and their sum, which is the total to the cent."""
    if not rows:
        return []
    across = max(1, min(width // _CELL, 3)) if len(rows) > 4 else 1
    down = -(-len(rows) // across)
    lines = []
    for y in range(down):
        spans: list[Span] = []
        for row in rows[y::down]:
            when = f"{row.due:%a} {full_day(row.due, today)}"
            spans.append(Span(f" {numbered(row.seq)} {when:<16}"))
            spans.append(Span(tui_text.fit(f"{amount(row.amount, currency):>12}", _CELL - 22), Role.MONEY))
        lines.append(Line(tuple(spans)))
    if len(rows) > 1:
        total = amount(sum(row.amount for row in rows), currency)
        lines.append(
            Line.of((f"{'':6}{len(rows)} payments, together ", Role.LABEL), (f"{total} {currency}", Role.MONEY))
        )
    return lines


def verdict_lines(verdict: VerdictView, width: int, key: str) -> list[Line]:
    """The verdict in one word, then every finding."""
    if verdict.allowed:
        word, tone = ("allowed", Role.GOOD) if verdict.severity != "warn" else ("allowed, but mind", Role.WARN)
    else:
        role = verdict.overridable_by
        who = f"; a {role} may override it ({key})" if role else "; nobody may override it"
        word, tone = f"not allowed{who}", Role.BAD
    return [Line.of(("Verdict     ", Role.LABEL), (word, tone)), *checks(verdict, width)]
