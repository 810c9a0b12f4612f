"""What was typed ahead when the program is told to go: it is kept as text, and nothing of it is acted on.

Keys that wait in front of a field they would have gone to become that field's draft.  What comes behind the first
key that would have done something is for screens that were never reached: it is kept by itself, and Up in the line
brings it back after the next start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from textual import events
from textual.screen import ModalScreen

from collect_tui.tui import messages
from collect_tui.tui.drafts import mask_runs
from collect_tui.tui.keys.keymap import key_name
from collect_tui.tui.widgets.editing import EDITING
from collect_tui.tui.widgets.lineedit import LineEdit

if TYPE_CHECKING:
    from collect_tui.tui.desk_app import DeskApp

PLACE: Final = "ahead"
UNFINISHED: Final = "unfinished"
Typed = events.Key | events.Paste


def keep(app: DeskApp, typed: Sequence[Typed], *, held: bool, unfinished: int = 0) -> None:
    """Keep what waits; `held`: a request was out, so that nobody knows which field it is for.  `unfinished`: characters of a
    paste, the last of it, that has not ended."""
    if any(edit.secret and edit.display for edit in app.screen.query(LineEdit)):
        return  # it may be a password
    rest = list(typed)
    field = None if held else _field(app, rest)
    while field is not None and rest and _enter(field, rest[0]):
        rest.pop(0)
    lines = [line for line in _lines(rest) if line.strip()]
    if lines and app.connected:
        before = app.drafts.load("", PLACE)
        app.drafts.save("", PLACE, "\n".join([*([before] if before else []), *map(mask_runs, lines)]))
    if unfinished and app.connected:
        app.drafts.save("", UNFINISHED, str(unfinished))


def take(app: DeskApp) -> str:
    """Give back what was kept: Up in the line recalls it line by line; what is to be said of it, empty when there is nothing."""
    kept, unfinished = app.drafts.load("", PLACE), app.drafts.load("", UNFINISHED)
    half = messages.paste_kept(unfinished) if unfinished else ""
    app.drafts.clear("", UNFINISHED)
    if not kept:
        return half
    lines = kept.split("\n")
    for line in lines:
        app.line_history.add(line.removeprefix(":"))
    app.drafts.clear("", PLACE)
    return (
        f"{half} Typed before the program ended, and not done: “{lines[-1]}”. In the line, Up brings it back.".lstrip()
    )


def _field(app: DeskApp, typed: list[Typed]) -> LineEdit | None:
    """The field that the first key goes to: the one with the focus, or the line, where that key begins one."""
    screen = app.screen
    if isinstance(screen.focused, LineEdit):
        return screen.focused
    if not typed or not isinstance(typed[0], events.Key):
        return None
    top = app.top
    edit = cast("LineEdit | None", top.line_edit) if not isinstance(screen, ModalScreen) else None
    if edit is not None:
        edit.display = True
        top.line_follows()
    found = app.keymap.find(top.context, key_name(typed[0].key, typed[0].character)).command
    if edit is None or edit.text or found is None or not (found.id == "line.open" or found.text):
        return None
    edit.set_text(found.text or "")
    typed.pop(0)
    return edit


def _enter(field: LineEdit, typed: Typed) -> bool:
    """Put a key or a paste in a field; False: it is not for a field, or would leave it."""
    if isinstance(typed, events.Paste):
        before = field.text
        field.insert(typed.text)
        return field.text != before  # else it is more than a field takes
    elif typed.is_printable and typed.character:
        field.insert(typed.character)
    elif typed.key in EDITING:
        field.edit(typed.key)
    else:
        return False
    return True


def _lines(typed: Sequence[Typed]) -> list[str]:
    """What was typed as text; a key that types nothing ends a line."""
    lines = [""]
    for each in typed:
        text = each.text if isinstance(each, events.Paste) else each.character if each.is_printable else None
        if text is not None:
            lines[-1] += text
        elif isinstance(each, events.Key) and each.key in ("backspace", "ctrl+h"):
            lines[-1] = lines[-1][:-1]
        else:
            lines.append("")
    return lines
