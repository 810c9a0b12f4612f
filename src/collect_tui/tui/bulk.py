"""What stands in the line, done on all marked accounts: what it would do is asked first, and what became of each is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from collect_tui.common.words import plural
from collect_tui.desk.bulk import left_out
from collect_tui.desk.errors import DomainError, Unavailable
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
    from collect_tui.desk.bulk import plan

    found = await screen.ask(partial(plan, desk, accounts, text, uuid4()))
    if found is None:
        return  # said already
    each, planned = found
    if not each:
        screen.refuse(planned.none())
        return

    async def go(_answer: str) -> None:
        await _do(acts, screen, each, planned, done)

    question = [
        Line.of((f"On {plural(len(each), 'account')}: ", Role.HEAD), f"{planned.first}?"),
        *([Line.of((left_out(planned.refused), Role.WARN))] if planned.refused else ()),
    ]
    await ask(screen, question, go, yes="do it", no="Nothing was done.")


async def _do(acts: Acts, screen: Page, wanted: Sequence[Act], planned: Bulk, done: Done) -> None:
    from collect_tui.desk.bulk import BulkRow

    refused, last = list(planned.refused), None
    for count, act in enumerate(wanted):
        try:
            last = await acts.do(act.account, act)
        except DomainError as error:
            refused.append(BulkRow.refused(act, error))
            if isinstance(error, Unavailable):  # the others would wait as long to hear the same
                refused += [BulkRow.refused(each, error) for each in wanted[count + 1 :]]
                break
    await done(last)
    screen.status(planned.came_to(refused), Role.WARN if refused else Role.GOOD)
