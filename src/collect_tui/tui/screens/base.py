"""What every screen of the desk is: the frame, the way a key goes, and how the desk is asked.

The frame, top to bottom: header, rule, body, rule, summary, the line, what is said, the key bar.  A screen says what its
body is (:meth:`DeskScreen.compose_body`), what its header says (:meth:`DeskScreen.header_line`), and does commands in
methods named after them: `do_work_next` does `work.next`.  Commands no screen does itself are done by the app, or typed
into the line when they are said in its language.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, ParamSpec, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.commands import Command, command
from collect_tui.tui.keymap import key_name
from collect_tui.tui.roles import Role
from collect_tui.tui.widgets.base import Line, LineWidget, Span
from collect_tui.tui.widgets.keybar import KeyBar, KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rowmover import RowMover
from collect_tui.tui.widgets.statusline import StatusLine

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.app import CollectApp

P = ParamSpec("P")
T = TypeVar("T")


#: Commands that work while there is no desk.
NEEDS_NO_DESK: Final = frozenset(
    {"app.quit", "nav.exit", "nav.back", "screen.redraw", "help.open", "keys.show", "view.refresh", "theme.choose"}
)


class LineTarget(NamedTuple):
    """The account the line acts on, as the agent saw it. `version` None: not checked; `fence` None: no lease."""

    account: str
    version: int | None = None
    fence: int | None = None


class Rule(LineWidget):
    """A line across the screen."""

    DEFAULT_CSS = "Rule { height: 1; }"

    def render_line(self, y: int) -> Strip:
        return self.strip_of((Span("─" * self.size.width, Role.DIM),), self.size.width)


class DeskScreen(Screen[None]):
    """A screen with the desk's frame."""

    AUTO_FOCUS = ""

    context: ClassVar[str] = ""
    """Which keys it has: a context of the key map."""

    summary_rows: ClassVar[int] = 1
    """Rows between the lower rule and the line."""

    has_line: ClassVar[bool] = True
    """Does it show the line?"""

    takes_numbers: ClassVar[bool] = False
    """Do digits collect a row number, which Enter opens?"""

    def __init__(self) -> None:
        super().__init__()
        self._number = ""
        self._framed = False
        self._say: tuple[str | Line, Role] = ("", Role.PLAIN)
        self._latest: dict[str, tuple[int, Callable[[], Any], Callable[[Any], None]]] = {}
        self._fetching: set[str] = set()

    # -- to be overridden ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The widgets between the rules."""
        yield LinePane(id="body", focusable=True)

    def header_line(self) -> Line:
        """What the header says at the left."""
        return Line()

    def summary_lines(self) -> Iterable[Line]:
        """What stands between the lower rule and the line, at most `summary_rows` lines."""
        return ()

    def line_target(self) -> LineTarget | None:
        """The account the line acts on; None when there is none here."""
        return None

    def refusal(self, command_id: str) -> str | None:
        """Why a command cannot be used now; None when it can.  The key bar shows such a key in parentheses."""
        if self.desk_app.connected or command_id in NEEDS_NO_DESK:
            return None
        return self.desk_app.not_open

    async def after_act(self, receipt: Receipt) -> None:
        """Called on the screen on top when an act has been done: show what it changed."""

    async def do_view_refresh(self) -> None:
        """Load again; the cursor stays on the same row."""

    def focus_body(self) -> None:
        """Give the keys back to the body, when a field is left."""
        for widget in self.query(RowMover):
            if widget.can_focus and widget.display:
                widget.focus(scroll_visible=False)
                return
        self.set_focus(None)

    # -- the frame ----------------------------------------------------------------------------------------------

    @property
    def desk_app(self) -> CollectApp:
        """The app, by its own name."""
        return cast("CollectApp", self.app)

    def compose(self) -> ComposeResult:
        yield StatusLine(id="header")
        yield Rule(id="upper")
        yield from self.compose_body()
        yield Rule(id="lower")
        if self.summary_rows:
            pane = LinePane(id="summary", focusable=False)
            pane.styles.height = self.summary_rows
            yield pane
        if self.has_line:
            yield self.compose_line()
        yield StatusLine(id="status")
        yield KeyBar(id="keys")

    def compose_line(self) -> Widget:
        """The line; a screen may put another widget in its place."""
        from collect_tui.tui.widgets.linebar import LineBar

        return LineBar(id="line")

    def on_mount(self) -> None:
        self._framed = True
        self.show_frame()
        self.status(*self._say)  # something may have been said before there was a screen to say it on
        self.focus_body()

    def on_screen_resume(self) -> None:
        self.show_frame()

    def show_frame(self) -> None:
        """Paint header, summary and key bar as they are now; only what differs is sent."""
        if not self._framed:
            return
        header = self.query_one("#header", StatusLine)
        header.show(self.header_line())
        header.show_right(self.desk_app.header_right())
        self.show_summary()
        self.show_keys()

    def show_summary(self) -> None:
        if self.summary_rows:
            self.query_one("#summary", LinePane).set_lines(self.summary_lines())
        self.line_follows()

    def line_follows(self) -> None:
        """The line belongs to the account the screen is about: tell it when that is another one."""
        for line in self.query("#line"):
            changed: Callable[[], None] | None = getattr(line, "account_changed", None)
            if changed is not None:
                changed()

    def show_keys(self) -> None:
        self.query_one("#keys", KeyBar).set_keys(self.key_hints())

    def key_hints(self) -> list[KeyHint]:
        """The keys of the key bar, from the registry; the last one always stays."""
        found = [c for c in self.desk_app.keymap.in_context(self.context) if self.context in c.bar and c.all_keys]
        return [KeyHint(hint_key(c), c.label, self.refusal(c.id) is None) for c in found]

    # -- saying -------------------------------------------------------------------------------------------------

    def status(self, text: str | Line, role: Role = Role.PLAIN) -> None:
        """Say something on the row below the line: what happened, or what the line will do."""
        self._say = (text, role)
        if self._framed:
            self.query_one("#status", StatusLine).show(text, role)

    @property
    def said(self) -> str:
        """What the row below the line says."""
        return self.query_one("#status", StatusLine).text

    def refuse(self, sentence: str) -> None:
        """Say why not, ring, and drop what was typed ahead: it was meant for what did not happen."""
        keys = self.desk_app.flush_keys()
        self._number = ""
        self.status(messages.with_dropped(sentence, keys), Role.BAD)
        self.app.bell()

    # -- asking the desk ----------------------------------------------------------------------------------------

    async def ask(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call the desk in a thread while keys are held.  An error is said here, and the answer is None."""
        try:
            return await self.desk_app.call(fn, *args, **kwargs)
        except DomainError as error:
            self.desk_refused(error)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.failed(error)
        return None

    def desk_refused(self, error: DomainError) -> None:
        """Say what the desk refused; the line overrides it to point at the word."""
        self.refuse(messages.sentence(error))

    def failed(self, error: Exception) -> None:
        """Log what nobody expected and go on."""
        self.refuse(messages.unexpected(error, self.desk_app.state_folder))

    def fetch(self, what: str, fn: Callable[[], T], then: Callable[[T], None]) -> None:
        """Ask in the background without holding keys; of several for the same thing only the newest answer is shown.

        `then` runs on the app's own thread, and only while nothing newer has been asked for and the screen stands.
        While one request is out, later ones wait for it and all but the newest are never sent.
        """
        generation = self._latest.get(what, (0, fn, then))[0] + 1
        self._latest[what] = (generation, fn, cast("Callable[[Any], None]", then))
        if what not in self._fetching:
            self._fetching.add(what)
            self._send(what)

    def forget(self, what: str) -> None:
        """An answer still under way is not wanted any more."""
        if what in self._latest:
            generation, fn, _ = self._latest[what]
            self._latest[what] = (generation + 1, fn, lambda _answer: None)

    def _send(self, what: str) -> None:
        generation, fn, then = self._latest[what]

        def arrived(future: asyncio.Future[Any]) -> None:
            newest = self._latest[what][0]
            if generation != newest:
                self._send(what)
                return
            self._fetching.discard(what)
            if future.cancelled() or not self.is_attached:
                return
            error = future.exception()
            if error is None:
                then(future.result())
            elif isinstance(error, DomainError):
                self.status(messages.sentence(error), Role.WARN)
            elif isinstance(error, Exception):
                self.status(messages.unexpected(error, self.desk_app.state_folder), Role.WARN)

        self.desk_app.in_background(fn).add_done_callback(arrived)

    # -- commands -----------------------------------------------------------------------------------------------

    def run_command(self, command_id: str) -> None:
        """Do a command: by the screen's own method, by the line, or by the app's method."""
        why_not = self.refusal(command_id)
        if why_not is not None:
            self.refuse(why_not)
            return
        wanted = command(command_id)
        for owner in (self, self.app):
            method: Callable[[], Any] | None = getattr(owner, wanted.method, None)
            if method is None and owner is self and wanted.text:
                self.open_line(wanted.text)
                return
            if method is not None:
                self.start(method)
                return
        self.refuse(f"{wanted.title} is not for this screen.")

    def start(self, method: Callable[[], Any]) -> None:
        """Run a command's method; one that waits for the desk runs beside the screen, with keys held meanwhile."""
        if inspect.iscoroutinefunction(method):
            self.desk_app.run_held(method(), self)
        else:
            method()

    def open_line(self, text: str = "") -> None:
        """Go to the line, with `text` in it unless something is there already."""
        edit = self.line_edit
        if edit is None:
            self.refuse("There is no line on this screen.")
            return
        self.line_follows()
        if text and not edit.text.strip():
            edit.set_text(text)
        edit.focus(scroll_visible=False)

    @property
    def line_edit(self) -> LineEdit | None:
        """The field of the line."""
        found = self.query("#line")
        if not found:
            return None
        widget = found.first()
        return widget if isinstance(widget, LineEdit) else widget.query_one(LineEdit)

    def do_field_list(self) -> None:
        """F4: all that could stand at the caret of the line."""
        self.open_line()
        listing: Callable[[], None] | None = getattr(self.line_edit, "list_candidates", None)
        if listing is not None:
            listing()

    async def do_order_open(self) -> None:
        """The order form of the account the screen is about."""
        from collect_tui.tui.screens.order import open_order

        target = self.line_target()
        view = await self.ask(self.desk_app.desk.account, target.account) if target is not None else None
        if view is not None and target is not None:
            await open_order(self.desk_app, view, target.fence)

    def do_line_open(self) -> None:
        self.open_line()

    def do_result_log(self) -> None:
        self.open_line()

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        """Escape or F12 in a field: back to the body, the text stays."""
        message.stop()
        self.focus_body()

    # -- keys ---------------------------------------------------------------------------------------------------

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
            if found.command.id.startswith("row.") and self._move_row(found.command):
                return True
            self.run_command(found.command.id)
            return True
        if found.moved:
            self.refuse(found.moved)
            return True
        if len(name) == 1:
            self.status(f"{name} does nothing here; {self.desk_app.door('help.open')} shows the keys.", Role.WARN)
            self.app.bell()
            return True
        return False

    def _move_row(self, wanted: Command) -> bool:
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


def hint_key(wanted: Command) -> str:
    """A key as the key bar shows it: the letter, or the function key when there is no letter."""
    key = wanted.all_keys[0]
    return {"enter": "⏎", "space": "Space"}.get(key, key.upper() if len(key) > 1 else key)
