"""`collect-tui --linear`: the desk one line at a time, for screen readers, Braille lines and scripts.

Nothing is ever painted over: each answer is text below what was typed, and no byte of it moves a cursor.  The words are those of the
line, and the keys of the screen typed as words (`w`, `y`, `,n`); the prompt says where one is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TextIO, get_args

from collect_tui.cli import plain
from collect_tui.cli.linear_acts import Do, LinearActs
from collect_tui.common.text import clean
from collect_tui.desk.errors import DomainError, Invalid, NotFound, Refused, Stale
from collect_tui.desk.line.verbs import VERBS
from collect_tui.desk.views.account import FIND_COLUMNS, PaneName
from collect_tui.desk.views.queue import BOARD_COLUMNS
from collect_tui.tui.keys.actions import ACCOUNT, BOARD, QUEUE, Action, by_word, in_context

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.queue import Claim

PANES: Final[tuple[str, ...]] = get_args(PaneName)
"""In the order of their keys on the screen, from 2 on."""
WORDS: Final = {
    "show": "the account once more, as it is now",
    "try LINE": "what a line would do; nothing is done",
    " ".join(PANES): "a part of the account",
    "NUMBER": "opens that row of the list above, or the account of that number",
}
"""The words of this mode alone, and what they do."""
_ABOUT: Final = (
    "Words of the line act on the account; `help WORD` explains one, `keys` lists all. Here there are besides:"
)


class Gone(Exception):
    """Nobody types any more, or whoever does wants to leave."""


class Linear(LinearActs):
    """Somebody at the desk without a screen.

    Args:
        desk: the desk.
        do: does an act, once.
        ask: shows a prompt and reads a line; None: there is none any more.
        say: writes a text, cleaned.
    """

    def __init__(self, desk: Desk, do: Do, ask: Callable[[str], str | None], say: Callable[[str], None]) -> None:
        super().__init__(desk, do, ask, say)
        self._catalogue = desk.catalogue()
        self._queue = ""
        self._rows: Sequence[tuple[str, Callable[[str], None]]] = ()  # of the list shown last: what a number opens

    @property
    def context(self) -> str:
        """Where one is, as the key map calls it."""
        return ACCOUNT if self._view is not None else QUEUE if self._queue else BOARD

    @property
    def prompt(self) -> str:
        """Where one is, for people."""
        if self._view is not None:
            return f"account {self._view.number}> "
        return f"queue {self._queue}> " if self._queue else "board> "

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

    def _tell(self, work: Callable[[], None]) -> None:
        """Do something; what is refused is a sentence, and one stays where one is."""
        try:
            work()
        except DomainError as error:
            self._say(error.message)

    def typed(self, text: str) -> None:
        """Do one line."""
        word, _, rest = text.partition(" ")
        rest = rest.strip()
        if text.isdecimal() and 0 < int(text) <= len(self._rows):
            key, opens = self._rows[int(text) - 1]
            opens(key)
        elif text.replace("-", "").isdecimal() and (len(text) > 1 or self._view is None):
            self.do_account_open(text)
        elif word in PANES and not rest:
            self._pane(word)
        elif word == "show" and not rest:
            self.do_view_refresh()
        elif word == "try" and rest:
            self._say(plain.preview_text(self._desk.preview(self._act(rest))))
        elif text.startswith(",") and text[1:].strip() in self._catalogue.codes.hot:
            self._line(self._catalogue.codes.hot[text[1:].strip()].lower())
            self.do_work_next()
        elif (found := self._command(word, rest)) is not None:
            self._start(found, rest)
        else:
            self._line(text)

    def _command(self, word: str, rest: str) -> Action | None:
        """What a word starts that is no word of the desk's own: a command by its mnemonic, or by its key."""
        codes, kinds = self._catalogue.codes.results, self._catalogue.cases.kinds.values()
        own = {each for verb in VERBS.values() for each in (verb.verb, *verb.aliases)}
        own |= {code.casefold() for code in codes} | {kind.verb.casefold() for kind in kinds}
        found = by_word(word, own)
        if found is None and word not in own and not rest:
            found = next((each for each in in_context(self.context) if word in each.keys), None)
        return None if found is not None and rest and not found.takes_words else found

    def _start(self, wanted: Action, rest: str) -> None:
        if wanted.id.startswith("pane.") and wanted.id[5:].isdecimal():
            number = int(wanted.id[5:])
            return self.do_view_refresh() if number == 1 else self._pane(PANES[number - 2])
        method: Callable[..., None] | None = getattr(self, wanted.method, None)
        if method is None:
            raise Refused(
                "linear.screen", f"{wanted.title} is for the screen; the line and `help` say what there is here."
            )
        return method(rest) if wanted.takes_words else method()

    # -- where one is -------------------------------------------------------------------------------------------

    def do_queue_show(self, name: str = "") -> None:
        """A queue, or the board without a name."""
        session = self._desk.session()
        if name:
            page = self._desk.queue(name)
            self._leave()
            self._queue = page.figure.name
            self._rows = [(row.account, self.do_account_open) for row in page.rows]
            self._say(plain.page_text(page, session))
            return
        board = self._desk.queues()
        self._leave()
        self._queue = ""
        self._rows = [(each.name, self.do_queue_show) for each in board.queues]
        self._say(plain.listed(BOARD_COLUMNS, board.queues, session, numbered=True))

    def do_nav_exit(self) -> None:
        self.do_queue_show()

    def do_nav_back(self) -> None:
        """From an account to its queue, from there to the board."""
        self.do_queue_show(self._queue if self._view is not None else "")

    def do_account_open(self, number: str = "") -> None:
        """An account, taken when nobody else holds it."""
        if not number:
            raise Invalid("word.account", "Say which account: `a NUMBER`.")
        try:
            claim, said = self._desk.claim(number), ""
        except Stale as held:
            claim, said = None, held.message
        except NotFound:
            claim, said = None, ""
        view = self._desk.account(number)
        self._take(view, claim)
        if said:
            self._say(said)

    def do_work_next(self) -> None:
        """The next account of the queue, or of all."""
        held = self._claim
        claim = self._desk.next(self._queue or (held.queue if held is not None else None))
        if claim is None:
            raise NotFound("queue.empty", "Nothing is left to work now.", "queue")
        self._take(self._desk.account(claim.account), claim)

    def _take(self, view: AccountView, claim: Claim | None) -> None:
        if self._claim is not None and (claim is None or claim.account != self._claim.account):
            self._leave()
        self._view, self._claim, self._rows = view, claim, ()
        self._say(plain.account_text(view))

    def _leave(self) -> None:
        """Give back the account held, if any."""
        held, self._claim, self._view = self._claim, None, None
        if held is not None:
            self._tell(lambda: self._desk.release(held.account))

    def do_view_refresh(self) -> None:
        """What is here, as it is now."""
        if self._view is None:
            self.do_queue_show(self._queue)
        else:
            self._view = self._desk.account(self._view.number)
            self._say(plain.account_text(self._view))

    def _pane(self, name: str) -> None:
        pane: PaneName = name  # type: ignore[assignment]
        self._say(plain.pane_text(self._desk.pane(self._here().number, pane), self._desk.session()))

    # -- asking -------------------------------------------------------------------------------------------------

    def do_why_open(self, number: str = "") -> None:
        self._say(plain.why_text(self._desk.why(number or self._here().number)))

    do_whynot_open = do_why_open

    def do_find_open(self, text: str = "") -> None:
        if not text:
            raise Invalid("word.find", "Say what to find: `find TEXT`.")
        hits = self._desk.find(text)
        if not hits:
            raise NotFound("find.nothing", "Nothing was found.", "text")
        self._rows = [(hit.account, self.do_account_open) for hit in hits]
        self._say(plain.listed(FIND_COLUMNS, hits, self._desk.session(), numbered=True))

    def do_floor_open(self) -> None:
        from collect_tui.cli.floor import floor_text

        self._say(floor_text(self._desk.floor(), self._desk.session()))

    def do_help_open(self, word: str = "") -> None:
        from collect_tui.tui.render.help import render_help, render_word
        from collect_tui.tui.screens.help import verbs

        words, codes = verbs(self._catalogue.cases.kinds.values()), self._catalogue.codes
        commands = tuple(each for each in in_context(self.context) if hasattr(self, each.method))
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


def run(wired: Wiring, *, backend: str = "local", keyboard: TextIO = sys.stdin, out: TextIO = sys.stdout) -> int:
    """Opens the desk and reads lines until there are no more; 0."""
    from collect_tui import bootstrap

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

    try:
        Linear(desk, lambda act: sent.do(desk, act), ask, say).run()
    finally:
        desk.close()
    return 0
