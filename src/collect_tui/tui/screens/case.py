"""One case, whole, scrolled; its keys are its moves, each of which begins the line for it, and the decision where one waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import events

from collect_tui.desk.case_pages import Seen, decided, look, look_behind
from collect_tui.tui import messages
from collect_tui.tui.case_rows import CaseRows
from collect_tui.tui.keys.actions import CASE
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.case import case_lines
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Preview, Receipt
    from collect_tui.desk.views.case import CaseMoveView, CaseView


class CaseScreen(DeskScreen):
    """A case of an account: what it is about, its moves, what happened in it. `rows`: the list that it was opened from."""

    context: ClassVar[str] = CASE
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False
    takes_numbers: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.case: CaseView | None = None
        self.agreed: Preview | None = None
        self.rows: CaseRows | None = None
        self._trail: list[str] = []
        """The cases from which a link led here."""
        self._reasons: dict[bool, str] = {}
        """What was said last when something was agreed to, and when it was refused."""

    def header_line(self) -> Line:
        if self.case is None:
            return Line()
        return Line.of(
            (f"{self.case.title} {self.case.number} ", Role.LABEL),
            (f"{self.case.account} {self.case.customer}", Role.HEAD),
        )

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.case.account) if self.case is not None else None

    def show_case(self, seen: Seen, rows: CaseRows | None = None) -> None:
        """Show a case from its beginning on."""
        self.rows, self._trail = rows, []
        self._show(seen)
        self.status("")

    def _show(self, seen: Seen) -> None:
        same = self.case is not None and self.case.number == seen.case.number
        self.case, self.agreed = seen
        self._fill(keep_place=same)
        self.show_frame()

    def _fill(self, *, keep_place: bool = True) -> None:
        if self.case is not None:
            lines = case_lines(self.case, self.agreed, self.desk_app.session_view, self.size.width)
            self.query_one("#body", LinePane).set_lines(lines, keep_place=keep_place)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()

    async def do_view_refresh(self) -> None:
        if self.case is not None:
            await self._look(self.case.number)

    async def _look(self, number: str) -> bool:
        seen = await self.ask(look, self.desk_app.desk, number)
        if seen is not None:
            self._show(seen)
        return seen is not None

    # -- moves --------------------------------------------------------------------------------------------------

    def _moves(self) -> dict[str, CaseMoveView]:
        """The moves that the case has now, by their keys; none while one waits for a decision."""
        if self.case is None or self.case.asked:
            return {}
        return {move.key: move for move in self.case.moves if move.key}

    def key_hints(self) -> list[KeyHint]:
        hints = super().key_hints()
        if isinstance(self.focused, LineEdit):
            return hints
        idle = self._idle()
        hints = [each for each in hints if each.key.lower() not in idle]
        return [*(KeyHint(key, move.label) for key, move in self._moves().items() if not move.barred), *hints]

    def _idle(self) -> set[str]:
        """The keys that have nothing to do here, and are not on the key bar."""
        waits = self.case is not None and bool(self.case.asked)
        idle = [*(() if waits else ("case.agree", "case.refuse")), *(() if self.rows is not None else ("pane.next",))]
        return {key for each in idle for key in self.desk_app.keymap.keys_of(each)}

    def typed(self, name: str) -> bool:
        """The key of a move begins the line for it; what the key does on other screens, function keys do here."""
        move = self._moves().get(name) if not isinstance(self.focused, LineEdit) else None
        target = self.line_target()
        if move is None or self.case is None or target is None:
            return super().typed(name)
        if move.barred:
            self.refuse(f"{move.label.capitalize()} is {move.barred}.")
        else:
            self.desk_app.run_held(self._open_line_of(target, f"case {self.case.number} {move.typed} "), self)
        return True

    # -- deciding -----------------------------------------------------------------------------------------------

    def refusal(self, command_id: str) -> str | None:
        if command_id in ("case.agree", "case.refuse") and self.case is not None:
            if not self.case.asked:
                return messages.NO_DECISION_WAITS
            if self.agreed is not None and self.agreed.error:
                return self.agreed.error
        return super().refusal(command_id)

    async def do_case_agree(self) -> None:
        await self.decide(agreed=True)

    async def do_case_refuse(self) -> None:
        await self.decide(agreed=False)

    async def decide(self, *, agreed: bool) -> None:
        """Begin the line that decides, with the reason that was given last: Enter gives it again, what is typed takes its place."""
        target = self.line_target()
        if self.case is None or target is None:
            return
        if (why_not := self.refusal("case.agree" if agreed else "case.refuse")) is not None:
            self.refuse(why_not)
            return
        beginning = f"{'agree' if agreed else 'reject'} {self.case.number} "
        await self._open_line_of(target)
        line = self.line_edit
        if line is None or self.line_account is None:
            return  # the account did not come, which was said
        if draft := line.text.strip():
            line.selection_replaced(draft)  # Up brings it back: Enter must not do it here
        line.set_text(beginning + self._reasons.get(agreed, ""))
        if agreed in self._reasons:
            line.select_all(beginning, offered=True)

    async def after_act(self, receipt: Receipt) -> None:
        """The case as it is now; once what waited in one of a list of decisions is decided, the next one of them."""
        before, rows = self.case, self.rows
        await super().after_act(receipt)
        now = self.case
        if before is None or now is None or (before.asked, before.state) == (now.asked, now.state):
            return
        self._remember(before.number)
        if rows is None or not decided(before, now, rows.wanted):
            return
        found = await self.ask(look_behind, self.desk_app.desk, rows.wanted, rows.rows, now.number)
        if found is None:
            return
        seen, loaded = found
        if loaded is not None:
            self.rows = CaseRows(rows.wanted, *loaded)
        if seen is not None:
            self._show(seen)
        else:
            said = self.said
            await self.desk_app.commands.do_nav_back()
            self.desk_app.top.status(f"{said} · Nothing else waits for your decision.")

    def _remember(self, number: str) -> None:
        """The reason of the decision that was just made, as it was typed."""
        verb, _, rest = (self.desk_app.line_history or ("",))[-1].partition(" ")
        named, _, reason = rest.partition(" ")
        if verb in ("agree", "reject") and named == number and reason:
            self._reasons[verb == "agree"] = reason

    # -- beside it ----------------------------------------------------------------------------------------------

    async def do_pane_next(self) -> None:
        await self._beside(1)

    async def do_pane_previous(self) -> None:
        await self._beside(-1)

    async def _beside(self, step: int) -> None:
        if self.case is None or self.rows is None:
            self.refuse("This case was not opened from a list.")
            return
        row = self.rows.beside(self._trail[0] if self._trail else self.case.number, step)
        if row is None:
            self.refuse(messages.NO_OTHER_CASE)
        elif await self._look(row.number):
            self._trail = []
            self.status("")

    def do_row_open(self) -> None:
        """Enter: the case that this one names, where it is one."""
        links = self.case.links if self.case is not None else ()
        if len(links) == 1:
            self.desk_app.run_held(self._follow(links[0]), self)
        else:
            self.refuse(f"{len(links)} cases are named: type the number of one." if links else "No case is named here.")

    def open_row_number(self, number: int) -> Any:
        links = self.case.links if self.case is not None else ()
        if 1 <= number <= len(links):
            return self._follow(links[number - 1])
        self.refuse(f"There is no link {number}; there are {len(links)}.")
        return None

    async def _follow(self, number: str) -> None:
        before = self.case
        if before is not None and await self._look(number):
            self._trail.append(before.number)
            self.status("")

    async def do_nav_back(self) -> None:
        """From a case that another one names back to that."""
        if self._trail:
            await self._look(self._trail.pop())
        else:
            await self.desk_app.commands.do_nav_back()


SCREEN = CaseScreen
