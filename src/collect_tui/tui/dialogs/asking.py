"""A question before something is done: `y`, or what must be typed.  The way out comes first, and nothing typed ahead answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from textual import events
from textual.app import ComposeResult

from collect_tui.desk.errors import DomainError, Unconfirmed
from collect_tui.desk.views.said import asking
from collect_tui.tui import messages
from collect_tui.tui.dialogs.over import OverScreen
from collect_tui.tui.keys.keymap import key_name
from collect_tui.tui.render.line import said_parts
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.widgets.keybar import KeyBar, enter_key
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.views.act import Preview, Said
    from collect_tui.tui.desk_app import DeskApp
    from collect_tui.tui.page import Page

#: What leaves the question; it counts whether or not the question has been seen, and does nothing.
_OUT: Final = frozenset({"f12", "f3", "escape"})
_LEFT: Final = 3
"""Rows of the screen that a question leaves for its rule, its field and its keys."""
SEEN_FIRST: Final = "Digits on the line do not count: they were typed before it could be seen what they confirm."
_NO = frozenset({"n", "b", "q", "f12", "f3", "escape", "enter"})


class AskingScreen(OverScreen[str | None]):
    """Shows some lines over the foot of the screen and asks.  Answers what was typed (`y` where nothing is), or None.

    Args:
        lines: what is asked, and what it would do; they wrap, and scroll where the screen is too low for them.
        yes: the word beside the key that does it.
        typed: what is to be typed; empty: `y` alone does it.
        seen: must it have been on the terminal before it is confirmed?
        digits: nothing but digits is.
    """

    AUTO_FOCUS = "#answer"

    def __init__(
        self,
        lines: Sequence[str | Line],
        yes: str = "yes",
        typed: str = "",
        *,
        seen: bool = True,
        digits: bool = False,
    ) -> None:
        super().__init__()
        self._seen = seen
        self._lines = [line if isinstance(line, Line) else Line.of(line) for line in lines]
        self._yes = yes
        self._typed = typed
        self._digits = digits

    def compose(self) -> ComposeResult:
        pane = LinePane(id="question", focusable=False)
        pane.resized = self._fit
        yield Rule(id="upper")
        yield pane
        if self._typed:
            yield Answer(f"{self._typed[:1].upper()}{self._typed[1:]}", digits=self._digits)
        yield KeyBar(id="keys")

    def _fit(self) -> None:
        """Wrap it for the room there is: nothing of what is asked is cut, however narrow that is or has become."""
        size, pane = self.app.size, self.query_one("#question", LinePane)
        wrapped = [part for line in self._lines for part in line.wrapped(size.width)]
        room = max(1, size.height - _LEFT)
        pane.set_lines(wrapped)
        pane.styles.height = min(len(wrapped), room)
        keys = [("PgDn", f"{len(wrapped) - room} more rows", True)] if len(wrapped) > room else []
        if self._typed:
            enter = enter_key(ascii_only=self.desk_app.terminal.ascii_only)
            keys += [("F12", "no, leave it", True), (enter, self._yes, True)]
        else:
            keys += [("n", "no, leave it", True), ("y", self._yes, True)]
        self.query_one(KeyBar).set_keys(keys)

    def on_mount(self) -> None:
        self._fit()
        if self._seen:
            self.call_after_refresh(self.desk_app.sight.look, self.status)

    def unseen(self, event: events.Key | events.Paste) -> bool:
        """Has nobody seen this question who presses such a key?"""
        if not self._seen:
            return False
        if isinstance(event, events.Paste):
            return not self.desk_app.sight.visible(event.time)
        name = key_name(event.key, event.character)
        if name in _OUT or (name == "n" and not self._typed):
            return False
        confirms = name in {"f2", "enter"} if self._typed else name == "y"
        sight = self.desk_app.sight
        return not (sight.counts(event.time) if confirms else sight.visible(event.time))

    @property
    def text(self) -> str:
        """What is asked."""
        return "\n".join(line.text for line in self._lines)

    def typed(self, name: str) -> bool:
        if name in {"pgdn", "pgup"}:
            self.query_one("#question", LinePane).action_pages(1 if name == "pgdn" else -1)
        elif self._typed and name == "f2":
            self.query_one(Answer).edit("enter")
        elif not self._typed and name == "y":
            self._answer(name)
        elif name == "f3" or (not self._typed and name in _NO):
            self._answer(None)
        else:
            return False
        return True

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        message.stop()
        self._answer(message.text)

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        message.stop()
        self._answer(None)

    def _answer(self, text: str | None) -> None:
        """An empty answer is none: Enter pressed by habit does nothing."""
        if text is None or text.strip():
            self.dismiss(text)
        else:
            self.refuse(f"Type {self._typed}.")


class Answer(LineEdit):
    """What is typed below a question; where only digits are wanted, anything else is refused with a word."""

    def __init__(self, label: str, *, digits: bool) -> None:
        super().__init__(prompt=f"{label}: ", limit=120, id="answer")
        self._label = label
        self._digits = digits

    def _insert(self, raw: str) -> None:
        over = cast("AskingScreen", self.screen)
        if self._digits and not (raw.isascii() and raw.strip("# ").isdecimal()):
            over.refuse(f"{self._label}, digits only.")
        else:
            over.status(over.desk_app.sight.said)
            super()._insert(raw)


async def ask(
    screen: Page,
    lines: Iterable[str | Line],
    then: Callable[[str], Coroutine[Any, Any, None]],
    *,
    yes: str,
    no: str,
    typed: str = "",
    digits: bool = False,
    seen: bool = True,
) -> None:
    """Ask on top of `screen`, after all that was typed ahead has been dropped, and do `then` with the answer.

    `yes` is the word beside the key that does it, `no` what is said when it is left, `typed` what is to be typed, `digits`
    whether that is digits alone.  `seen` False: nothing depends on it, and what was typed ahead may answer.
    """
    app = cast("DeskApp", screen.app)

    def answered(text: str | None) -> None:
        if text is None:
            screen.call_after_refresh(screen.status, no)  # the screen comes back first, and says what its line means
        else:
            app.run_held(then(text), screen)

    dropped = ""
    if seen:
        app.sight.begin()
        dropped = messages.dropped(app.flush_keys())  # a question answered before it was read is no question
    shown = [*lines, *([Line.of((dropped, Role.WARN))] if dropped else ())]
    await app.push_screen(AskingScreen(shown, yes, typed, digits=digits, seen=seen), answered)


async def confirm(
    screen: Page,
    act: Act,
    asked: Unconfirmed,
    again: Callable[[Act], Coroutine[Any, Any, None]],
    *,
    preview: Preview | None = None,
    why: str = "",
) -> None:
    """Ask for what the desk wants typed before it does an act, and do `again` with the act so confirmed.

    `preview`: what the act would do, where that is known already. `why`: why it is asked again.
    """
    told = preview or await screen.ask(cast("DeskApp", screen.app).desk.preview, act)
    if told is None:
        return
    shown = [each for each in told.said if each.text != asking(asked.confirm)]  # as it does here
    lines = [*said_lines(shown), *([Line.of((why, Role.BAD))] if why else ()), Line.of((asked.message, Role.WARN))]

    async def typed(text: str) -> None:
        try:
            confirmed = act.answered(asked.confirm, text)
        except DomainError as error:
            await confirm(screen, act, asked, again, preview=told, why=messages.sentence(error))
            return
        await again(confirmed)

    digits = asked.confirm.kind == "digits"
    await ask(screen, lines, typed, yes="do it", no="Nothing was done.", typed=asked.confirm.label, digits=digits)


def said_lines(sentences: Iterable[Said]) -> list[Line]:
    """Sentences, each a line of its own; a question goes without saying that it is allowed."""
    return [Line.of((text, role)) for text, role in said_parts(each for each in sentences if each.kind != "allowed")]
