"""Which command a key starts: pure, and checked for clashes before the first screen is shown.

Users override keys in `keys.toml` in the site's settings folder; a key map file names command ids:

    [keys]
    "note.new" = ["n", "f6"]      # replaces all keys of the command
    "work.skip" = []              # no key; the command is still on the line and in the help
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_lowercase
from typing import Final

from collect_tui.common import toml_files
from collect_tui.common.words import nearest
from collect_tui.domain.errors import Invalid
from collect_tui.tui.keys.actions import ACTIONS, CONTEXTS, FORM, RETIRED, Action, acts_in_field

#: What Textual calls keys that people write otherwise.
_NAMES: Final = {
    "pagedown": "pgdn",
    "pageup": "pgup",
    "delete": "del",
    "ctrl+h": "backspace",
    "ctrl+m": "enter",
    "ctrl+i": "tab",
    "backtab": "shift+tab",
}
_SPECIAL: Final = frozenset(
    {"enter", "tab", "shift+tab", "space", "up", "down", "left", "right", "home", "end", "pgup", "pgdn", "ins", "del"}
    | {"backspace", "escape"}
    | {f"f{n}" for n in range(1, 13)}
)
#: Keys that answer to nobody else: they leave fields, edit numbers, or cannot be trusted over a slow line.  Where they
#: have nothing to do they say nothing.
KEPT_QUIET: Final = frozenset({"escape", "backspace"})
#: Letters that with Ctrl are another key on every terminal (Backspace, Tab, Enter twice), or end what runs in it.
_NO_CTRL: Final = frozenset("hijmc")
_GIVEN: Final = (_SPECIAL - KEPT_QUIET) | {f"ctrl+{letter}" for letter in ascii_lowercase if letter not in _NO_CTRL}


def key_name(key: str, character: str | None) -> str:
    """A key as people write it: `:` for Textual's `colon`, `pgdn`, `f8`; letters keep their case."""
    if character == " ":
        return "space"
    if character is not None and len(character) == 1 and character.isprintable():
        return character
    return _NAMES.get(key, key)


@dataclass(frozen=True, slots=True)
class Found:
    """What a key does: a command, or a sentence for a key that has moved."""

    command: Action | None = None
    moved: str = ""


class KeyMap:
    """(context, key) → command.  Raises Invalid `keys.clash` when commands of one context want one key; it names every such key."""

    def __init__(self, commands: Iterable[Action] = ACTIONS, retired: Mapping[tuple[str, str], str] = RETIRED) -> None:
        self.commands = tuple(commands)
        self._found: dict[tuple[str, str], Found] = {}
        by_id = {each.id: each for each in self.commands}
        clashes: dict[tuple[str, str, str], list[str]] = {}
        for each in self.commands:
            for context in sorted(each.contexts, key=CONTEXTS.index):
                for key in each.all_keys:
                    other = self._found.setdefault((context, key), Found(each)).command
                    if other is not None and other is not each:
                        clashes.setdefault((key, other.id, each.id), []).append(context)
        if clashes:
            told = (
                f"{key!r} is wanted by {one} and by {other} on the {', '.join(where)} screen{'s' * (len(where) > 1)}"
                for (key, one, other), where in clashes.items()
            )
            raise Invalid("keys.clash", "; ".join(told) + "; give one of each another key.", "keys")
        for (context, key), moved_to in retired.items():
            if (context, key) not in self._found:
                to = by_id[moved_to]
                door = to.all_keys[0] if to.all_keys else f":{to.mnemonic}"
                self._found[context, key] = Found(moved=f"{key} has moved to {door} ({to.title.lower()}).")

    def find(self, context: str, key: str) -> Found:
        """What the key does there; empty when nothing."""
        return self._found.get((context, key), _NOTHING)

    def keys_of(self, command_id: str) -> tuple[str, ...]:
        """The keys of a command as they are now, letters first."""
        return next((c.all_keys for c in self.commands if c.id == command_id), ())

    def in_context(self, context: str) -> tuple[Action, ...]:
        """The commands of a screen, in order, with the keys they have now."""
        return tuple(c for c in self.commands if context in c.contexts)


_NOTHING: Final = Found()


def load(path: Path | None) -> KeyMap:
    """The key map with the user's overrides; Invalid names the file, the command and what was expected."""
    try:
        table = None if path is None else toml_files.load(path)
    except (OSError, ValueError) as error:
        raise Invalid("keys.unreadable", str(error), "keys") from None
    if table is None:
        return KeyMap()
    for name in table:
        if name != "keys":
            raise Invalid("keys.unknown_table", f"{path}: there is no {name!r} here; did you mean [keys]?", name)
    commands = overridden(table.get("keys", {}), str(path))
    try:
        return KeyMap(commands)
    except Invalid as error:
        raise Invalid(error.code, f"{path}: {error.message}", error.field) from None


def overridden(table: object, file: str, commands: Iterable[Action] = ACTIONS) -> tuple[Action, ...]:
    """The commands with the keys a table gives them."""
    by_id = {each.id: each for each in commands}
    if not isinstance(table, dict):
        raise Invalid("keys.type", f"{file}: [keys] must be a table of command ids.", "keys")
    for name, keys in table.items():
        if name not in by_id:
            near = nearest(name, by_id)
            hint = f"; did you mean {near!r}?" if near else "; `collect-tui keys` lists them."
            raise Invalid("keys.unknown_command", f"{file}: there is no command {name!r}{hint}", name)
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise Invalid("keys.type", f'{file}: {name} must be a list of keys, such as ["n", "f6"].', name)
        for key in keys:
            if not (key in _GIVEN or (len(key) == 1 and key.isprintable() and key != " ")):
                close = nearest(key, sorted(_GIVEN))
                hint = f"; did you mean {close!r}?" if close else "."
                raise Invalid("keys.unknown_key", f"{file}: {name}: {key!r} is not a key that can be given{hint}", name)
            if keys.count(key) > 1:
                raise Invalid("keys.twice", f"{file}: {name}: {key!r} is named twice.", name)
        letters = tuple(key for key in keys if not _is_fkey(key))
        fkeys = [key for key in keys if _is_fkey(key)]
        if len(fkeys) > 1:
            raise Invalid("keys.fkeys", f"{file}: {name} may have one function key, not {len(fkeys)}.", name)
        by_id[name] = replace(by_id[name], keys=letters, fkey=fkeys[0] if fkeys else "")
        if told := _shut(by_id[name]):
            raise Invalid("keys.last", f"{file}: {name} must keep a key{told}", name)
    return tuple(by_id.values())


def _shut(command: Action) -> str:
    """Why nothing starts a command with these keys; empty when something does: a key, or a word on the line."""
    if command.mnemonic or command.text:
        return ""
    if not command.all_keys:
        return ": no word on the line does it."
    if command.contexts == {FORM} and not any(acts_in_field(key) for key in command.all_keys):
        return " that is not typed into a field: a function key, or one with Ctrl."
    return ""


def _is_fkey(key: str) -> bool:
    return key[:1] == "f" and key[1:].isdecimal()
