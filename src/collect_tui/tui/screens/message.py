"""One message, whole, scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events

from collect_tui.domain.states import MessageState
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import MESSAGE
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.message import message_lines
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.views.message import MessageView


class MessageScreen(DeskScreen):
    """A message of an account: its head, what it is about, its text."""

    context: ClassVar[str] = MESSAGE
    summary_rows: ClassVar[int] = 0
    has_line: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.message: MessageView | None = None
        self._name = ""

    def header_line(self) -> Line:
        if self.message is None:
            return Line()
        return Line.of(("Message ", Role.LABEL), (f"{self.message.account} {self._name}", Role.HEAD))

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.message.account) if self.message is not None else None

    def refusal(self, command_id: str) -> str | None:
        if command_id == "message.answer" and not (self.message is not None and self.message.may_be_answered):
            return messages.NOT_ANSWERED
        return super().refusal(command_id)

    def do_message_answer(self) -> None:
        if self.message is not None:
            self.begin_line(f"answer {self.message.number} ")

    def key_hints(self) -> list[KeyHint]:
        """What is no message to answer is not shown with the key for it."""
        answer = self.desk_app.keymap.keys_of("message.answer")
        may = self.message is not None and self.message.may_be_answered
        return [hint for hint in super().key_hints() if may or hint.key not in answer]

    def show_message(self, message: MessageView, name: str) -> None:
        """Show a message from its beginning on; `name` is the customer's."""
        self.message, self._name = message, name
        self._fill(keep_place=False)
        self.status("")
        self.show_frame()

    def _fill(self, *, keep_place: bool = True) -> None:
        if self.message is not None:
            lines = message_lines(self.message, self.desk_app.session_view, self.size.width)
            self.query_one("#body", LinePane).set_lines(lines, keep_place=keep_place)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()

    async def do_view_refresh(self) -> None:
        shown = self.message
        if shown is not None and not (shown.text and shown.status == MessageState.DRAFT):  # a sample is of a moment
            found = await self.ask(self.desk_app.desk.message, shown.account, shown.id)
            if found is not None:
                self.message = found
                self._fill()
                self.show_keys()


SCREEN = MessageScreen
