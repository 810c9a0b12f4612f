"""What stands in the line, done on all marked accounts: what it would do is asked first, and what became of each is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from collect_tui.common.words import plural
from collect_tui.desk.errors import DomainError, Unavailable
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collect_tui.desk.bulk import Bulk, BulkRow
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.acts import Acts
    from collect_tui.tui.page import Page

_SHOWN: Final = 6
"""Accounts that are named of those on which it cannot be done."""

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
        screen.refuse(f"It can be done on none of {plural(len(planned.rows), 'account')}. {_named(planned.refused)}")
        return

    async def go(_answer: str) -> None:
        await _do(acts, screen, each, planned, done)

    first = next(row for row in planned.rows if not row.code)
    question = [
        Line.of((f"On {plural(len(each), 'account')}: ", Role.HEAD), f"{first.said}?"),
        *([Line.of((_left_out(planned.refused), Role.WARN))] if planned.refused else ()),
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
    did = len(planned.rows) - len(refused)
    said = f"Done on {plural(did, 'account')}. {f'{_left_out(refused)} · ' if refused else ''}They stay marked: marks none."
    screen.status(said, Role.WARN if refused else Role.GOOD)


def _left_out(rows: Sequence[BulkRow]) -> str:
    return f"Not on {plural(len(rows), 'account')}: {_named(rows)}"


def _named(rows: Sequence[BulkRow]) -> str:
    more = f" … and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return " · ".join(f"{row.account}: {row.said}" for row in rows[:_SHOWN]) + more
