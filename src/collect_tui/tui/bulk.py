"""What stands in the line, done on all marked accounts: what it would do is asked first, and what became of each is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from collect_tui.common.words import plural
from collect_tui.desk.errors import DomainError
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collect_tui.desk.bulk import Bulk
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.acts import Acts
    from collect_tui.tui.page import Page

Done = Callable[["Receipt | None"], Awaitable[None]]
"""Called when it was done, with the last receipt."""


async def ask_each(desk: Desk, acts: Acts, screen: Page, text: str, accounts: Sequence[str], done: Done) -> None:
    """Do a line on accounts, after a question that counts them and names those on which it cannot be done."""
    from collect_tui.desk.bulk import left_out, plan

    found = await screen.ask(partial(plan, desk, accounts, text, uuid4()))
    if found is None:
        return  # said already
    each, planned = found
    if not each:
        screen.refuse(planned.none())
        return

    question = [
        Line.of((f"On {plural(len(each), 'account')}: ", Role.HEAD), f"{planned.common}?"),
        *([Line.of((left_out(planned.refused), Role.WARN))] if planned.refused else ()),
    ]
    await ask_all(acts, screen, each, planned, question, done, yes="do it", no="Nothing was done.")


async def ask_all(
    acts: Acts,
    screen: Page,
    each: Sequence[Act],
    planned: Bulk,
    question: Sequence[Line],
    done: Done,
    *,
    yes: str,
    no: str,
) -> None:
    """Do acts that were planned, after a question; what became of them all is said at once. `yes`, `no`: as `ask` has them."""

    async def go(_answer: str) -> None:
        await _do(acts, screen, each, planned, done)

    await ask(screen, question, go, yes=yes, no=no)


async def _do(acts: Acts, screen: Page, wanted: Sequence[Act], planned: Bulk, done: Done) -> None:
    from collect_tui.desk.bulk import BulkRow, ends_all

    rows, last = [], None
    for count, act in enumerate(wanted, start=1):
        try:
            last = await acts.do(act.account, act)
            rows.append(BulkRow.of(last))
        except DomainError as error:
            rows.append(BulkRow.refused(act, error))
            if ends_all(error):
                rows += [BulkRow.refused(each, error) for each in wanted[count:]]
                break
    await done(last)
    became = planned.became(rows)
    screen.status(became.came_to(), Role.WARN if became.refused else Role.GOOD)
