"""The frame of every screen: header, rule, body, rule, summary, the line, what is said, the key bar.

A screen says what its body is (:meth:`FrameScreen.compose_body`) and what its header says (:meth:`FrameScreen.header_line`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from collect_tui.tui import messages
from collect_tui.tui.keys.actions import ACCOUNT, FORM, Action, action, acts_in_field
from collect_tui.tui.line.bar import LineBar
from collect_tui.tui.line.kept import KeptLine
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.base import LineWidget
from collect_tui.tui.widgets.keybar import KeyBar, KeyHint, enter_key
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rowmover import RowMover
from collect_tui.tui.widgets.rule import Rule
from collect_tui.tui.widgets.saidrows import USUAL, SaidRows
from collect_tui.tui.widgets.statusline import StatusLine
from collect_tui.tui.widgets.summary import SummaryPane

if TYPE_CHECKING:
    from collect_tui.desk.views.act import EffectView, Receipt
    from collect_tui.tui.app import CollectApp


class FrameScreen(Screen[None]):
    """A screen with the desk's frame."""

    AUTO_FOCUS = ""

    context: ClassVar[str] = ""
    """Which keys it has: a context of the key map."""

    summary_rows: ClassVar[int] = 1
    """Rows kept between the lower rule and the line; there are more while the table above leaves some empty."""

    steady_rows: ClassVar[int] = 0
    """How many of those that the table leaves empty the summary has in any case (`SummaryPane.steady`)."""

    typing_rows: ClassVar[int] = USUAL
    """Rows kept for what is said of a line while it is typed."""

    has_line: ClassVar[bool] = True
    """Does it show the line always?  Others show it while something is typed in it."""

    takes_numbers: ClassVar[bool] = False
    """Do digits collect a row number, which Enter opens?"""

    def __init__(self) -> None:
        super().__init__()
        self._number = ""
        self._framed = False
        self._say: tuple[str | Line, Role] = ("", Role.PLAIN)

    # -- to be overridden ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The widgets between the rules."""
        yield LinePane(id="body", focusable=True)

    def header_line(self) -> Line:
        """What the header says at the left."""
        return Line()

    def summary_lines(self) -> Iterable[Line]:
        """What stands between the lower rule and the line, of which the first `summary_room` lines are seen."""
        return ()

    def line_target(self) -> LineTarget | None:
        """The account the line acts on; None when there is none here."""
        return None

    def refusal(self, command_id: str) -> str | None:
        """Why a command cannot be used now; None when it can.  The key bar shows such a key in parentheses."""
        return None if self.desk_app.connected or not action(command_id).needs_desk else self.desk_app.not_open

    def passes_on(self, effects: Iterable[EffectView]) -> bool:
        """Do these effects of an act put the account shown away, so that the next one is shown?"""
        return False

    async def after_act(self, receipt: Receipt) -> None:
        """Called on the screen on top when an act has been done: show what it changed; what is said of it stays."""
        said = self._say
        await self.do_view_refresh()
        if not self.refused:
            self.status(*said)

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
            yield SummaryPane(self.summary_rows, self.steady_rows, id="summary")
        yield from self.compose_line()
        yield SaidRows(typing=self.typing_rows, id="status")
        yield KeyBar(id="keys")

    def compose_line(self) -> ComposeResult:
        """The line; a screen may put a field of its own above it, or have none at all."""
        line = LineBar(id="line")
        line.display = self.has_line
        yield line

    def on_mount(self) -> None:
        self._framed = True
        self.screen_layout_refresh_signal.subscribe(self, self._laid_out, immediate=True)
        self.show_frame()
        self.status(*self._say)  # something may have been said before there was a screen to say it on
        self.focus_body()

    def on_screen_resume(self) -> None:
        self.show_frame()
        self.call_after_refresh(self._laid_out, self)  # it may have been laid out anew while another was on top

    def _laid_out(self, _screen: Screen[Any]) -> None:
        """What is said has become taller or smaller, and the widget that has the focus may stand on another row."""
        if isinstance(self.focused, LineWidget):
            self.focused.follow_cursor()

    def on_resize(self, _event: events.Resize) -> None:
        """There is more room, or less, in the header and for what is said.  Handlers of subclasses run besides."""
        self.show_frame()
        if self._framed:
            self.said_rows.fit()

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
            self.summary.show(self.summary_lines(), self.spare_rows)
        self.line_follows()

    @property
    def summary(self) -> SummaryPane:
        return self.query_one("#summary", SummaryPane)

    @property
    def spare_rows(self) -> int | None:
        """Empty rows of the body that the summary may have, below 0 those that the body lacks; None: it keeps to its own."""
        return None

    @property
    def summary_room(self) -> int:
        """Rows that the summary has, or could have."""
        return self.summary.most(self.spare_rows)

    def line_follows(self) -> None:
        """The line belongs to the account the screen is about: tell it when that is another one."""
        for line in self.query(KeptLine):
            if line.display:
                line.account_changed()

    def show_keys(self) -> None:
        self.query_one("#keys", KeyBar).set_keys(self.key_hints())
        self.said_rows.name_key(self.more_key)

    def key_hints(self) -> list[KeyHint]:
        """The keys of the key bar, from the registry; the last one always stays."""
        found = [c for c in self.desk_app.keymap.in_context(self.context) if self.context in c.bar and c.all_keys]
        if isinstance(self.focused, LineEdit):
            return [*self.field_hints(), *self._fkey_hints(found)]
        return [KeyHint(self.hint_key(c), c.label, self.refusal(c.id) is None) for c in found]

    def field_hints(self) -> list[KeyHint]:
        """What Enter and the way out do while a field has the focus."""
        return [KeyHint(self.enter_key, self.saying("do it")), KeyHint("Tab", "list"), KeyHint("F12", "leave")]

    def saying(self, does: str) -> str:
        """What a key does that acts on the account of the screen: while an act is unsure there, it asks what became of that."""
        target, field = self.line_target(), self.focused
        asks = target is not None and bool(self.desk_app.acts.unsure(target.account))
        return "ask outcome" if asks and (field is None or getattr(field, "acts", True)) else does

    def _fkey_hints(self, found: Iterable[Action]) -> list[KeyHint]:
        """Of these commands, the ones with a function key: their letters are typed into the field."""
        return [
            KeyHint(key.upper(), c.label, self.refusal(c.id) is None)
            for c in found
            if (key := next((k for k in c.all_keys if acts_in_field(k) and k[:1] == "f"), ""))
            and c.id not in {"nav.back", "line.open"}
        ]

    @property
    def enter_key(self) -> str:
        """The Enter key as the key bar shows it."""
        return enter_key(ascii_only=self.desk_app.terminal.ascii_only)

    def hint_key(self, wanted: Action) -> str:
        """A key as the key bar shows it: the letter, or the function key when there is no letter."""
        key = wanted.all_keys[0]
        return {"enter": self.enter_key, "space": "Space"}.get(key, key.upper() if len(key) > 1 else key)

    def on_descendant_focus(self, _event: events.DescendantFocus | events.DescendantBlur) -> None:
        """Into a field or out of it: other keys act now, and a line that is not always there goes or comes."""
        for line in self.query(KeptLine):
            line.display = self.has_line or line.has_focus
        if self._framed:
            self.show_keys()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """The same when nothing has the focus any more."""
        self.on_descendant_focus(event)

    # -- saying -------------------------------------------------------------------------------------------------

    def status(self, text: str | Line, role: Role = Role.PLAIN, *, typed: bool = False) -> None:
        """Say something on the rows below the line: what happened, or what the line will do (`typed`: of one that is being typed)."""
        self._say = (text, role)
        if not self._framed:
            return
        if not typed and (
            word := self.desk_app.agent.said(self.desk_app.door("agent.heard"))
        ):  # until it is acknowledged
            said = text if isinstance(text, Line) else Line.of(*(((text, role),) if text else ()))
            text = Line.of(*said.spans, *((" · ",) if text else ()), (word, Role.WARN))
        self.said_rows.say(text, role, typed=typed)

    def say_again(self) -> None:
        """What was said, with what a lead says to the user now."""
        self.status(*self._say)

    @property
    def said_rows(self) -> SaidRows:
        """The rows below the line."""
        return self.query_one("#status", SaidRows)

    @property
    def more_key(self) -> str:
        """The key that shows the rest of what is said: another one where letters are typed."""
        in_field = isinstance(self.focused, LineEdit)
        keys = self.desk_app.keymap.keys_of("line.open" if in_field else "said.more")
        return next((key.upper() for key in keys if in_field and acts_in_field(key)), keys[0] if keys else "")

    def do_said_more(self) -> None:
        """Show the rest of what is said, or all of it as at first again."""
        if not self.said_rows.more():
            self.app.bell()

    @property
    def said(self) -> str:
        """What the rows below the line say, but for a lead's words."""
        text, _ = self._say
        return text.text if isinstance(text, Line) else text

    @property
    def refused(self) -> bool:
        """Is what is said a refusal?"""
        return self._say[1] is Role.BAD

    def naming(self, account: str) -> str:
        """How a result begins: with the account, unless its own screen is what one sees."""
        target = self.line_target() if self.context in {ACCOUNT, FORM} else None
        return "" if target is not None and target.account == account else f"{account}: "

    def refuse(self, sentence: str) -> int:
        """Say why not, ring, and drop what was typed ahead: it was meant for what did not happen.  Returns how many keys."""
        keys = self.desk_app.flush_keys()
        self._number = ""
        self.status(messages.with_dropped(sentence, keys), Role.BAD)
        self.app.bell()
        return keys
