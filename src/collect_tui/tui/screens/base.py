"""What every screen of the desk is: the frame, how the desk is asked, and the way a key goes.

A screen does commands in methods named after them: `do_work_next` does `work.next`.  Commands no screen does itself are
done by a form, typed into the line when they are said in its language, or done by the app's commands.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events

from collect_tui.tui import messages
from collect_tui.tui.keys.actions import Action, action
from collect_tui.tui.keys.keymap import KEPT_QUIET, key_name
from collect_tui.tui.line.bar import LineBar
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.text import width
from collect_tui.tui.screens.calls import CallingScreen
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.rowmover import RowMover

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Receipt


class DeskScreen(CallingScreen):
    """A screen of the desk; every key that nobody closer wanted becomes a command here."""

    shows_account: ClassVar[bool] = False
    """Is the account of the line in front, whole and as it was seen, so that its forms open from it?"""
    row_commands: ClassVar[Collection[str]] = ()
    """Commands that take the number of a row here when they are typed."""

    def __init__(self) -> None:
        super().__init__()
        self._line_view: AccountView | None = None

    @property
    def header_room(self) -> int:
        """Cells that the header has at the left."""
        return self.size.width - width(self.desk_app.header_right().text) - 1

    def run_command(self, command_id: str) -> None:
        """Do a command: by the screen's own method, by the line, or by the app's method."""
        why_not = self.refusal(command_id)
        if why_not is not None:
            self.refuse(why_not)
            return
        wanted = action(command_id)
        method: Callable[[], Any] | None = getattr(self, wanted.method, None)
        if method is None and wanted.opens_form:
            method = partial(self.open_form, wanted.opens_form, wanted.text.strip())
        elif method is None and wanted.text:
            method = partial(self.open_line, wanted.text)
        elif method is None:
            method = getattr(self.desk_app.commands, wanted.method, None)
        if method is not None:
            self.start(method)
        else:
            self.refuse(messages.not_here(wanted.title))

    def start(self, method: Callable[[], Any]) -> None:
        """Run a command's method; one that waits for the desk runs beside the screen, with keys held meanwhile."""
        work = method()
        if inspect.iscoroutine(work):
            self.desk_app.run_held(work, self)

    def open_line(self, text: str = "") -> None:
        """Go to the line, to begin one with `text`; what is there already is not added to."""
        edit = self.line_edit
        if edit is None:
            self.refuse("There is no line on this screen.")
            return
        edit.display = True
        self.line_follows()
        edit.begin(text)
        edit.focus(scroll_visible=False)

    @property
    def line_edit(self) -> LineBar | None:
        """The field of the line; None on a form, which is a line by itself."""
        return next(iter(self.query(LineBar)), None)

    @property
    def line_account(self) -> AccountView | None:
        """The account of the line as it was seen, for the line's words; None while it has not been fetched."""
        target, view = self.line_target(), self._line_view
        return view if view is not None and target is not None and view.number == target.account else None

    @property
    def marked_accounts(self) -> tuple[str, ...]:
        """The accounts that somebody has marked; what is done in the line is then for all of them."""
        return ()

    async def marks_done(self, last: Receipt | None) -> None:
        """It was done on marked accounts, which stay marked; `last`: the last receipt."""

    @property
    def takes_back(self) -> Sequence[tuple[str, str]]:
        """What can be taken back of what is shown: the number of its row, and what it was."""
        return ()

    @property
    def row_text(self) -> str:
        """The row under the cursor as it is seen; empty where there is none."""
        mover = next((w for w in self.query(RowMover) if w.can_focus and w.display and w.moves_cursor), None)
        if mover is None or not mover.row_count():
            return ""
        strip = mover.render_line(mover.top_lines + mover.cursor - mover.top)
        return " ".join(strip.text.removeprefix(">").split())

    def do_field_list(self) -> None:
        """F4: all that could stand at the caret of the line; where that is not always there, it is opened first."""
        edit, field = self.line_edit, self.focused
        if edit is None or (isinstance(field, LineEdit) and field is not edit):
            self.refuse(f"{self.desk_app.door('field.list').upper()} lists nothing in this field.")
        elif field is edit or self.has_line:
            self.open_line()
            edit.list_candidates()
        else:
            self.begin_line("")

    async def open_form(self, name: str, text: str) -> None:
        """A form of the account the screen is about, with what is typed in its fields."""
        target = self.line_target()
        if target is None:
            return
        view = self.line_account if self.shows_account else await self.ask(self.desk_app.desk.account, target.account)
        if view is not None:
            await self.desk_app.navigator.open_form(name, view, target.fence, text)

    def do_line_open(self) -> None:
        """To the line; from a field, all of what is said below it."""
        if isinstance(self.focused, LineEdit) or self.line_edit is None:
            self.do_said_more()
        else:
            self.begin_line("")

    def begin_line(self, text: str) -> None:
        """To the line, with its beginning; where no account is shown, once the one it is for has been fetched."""
        if self.has_line or (target := self.line_target()) is None:
            self.open_line(text)
        else:
            self.desk_app.run_held(self._open_line_of(target, text), self)

    async def _open_line_of(self, target: LineTarget, text: str = "") -> None:
        """To the line where no account is shown: the one it is for is asked for first, so that what is typed can be previewed."""
        self._line_view = await self.ask(self.desk_app.desk.account, target.account)
        if self._line_view is not None:
            self.open_line(text)

    def do_result_log(self) -> None:
        self.open_line()

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        """Escape or F12 in a field: back to the body, the text stays."""
        message.stop()
        self.focus_body()

    def on_line_edit_overfull(self, message: LineEdit.Overfull) -> None:
        """Too much in a field is said at once, and not taken: what was typed behind it is dropped when it was to be."""
        message.stop()
        if message.pressed:
            self.refuse(message.sentence)
        elif message.edit.overfull:
            self.status(message.sentence, Role.BAD)

    # -- keys ---------------------------------------------------------------------------------------------------

    def before_key(self, event: events.Key) -> Coroutine[Any, Any, None] | None:
        """What the key must wait for: the answers under way that its meaning depends on; None: none."""
        needs: frozenset[str] = frozenset()
        field = self.focused
        if isinstance(field, LineEdit):
            if field.only_types(event.key, event.character if event.is_printable else None):
                return None
            needs = field.needs
        wanted = self.desk_app.keymap.find(self.context, key_name(event.key, event.character)).command
        if wanted is not None:
            needs |= wanted.needs
        return self.answered(needs) if self.under_way(needs) else None

    async def on_key(self, event: events.Key) -> None:
        """Find the command of a key that nobody closer wanted."""
        name = key_name(event.key, event.character)
        if self.typed(name):
            event.stop()
            event.prevent_default()

    def typed(self, name: str) -> bool:
        """Act on a key; False leaves it to Textual.  In a field, only keys that type nothing come here."""
        in_field = isinstance(self.focused, LineEdit)
        if in_field and len(name) == 1:
            return False
        if self.takes_numbers and not in_field and self._number_key(name):
            return True
        number, self._number = self._number, ""
        if number:
            self.status("")
        found = self.desk_app.keymap.find(self.context, name)
        if found.command is not None:
            if number and found.command.id == "row.open" and self.refusal("row.open") is None:
                self._open_number(int(number))
                return True
            if (
                found.command.id.startswith("row.")
                and in_field
                and self.focused is self.line_edit
                and not self.has_line
            ):
                self.app.bell()  # the line is for the account under the cursor
                return True
            if found.command.id.startswith("row.") and self._move_row(found.command):
                return True
            self.run_command(found.command.id)
            return True
        if found.moved:
            self.refuse(found.moved)
            return True
        if name in KEPT_QUIET or (name in self.active_bindings and name != "ctrl+c"):  # Textual's own copies with it
            return False
        self.refuse(self.no_key(name))
        return True

    def no_key(self, name: str) -> str:
        """What is said of a key that does nothing here."""
        app = self.desk_app
        text = self.line_edit.text.strip() if self.line_edit is not None else ""
        if text and name in app.keymap.keys_of("form.open") and self.line_target() is None:
            return messages.NO_ACCOUNT  # what is typed has a form, elsewhere
        return f"{messages.no_key(name, app.door('app.quit'))}; {app.door('help.open')} shows the keys."

    def on_paste(self, event: events.Paste) -> None:
        """A field takes a paste itself."""
        event.stop()
        self.paste_refused()

    def paste_refused(self) -> None:
        """No field had the focus."""
        self.refuse(f"{messages.NO_PASTE} {self.desk_app.door('line.open')} opens the line.")

    def _move_row(self, wanted: Action) -> bool:
        """Row keys go to the list or pane that has the focus, or to the body when a field has it."""
        if hasattr(self, wanted.method) or wanted.id == "row.open":
            return False
        mover = self.focused if isinstance(self.focused, RowMover) else None
        if mover is None:
            mover = next((w for w in self.query(RowMover) if w.can_focus and w.display), None)
        if mover is None:
            return True
        actions: dict[str, Callable[[], None]] = {
            "row.down": lambda: mover.action_rows(1),
            "row.up": lambda: mover.action_rows(-1),
            "row.pagedown": lambda: mover.action_pages(1),
            "row.pageup": lambda: mover.action_pages(-1),
            "row.first": mover.action_first,
            "row.last": mover.action_last,
        }
        actions[wanted.id]()
        return True

    def do_row_open(self) -> None:
        """Enter: the row under the cursor is chosen."""
        mover = self.focused
        if isinstance(mover, RowMover):
            mover.action_choose()

    # -- row numbers --------------------------------------------------------------------------------------------

    def _number_key(self, name: str) -> bool:
        """Collect the digits of a row number; said in the status line, done by Enter."""
        if name == "backspace" and self._number:
            self._number = self._number[:-1]
        elif name.isascii() and name.isdecimal() and len(self._number) < 7 and (self._number or name != "0"):
            self._number += name
        else:
            return False
        self.status(f"row {self._number}: Enter opens it" if self._number else "", Role.LABEL)
        return True

    def _open_number(self, number: int) -> None:
        result = self.open_row_number(number)
        if inspect.iscoroutine(result):
            self.desk_app.run_held(cast("Coroutine[Any, Any, None]", result), self)

    def open_row_number(self, number: int) -> Awaitable[None] | None:
        """Open row `number`, counted from 1."""
        return None
