"""`collect-tui --linear`: the desk one line at a time, for screen readers, Braille lines and scripts.

Nothing is ever painted over: each answer is text below what was typed, and no byte of it moves a cursor.  The words are those of the
line, and the keys of the screen typed as words (`w`, `y`, `,n`); the prompt says where one is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, TextIO

from collect_tui.cli import plain
from collect_tui.cli.linear_floor import LinearFloor
from collect_tui.cli.linear_queues import PANES
from collect_tui.common.text import clean
from collect_tui.desk.errors import Refused
from collect_tui.desk.line.verbs import VERBS
from collect_tui.desk.own_filters import OwnFilters
from collect_tui.tui.keys.actions import ACCOUNT, BOARD, Action, action, by_word

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring

WORDS: Final = {
    "show": "what is here once more, as it is now",
    "show NUMBER": "more of that row of a list",
    "try LINE": "what a line would do; nothing is done",
    " ".join(PANES): "a part of the account; `show cases` those of the account",
    "NUMBER": "opens that row of the list said last, or the account of that number",
}
"""The words of this mode alone, and what they do."""
OF_THE_SCREEN: Final = {
    "text.copy": "Copying is of the screen: what is said here stands in your terminal, to be marked and copied there.",
    "screen.lock": "What has been said cannot be covered here: leave with `quit`, and lock your terminal.",
    "theme.choose": "Theme is for the screen: nothing is coloured here.",
    "screen.redraw": "Nothing is painted here that could be painted again; `show` says it once more.",
    "queue.columns": "Columns are of the screen: here a queue is said with its usual ones, and an account with all there is.",
    "form.open": "Forms are of the screen: `help WORD` says what a line takes, `try LINE` what it would do.",
}
"""Commands with a word that mean something on a screen only, and what there is here in their stead."""
_ABOUT: Final = (
    "Words of the line act on the account; `help WORD` explains one, `keys` lists all. Here there are besides:"
)
_NUMBER: Final = re.compile(r"\d[\d-]*")


class Gone(Exception):
    """Nobody types any more, or whoever does wants to leave."""


class Linear(LinearFloor):
    """Somebody at the desk without a screen.

    Args:
        desk: the desk.
        do: does an act, once.
        ask: shows a prompt and reads a line; None: there is none any more.
        say: writes a text, cleaned.
        secret: reads a line that is not shown; None: as `ask` does.
        filters: what the user has saved of queues; None: nothing is kept.
        keymap: the keys as they are at the screen; None: the program's own.
    """

    @property
    def prompt(self) -> str:
        """Where one is, for people."""
        marked = len(self._top.marked)
        return f"{self._top.name}{f', {marked} marked' if marked else ''}> "

    def run(self) -> None:
        """From the board until somebody leaves; the account held is given back."""
        try:
            self._tell(self.do_queue_show)
            while (typed := self._ask(self.prompt)) is not None:
                text = clean(typed).strip().removeprefix(":").strip()
                if text:
                    self._tell(partial(self.typed, text))
        except Gone:
            pass
        finally:
            self._leave()

    def typed(self, text: str) -> None:
        """Do one line."""
        word, _, rest = text.partition(" ")
        rest = rest.strip()
        if (opens := self._opened(text)) is not None:
            opens()
        elif _NUMBER.fullmatch(text) and (len(text) > 1 or self.context != ACCOUNT):
            self.do_account_open(text)
        elif self._top.reads is not None and self._top.reads(word, rest):
            return
        elif (here := self._of_page(word)) is not None:
            self._top.does[here](rest)
        elif word in PANES and not rest and word != "cases":
            self._pane(word)
        elif word == "show":
            self._show(rest)
        elif word == "try" and rest:
            self._say(plain.preview_text(self._desk.preview(self._act(rest))))
        elif text[:1] in self._keymap.keys_of("result.hot") and text[1:].strip() in self._catalogue.codes.hot:
            self._line(self._catalogue.codes.hot[text[1:].strip()].lower())
            self.do_work_next()
        elif (found := self._command(word, rest)) is not None:
            self._start(found, rest)
        elif not rest and (moved := self._keymap.find(self.context, word).moved):
            raise Refused("word.moved", moved)
        else:
            self._line(text)

    def _show(self, what: str) -> None:
        if not what:
            self._again()
        elif what in PANES:
            self._pane(what)
        else:
            tells = self._top.tells
            self._say(tells[self._row(what, len(tells))[0]]())

    def _of_page(self, word: str) -> str | None:
        """The command that a key or word starts on this page, which says itself what it does."""
        known = (each for each in self._keymap.in_context(self.context) if each.id in self._top.does)
        return next((each.id for each in known if word in each.keys or word == each.mnemonic), None)

    def _command(self, word: str, rest: str) -> Action | None:
        """What a word starts that is no word of the desk's own: a command by its mnemonic, or by its key.

        A key that the site has given an action is that action, also where the line has such a word: alone it would say nothing.
        """
        keyed = None if rest else self._keymap.find(self.context, word).command
        if keyed is not None and keyed.keys != action(keyed.id).keys:
            return keyed
        codes, kinds = self._catalogue.codes.results, self._catalogue.cases.kinds.values()
        own = {each for verb in VERBS.values() for each in (verb.verb, *verb.aliases)}
        own |= {code.casefold() for code in codes} | {kind.verb.casefold() for kind in kinds}
        found = by_word(word, own)
        if found is None and word not in own:
            found = self._keymap.find(self.context, word).command
        return None if found is not None and rest and not found.takes_words else found

    def _start(self, wanted: Action, rest: str) -> None:
        if wanted.id.startswith("pane.") and wanted.id[5:].isdecimal():
            number = int(wanted.id[5:])
            return self._again() if number == 1 else self._pane(PANES[number - 2])
        method: Callable[..., None] | None = getattr(self, wanted.method, None)
        if method is None:
            raise Refused("linear.screen", _instead(wanted))
        return method(rest) if wanted.takes_words else method()

    # -- where one is -------------------------------------------------------------------------------------------

    def do_nav_exit(self) -> None:
        self.do_queue_show()

    def do_nav_back(self) -> None:
        """One step back, and what is there said again."""
        if self.context == BOARD:
            raise Refused("word.back", "This is the board; quit leaves the program.")
        self._close(len(self._pages) - 1)
        self._again()

    def do_view_refresh(self) -> None:
        """What is here, as it is now."""
        self._again()

    # -- asking -------------------------------------------------------------------------------------------------

    def do_why_open(self, number: str = "") -> None:
        self._say(plain.why_text(self._desk.why(number or self._target()[0])))

    do_whynot_open = do_why_open

    def do_help_open(self, word: str = "") -> None:
        from collect_tui.tui.render.help import render_help, render_word
        from collect_tui.tui.screens.help import verbs

        words, codes = verbs(self._catalogue.cases.kinds.values()), self._catalogue.codes
        does = self._top.does
        known = self._keymap.in_context(self.context)
        commands = tuple(each for each in known if hasattr(self, each.method) or each.id in does)
        if word:
            lines = render_word(word, commands, codes, words, _WIDTH) or render_help(
                ACCOUNT, commands, codes, words, _WIDTH, word
            )
            self._say("\n".join(line.text.strip() for line in lines) or f"Nothing in the help has {word}.")
            return
        own = [f"{each}: {meaning}" for each, meaning in WORDS.items()]
        told = [f"{' '.join((*each.keys, each.mnemonic)).strip()}: {each.help}" for each in commands]
        self._say("\n".join((_ABOUT, *own, *told)))

    def do_keys_show(self) -> None:
        for verb in VERBS.values():
            self._say(f"{verb.help.usage}: {verb.help.summary}")

    def do_app_quit(self) -> None:
        raise Gone


_WIDTH: Final = 10_000  # nothing wraps: whoever listens hears whole sentences


def _instead(wanted: Action) -> str:
    """What there is here in the stead of a command of the screen."""
    if wanted.id in OF_THE_SCREEN:
        return OF_THE_SCREEN[wanted.id]
    verb = VERBS.get(wanted.text.strip())
    if verb is not None:
        return f"{wanted.title} is typed as a line: {verb.help.usage}."
    return f"{wanted.title} is for the screen; the line and `help` say what there is here."


def run(wired: Wiring, *, backend: str = "local", keyboard: TextIO | None = None, out: TextIO | None = None) -> int:
    """Opens the desk and reads lines, of standard input unless it is said otherwise, until there are no more; 0. Raises Invalid where the
    site's keys cannot be used, as the screen does."""
    from collect_tui import bootstrap
    from collect_tui.tui.keys import keymap

    keyboard = keyboard if keyboard is not None else sys.stdin
    keys = keymap.load(wired.settings.site_folder / "keys.toml")
    desk = bootstrap.connect(wired, create=True, backend=backend)
    sent = bootstrap.sent_from(wired, desk)

    def say(text: str) -> None:
        print(clean(text, keep_newlines=True), file=out, flush=True)

    def ask(prompt: str) -> str | None:
        while True:
            print(clean(prompt), end="", file=out, flush=True)
            try:
                typed = keyboard.readline()
            except KeyboardInterrupt:
                print("\nThe word quit leaves.", file=out, flush=True)
                continue
            if not keyboard.isatty():
                print(file=out)  # there is nobody's Enter to end the line
            return typed.rstrip("\n") if typed else None

    def secret(prompt: str) -> str | None:
        from getpass import getpass

        if not keyboard.isatty():
            return ask(prompt)
        try:
            return getpass(prompt)
        except (EOFError, KeyboardInterrupt):
            return None

    filters = OwnFilters(wired.settings.site_folder / "filters.toml")
    try:
        Linear(desk, lambda act: sent.do(desk, act), ask, say, secret=secret, filters=filters, keymap=keys).run()
    finally:
        desk.close()
    return 0
