"""A small question.  Only `y` does it; the way out comes first, and nothing typed ahead can answer by habit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from collect_tui.desk.errors import Refused
from collect_tui.tui.commands import ASKING
from collect_tui.tui.keymap import key_name
from collect_tui.tui.roles import Role
from collect_tui.tui.screens.base import DeskScreen, Rule
from collect_tui.tui.widgets.base import Line
from collect_tui.tui.widgets.keybar import KeyBar
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Preview, Receipt
    from collect_tui.tui.app import CollectApp

_NO = frozenset({"n", "b", "q", "f12", "f3", "escape", "enter"})


class AskingScreen(ModalScreen[bool]):
    """Shows some lines over the foot of the screen and asks.

    Args:
        lines: what is asked, and what it would do.
        yes: the word beside `y`.
    """

    context: ClassVar[str] = ASKING
    AUTO_FOCUS = ""

    def __init__(self, lines: Sequence[str | Line], yes: str = "yes") -> None:
        super().__init__()
        self._lines = [line if isinstance(line, Line) else Line.of(line) for line in lines]
        self._yes = yes

    def compose(self) -> ComposeResult:
        pane = LinePane(self._lines, id="question", focusable=False)
        pane.styles.height = len(self._lines)
        yield Rule(id="upper")
        yield pane
        yield KeyBar([("n", "no, leave it", True), ("y", self._yes, True)], id="keys")

    @property
    def text(self) -> str:
        """What is asked."""
        return "\n".join(line.text for line in self._lines)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        name = key_name(event.key, event.character)
        if name == "y":
            self.dismiss(True)
        elif name in _NO:
            self.dismiss(False)
        else:
            self.app.bell()


def _find_undo(desk: Desk) -> tuple[Act, Preview, str]:
    """The act that takes back my last one that can be, on any account, and what it would do; runs in a thread."""
    from collect_tui.desk.commands import Act, Undo

    last: Receipt | None = next((receipt for receipt in desk.history(limit=20) if receipt.undoable), None)
    if last is None:
        raise Refused("undo.nothing", "There is no act of yours to undo.", "act")
    act = Act(id=uuid4(), account=last.account, commands=(Undo(act=str(last.id)),), line="undo")
    preview = desk.preview(act)
    if preview.error is not None:
        sentence = f"{last.account}, {last.sentence}: {preview.error}"
        raise Refused(preview.error_code or "undo.refused", sentence, preview.field)
    return act.model_copy(update={"version": preview.version}), preview, last.sentence


async def ask_undo(app: CollectApp, screen: DeskScreen) -> None:
    """Show what an undo takes back, and do it when the answer is yes."""
    found = await screen.ask(_find_undo, app.desk)
    if found is None:
        return
    act, preview, sentence = found
    target = screen.line_target() if screen.context == "account" else None
    elsewhere = target is not None and target.account != act.account
    lines: list[Line] = [Line.of(("Undo on ", Role.LABEL), (act.account, Role.HEAD), f": {sentence}")]
    if elsewhere:
        lines.append(Line.of(("  That is not the account on the screen.", Role.WARN)))
    lines += [Line.of(f"  {effect.sentence}") for effect in preview.effects[:8]]
    if preview.next_action:
        lines.append(Line.of((f"  next action {preview.next_action}", Role.LABEL)))

    async def undo() -> None:
        receipt = await app.call(app.desk.do, act)
        app.renew_lease()
        await screen.after_act(receipt)
        screen.status(f"{receipt.account}: {receipt.sentence}" if elsewhere else receipt.sentence, Role.GOOD)

    def answered(accepted: bool | None) -> None:
        if accepted:
            app.run_held(undo(), screen)
        else:
            screen.status("Nothing was undone.")

    app.flush_keys()  # a question answered before it was read is no question
    await app.push_screen(AskingScreen(lines, "undo it"), answered)
