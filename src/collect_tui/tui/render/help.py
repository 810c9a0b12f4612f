"""Help, generated: keys from the registry, codes from the site's data, words from the line's own list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from collect_tui.common.text import fold
from collect_tui.tui.keys.actions import ACCOUNT, ACTIONS, BOARD, CONTEXTS, FIND, FORM, QUEUE, Action, acts_in_field
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.line.model import VerbHelp
    from collect_tui.domain.codes import Codes

_KEYS: Final = 14
_CODE: Final = 20
_USAGE: Final = 34
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


@dataclass(frozen=True, slots=True)
class HelpLine(Line):
    """A line of the help; `starts` is what Enter on it starts, an action's id or the beginning of a line; empty: nothing."""

    starts: str | Action = ""


class Entry(NamedTuple):
    """A key or a word, what it means, and what it starts."""

    keys: str
    text: str
    left: int = _KEYS
    starts: str | Action = ""
    example: str = ""

    def lines(self, width: int) -> Iterator[HelpLine]:
        """The meaning wrapped beside the word; a word too long for its column stands above, wrapped as well."""
        room = max(10, width - self.left - 5)
        meaning = tui_text.wrap(self.text, room) or [""]
        beside = tui_text.width(self.keys) <= self.left
        above = [] if beside else tui_text.wrap(self.keys, max(10, width - 4))
        for part in above:
            yield HelpLine(Line.of(" ", (part, Role.KEY)).spans, self.starts)
        for at, part in enumerate(meaning):
            shown = tui_text.fit(tui_text.clean(self.keys) if beside and not at else "", self.left)
            yield HelpLine(Line.of(" ", (shown, Role.KEY), f" {part}").spans, self.starts)
        for part in tui_text.wrap(self.example, room) if self.example else ():
            yield HelpLine(Line.of((" " * (self.left + 2) + part, Role.DIM)).spans, self.starts)

    def has(self, words: Iterable[str]) -> bool:
        """Do all these words, folded, stand in it?"""
        told = fold(f"{self.keys} {self.text} {self.example}")
        return all(word in told for word in words)


class Section(NamedTuple):
    """A heading and what stands below it."""

    title: str
    entries: Sequence[Entry]
    note: str = ""

    def lines(self, width: int, words: Sequence[str]) -> list[HelpLine]:
        """The heading with what has these words; nothing where nothing has them."""
        found = [each for each in self.entries if each.has(words)]
        if words and not found:
            return []
        note = tui_text.wrap(self.note, max(10, width - 4)) if self.note and not words else ()
        return [
            HelpLine(),
            HelpLine(Line.of((self.title, Role.HEAD)).spans),
            *(HelpLine(Line.of(f" {part}").spans) for part in note),
            *(line for each in found for line in each.lines(width)),
        ]


def key_section(context: str, commands: Sequence[Action]) -> Section:
    """The keys of one screen; of a form those that act in its fields, for there is nothing but fields."""
    entries = []
    for each in commands:
        acting = [key for key in each.all_keys if context != FORM or acts_in_field(key)]
        if context in each.contexts and (acting or (each.mnemonic and context != FORM)):
            keys = " ".join(key.upper() if len(key) > 1 else key for key in acting)
            word = each.mnemonic or each.text.strip()
            said = f" On the line: {word}." if word and context in _WITH_LINE else ""
            entries.append(Entry(keys, f"{each.title}. {each.help}{said}", starts=each))
    return Section(f"{_TITLES.get(context, context)}: keys", entries, _IN_FIND if context == FIND else "")


def hotkey_section(codes: Codes) -> Section:
    """The result chord."""
    entries = [Entry(key, f"{code} {codes.results[code].title}") for key, code in codes.hot.items()]
    return Section("Result and next account: , or Space, then (any other key logs nothing)", entries)


def code_sections(codes: Codes) -> Iterator[Section]:
    """The site's actions, results and other lists of codes."""
    from collect_tui.desk.catalogue import code_lists

    yield Section("Results: what happened", [_result(codes, code) for code in codes.results])
    yield Section("Actions: what I did", [Entry(code.lower(), each.title) for code, each in codes.actions.items()])
    for title, table in code_lists(codes):
        yield Section(title, [Entry(code.lower(), meaning, _CODE) for code, meaning in table.items()])


def _result(codes: Codes, code: str) -> Entry:
    result = codes.results[code]
    return Entry(code.lower(), f"{result.title}. {result.explained}".strip(), starts=f"{code.lower()} ")


def _verb(verb: VerbHelp) -> Entry:
    return Entry(verb.usage, verb.summary, _USAGE, f"{verb.verb} ", verb.example)


def render_help(
    context: str,
    commands: Sequence[Action],
    codes: Codes | None,
    verbs: Sequence[VerbHelp],
    width: int,
    wanted: str = "",
) -> list[HelpLine]:
    """The help of one screen, or of all keys (`keys` as the context).

    Args:
        context: the screen.
        commands: with the keys they have now.
        codes: the site's; None while they are not known.
        verbs: the words of the line.
        width: cells.
        wanted: only what has all these words in it; empty: all.
    """
    sections = [key_section(each, commands) for each in (CONTEXTS if context == "keys" else (context,))]
    if codes is not None and context in ("keys", ACCOUNT):
        sections.append(hotkey_section(codes))
    if context in (ACCOUNT, QUEUE, BOARD):
        sections.append(Section("The line, on an account: several acts are joined by ;", [_verb(v) for v in verbs]))
        sections += code_sections(codes) if codes is not None else ()
    words = fold(wanted).split()
    return [line for section in sections for line in section.lines(width, words)][1:]


def render_word(
    word: str, commands: Sequence[Action], codes: Codes | None, verbs: Sequence[VerbHelp], width: int
) -> list[HelpLine]:
    """What one word means: a verb or a code of the line, or a command; nothing when it means nothing."""
    wanted = word.casefold()
    found = [_verb(v) for v in verbs if wanted in (v.verb.casefold(), *(alias.casefold() for alias in v.aliases))]
    if codes is not None and word.upper() in codes.results:
        found.append(_result(codes, word.upper()))
    found += [Entry(c.mnemonic, f"{c.title}. {c.help}", starts=c) for c in commands if wanted == c.mnemonic]
    return [line for each in found for line in each.lines(width)]
