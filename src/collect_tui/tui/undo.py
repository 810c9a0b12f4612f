"""Taking back an act, or a set of acts: the question before it is done."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from collect_tui.desk.undoing import find_undo
from collect_tui.tui import messages
from collect_tui.tui.bulk import ask_all
from collect_tui.tui.dialogs.asking import ask, said_lines
from collect_tui.tui.render.line import receipt_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.undoing import Undoing
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.acts import Acts
    from collect_tui.tui.bulk import Done
    from collect_tui.tui.desk_app import DeskApp
    from collect_tui.tui.navigator import Navigator
    from collect_tui.tui.page import Page


async def ask_undone(screen: Page, desk: Desk, act: Act, then: Callable[[Act], Coroutine[Any, Any, None]]) -> None:
    """Do an act that takes something back: what is taken back is confirmed first, for it may have been sent ahead of its preview."""
    preview = await screen.ask(desk.preview, act)
    if preview is None:
        return
    if not preview.ok:
        await then(act)  # refused, and why
        return

    async def undo(_answer: str) -> None:
        await then(act)

    await ask(screen, said_lines(preview.said), undo, yes="undo it", no=messages.NOTHING_UNDONE)


async def ask_undo(app: DeskApp, acts: Acts, navigator: Navigator) -> None:
    """Show what an undo takes back, and do it when the answer is yes."""
    screen = app.top
    if (held := acts.sent.first()) is not None:  # it may be the one to take back, or an undo itself
        await acts.do(held.account, "")
    found = await screen.ask(find_undo, app.desk)
    if found is None:
        return
    if found.planned is not None:

        async def taken(last: Receipt | None) -> None:
            if last is not None:
                await navigator.acted(screen, last)
                await screen.do_view_refresh()  # it may show another account of the set

        await ask_set(acts, screen, found, taken)
        return
    (act,), preview = found.acts, found.preview
    assert preview is not None, "what is no set has a preview"
    target = screen.line_target() if screen.context == "account" else None
    elsewhere = target is not None and target.account != act.account
    lines: list[Line] = [Line.of(("Undo on ", Role.LABEL), (act.account, Role.HEAD), f": {found.sentence}")]
    if elsewhere:
        lines.append(Line.of(("  That is not the account on the screen.", Role.WARN)))
    lines += said_lines(preview.said)

    async def undo(_answer: str) -> None:
        receipt = await acts.do(act.account, act)
        await navigator.acted(screen, receipt)
        screen.status(receipt_line(receipt, screen.naming(receipt.account)))

    await ask(screen, lines, undo, yes="undo it", no=messages.NOTHING_UNDONE)


async def ask_set(acts: Acts, screen: Page, found: Undoing, done: Done) -> None:
    """Take back the acts of a set, after a question that says of each account what gives way, and of which it cannot be."""
    planned = found.planned
    assert planned is not None, "it is a set"
    lines = [
        Line.of((f"Undo: {planned.may()}", Role.WARN if planned.refused else Role.HEAD)),
        Line.of((found.sentence, Role.LABEL)),
        *map(Line.of, planned.each()),
    ]
    await ask_all(acts, screen, found.acts, planned, lines, done, yes="undo them", no=messages.NOTHING_UNDONE)
