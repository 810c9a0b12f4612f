"""What stands in the line, done on all marked accounts: what it would do is asked first, and what became of each is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID, uuid4

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
    from collect_tui.tui.desk_app import DeskApp
    from collect_tui.tui.page import Page

Done = Callable[["Receipt | None"], Awaitable[None]]
"""Called when it was done, with the last receipt."""
_PLACE: Final = "set"
_HAD_IT: Final = "{} had it before the program ended; it is not done twice there."


async def ask_each(desk: Desk, acts: Acts, screen: Page, text: str, accounts: Sequence[str], done: Done) -> None:
    """Do a line on accounts, after a question that counts them and names those on which it cannot be done.

    Where the program ended in the middle of that line today, it goes on with that set: who had it does not get it twice.
    """
    from collect_tui.desk.bulk import left_out, plan

    begun = _Begun(cast("DeskApp", screen.app), text)
    found = await screen.ask(partial(plan, desk, accounts, text, begun.base, again=begun.before))
    if found is None:
        return  # said already
    each, planned = found
    if not each:
        screen.refuse(planned.none())
        return

    question = [
        Line.of((f"On {plural(len(each), 'account')}: ", Role.HEAD), f"{planned.common}?"),
        *([Line.of((left_out(planned.refused), Role.WARN))] if planned.refused else ()),
        *([Line.of((_HAD_IT.format(plural(planned.again, "account")), Role.WARN))] if planned.again else ()),
    ]
    await ask_all(acts, screen, each, planned, question, done, yes="do it", no="Nothing was done.", begun=begun)


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
    begun: _Begun | None = None,
) -> None:
    """Do acts that were planned, after a question; what became of them all is said at once. `yes`, `no`: as `ask` has them.
    `begun`: what keeps that they are being done."""

    async def go(_answer: str) -> None:
        if begun is not None:
            begun.keep()
        if await _do(acts, screen, each, planned, done) and begun is not None:
            begun.forget()

    await ask(screen, question, go, yes=yes, no=no)


class _Begun:
    """The set that a line is being done in, kept until all of it has been: a program that ends in the middle goes on with it."""

    def __init__(self, app: DeskApp, line: str) -> None:
        self._drafts = app.drafts
        self._name = f"{app.session_view.business_date} {sha256(line.strip().encode()).hexdigest()}"
        name, _, base = self._drafts.load("", _PLACE).rpartition(" ")
        self.before: Final = name == self._name
        self.base: Final = UUID(base) if self.before else uuid4()

    def keep(self) -> None:
        self._drafts.put("", _PLACE, f"{self._name} {self.base}")

    def forget(self) -> None:
        self._drafts.clear("", _PLACE)


async def _do(acts: Acts, screen: Page, wanted: Sequence[Act], planned: Bulk, done: Done) -> bool:
    """Does them, and says what became of them; false: something ended them before the last."""
    from collect_tui.desk.bulk import BulkRow, ends_all

    rows, last, whole = [], None, True
    for count, act in enumerate(wanted, start=1):
        try:
            last = await acts.do(act.account, act)
            rows.append(BulkRow.of(last))
        except DomainError as error:
            rows.append(BulkRow.refused(act, error))
            if ends_all(error):
                rows += [BulkRow.refused(each, error) for each in wanted[count:]]
                whole = False
                break
    await done(last)
    became = planned.became(rows)
    screen.status(became.came_to(), Role.WARN if became.refused else Role.GOOD)
    return whole
