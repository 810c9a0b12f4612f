"""Help, generated: keys from the registry, codes from the site's data, words from the line's own list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from collect_tui.tui.keys.actions import ACCOUNT, ACTIONS, CONTEXTS, FIND, FORM, QUEUE, Action, acts_in_field
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.line.model import VerbHelp
    from collect_tui.domain.codes import Codes

_KEYS = 14
_TITLES = {
    "board": "The board of queues",
    "queue": "A queue",
    "account": "An account",
    "find": "Find",
    "why": "Why",
    "help": "Help",
    "form": "A form",
    "asking": "A question",
}
_WITH_LINE = frozenset(c for each in ACTIONS if each.id == "line.open" for c in each.bar)
_IN_FIND = (
    "While the text to find has the caret, letters are typed into it: F-keys, Tab, Enter and the arrows act. After Enter "
    "the letters act on the list; / goes back to an empty text."
)


def heading(text: str) -> list[Line]:
    return [Line(), Line.of((text, Role.HEAD))]


def entry(keys: str, text: str, width: int, left: int = _KEYS) -> list[Line]:
    """A word and what it means, the meaning wrapped beside it."""
    first, *rest = tui_text.wrap(text, max(10, width - left - 3)) or [""]
    shown = tui_text.fit(tui_text.clean(keys), left) if tui_text.width(keys) <= left else keys + " "
    return [Line.of(" ", (shown, Role.KEY), " " + first), *(Line.of(" " * (left + 2) + part) for part in rest)]


def render_keys(context: str, commands: Sequence[Action], width: int) -> list[Line]:
    """The keys of one screen; of a form those that act in its fields, for there is nothing but fields."""
    lines = heading(f"{_TITLES.get(context, context)}: keys")
    if context == FIND:
        lines += [Line.of(f" {part}") for part in tui_text.wrap(_IN_FIND, max(10, width - 2))]
    for each in commands:
        acting = [key for key in each.all_keys if context != FORM or acts_in_field(key)]
        if context in each.contexts and (acting or (each.mnemonic and context != FORM)):
            keys = " ".join(key.upper() if len(key) > 1 else key for key in acting)
            word = each.mnemonic or each.text.strip()
            said = f" On the line: {word}." if word and context in _WITH_LINE else ""
            lines += entry(keys, f"{each.title}. {each.help}{said}", width)
    return lines


def render_hotkeys(codes: Codes, width: int) -> list[Line]:
    """The result chord."""
    lines = heading("Result and next account: , or Space, then (any other key logs nothing)")
    for key, code in codes.hot.items():
        lines += entry(key, f"{code} {codes.results[code].title}", width)
    return lines


def render_codes(codes: Codes, width: int) -> list[Line]:
    """The site's actions, results and reasons."""
    lines = heading("Results: what happened")
    for code, result in codes.results.items():
        lines += entry(code.lower(), f"{result.title}. {result.explained}".strip(), width)
    lines += heading("Actions: what I did")
    for code, action in codes.actions.items():
        lines += entry(code.lower(), action.title, width)
    for title, table in (
        ("Reasons for non-payment", codes.reasons),
        ("Reasons to skip or snooze", codes.skip_reasons),
        *((f"Reasons to {kind}", table) for kind, table in codes.order_reasons.items()),
    ):
        lines += heading(title)
        for code, meaning in table.items():
            lines += entry(code.lower(), meaning, width, 20)
    return lines


def render_verbs(verbs: Iterable[VerbHelp], width: int) -> list[Line]:
    """The words of the line."""
    lines = heading("The line: several acts are joined by ;")
    for verb in verbs:
        lines += entry(verb.usage, verb.summary, width, 34)
        lines.append(Line.of((" " * 36 + verb.example, Role.DIM)))
    return lines


def render_help(
    context: str, commands: Sequence[Action], codes: Codes | None, verbs: Sequence[VerbHelp], width: int
) -> list[Line]:
    """The help of one screen; `keys` as the context shows the keys of all of them."""
    if context == "keys":
        lines = [line for each in CONTEXTS for line in render_keys(each, commands, width)]
        return [*lines, *(render_hotkeys(codes, width) if codes is not None else [])][1:]
    lines = render_keys(context, commands, width)
    if codes is not None and context == ACCOUNT:
        lines += render_hotkeys(codes, width)
    if context in (ACCOUNT, QUEUE):
        lines += render_verbs(verbs, width)
        lines += render_codes(codes, width) if codes is not None else []
    return lines[1:]


def render_word(
    word: str, commands: Sequence[Action], codes: Codes | None, verbs: Sequence[VerbHelp], width: int
) -> list[Line]:
    """What one word means: a verb or a code of the line, or a command; nothing when it means nothing."""
    wanted = word.casefold()
    lines: list[Line] = []
    for verb in verbs:
        if wanted in (verb.verb.casefold(), *(alias.casefold() for alias in verb.aliases)):
            lines += [*entry(verb.usage, verb.summary, width, 34), Line.of((" " * 36 + verb.example, Role.DIM))]
    if codes is not None and word.upper() in codes.results:
        result = codes.results[word.upper()]
        lines += entry(result.code, f"{result.title}. {result.explained}".strip(), width)
    for each in commands:
        if wanted == each.mnemonic:
            lines += entry(each.mnemonic, f"{each.title}. {each.help}", width)
    return lines
