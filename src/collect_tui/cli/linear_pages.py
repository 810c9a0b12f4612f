"""Where one is without a screen: pages one upon another as screens are, each with rows that numbers open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from collect_tui.desk.errors import DomainError, Invalid, Refused
from collect_tui.desk.own_filters import OwnFilters
from collect_tui.tui.keys.actions import ACCOUNT, BOARD
from collect_tui.tui.keys.keymap import KeyMap

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.agent import AgentView
    from collect_tui.desk.views.queue import Claim

Do = Callable[["Act"], "Receipt"]
Ask = Callable[[str], "str | None"]
_DIGITS: Final = 6
"""Of the number of a row, at most."""


@dataclass(slots=True)
class Page:
    """What is shown.

    `context`: where that is, as the key map calls it; `name`: in the prompt. `load` asks the desk for it, says which rows there are,
    and returns it as text; numbers mean the rows that were said last. `opens`: what the number of a row does; `tells`: more of a row;
    `does`: what a command does here, by its id, given the words behind it; `reads`: tries words of the page's own; `more`: the rows that
    follow; `account`: the account that it is about; `after`: looks at what an act came to. `accounts`: those of
    its rows, of which `marked` are.
    """

    context: str
    name: str
    load: Callable[[Page], str]
    opens: list[Callable[[], None]] = field(default_factory=list)
    tells: Sequence[Callable[[], str]] = ()
    does: Mapping[str, Callable[[str], None]] = field(default_factory=dict)
    reads: Callable[[str, str], bool] | None = None
    more: Callable[[], str] | None = None
    account: str = ""
    after: Callable[[Receipt], None] | None = None
    accounts: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()


class LinearPages:
    """Part of `Linear`, which says what its arguments are."""

    def __init__(
        self,
        desk: Desk,
        do: Do,
        ask: Ask,
        say: Callable[[str], None],
        *,
        secret: Ask | None = None,
        filters: OwnFilters | None = None,
        keymap: KeyMap | None = None,
    ) -> None:
        self._desk, self._do, self._ask, self._say = desk, do, ask, say
        self._secret, self._filters = secret or ask, filters or OwnFilters(None)
        self._keymap = keymap or KeyMap()
        self._catalogue = desk.catalogue()
        self._pages = [Page(BOARD, "board", self._load_board)]
        self._view: AccountView | None = None
        self._claim: Claim | None = None
        self._heard = 0
        """The last word of a lead that has been said."""

    def _load_board(self, page: Page) -> str:
        """The board."""
        raise NotImplementedError

    @property
    def _top(self) -> Page:
        return self._pages[-1]

    @property
    def context(self) -> str:
        """Where one is, as the key map calls it."""
        return self._top.context

    def _tell(self, work: Callable[[], None]) -> None:
        """Do something; what is refused is a sentence, and one stays where one is."""
        try:
            work()
        except DomainError as error:
            self._say(error.message)

    def _page(self, context: str) -> Page | None:
        """The page of this kind that is there."""
        return next((each for each in self._pages if each.context == context), None)

    def _open(self, page: Page, *, said: str | None = None, over: int | None = None, upon: bool = False) -> None:
        """Show a page in place of the one of its kind and of all that is upon that; without one, or with `upon`, on top.

        `said`: what it says, where that is known; `over`: upon so many pages at most, where there is none of its kind.
        """
        told = page.load(page) if said is None else said
        kinds = [each.context for each in self._pages]
        if not upon:
            self._close(kinds.index(page.context) if page.context in kinds else len(kinds) if over is None else over)
        self._pages.append(page)
        self._say(told)

    def _close(self, at: int) -> None:
        """Take away the pages from this one on; an account among them is given back."""
        gone = self._pages[at:]
        del self._pages[at:]
        if any(each.context == ACCOUNT for each in gone):
            self._leave()

    def _leave(self) -> None:
        """Give back the account held, if any."""
        held, self._claim, self._view = self._claim, None, None
        if held is not None:
            self._tell(lambda: self._desk.release(held.account))

    def _again(self) -> None:
        """What is shown, as it is now."""
        self._say(self._top.load(self._top))

    def _target(self) -> tuple[str, int | None, int | None]:
        """The account that a line acts on, its version as it was heard and the fence of its lease; None: not looked at."""
        top, view, held = self._top, self._view, self._claim
        if top.context == ACCOUNT and view is not None:
            return view.number, view.version, held.fence if held is not None else None
        if top.account:
            return top.account, None, held.fence if held is not None and held.account == top.account else None
        raise Refused("linear.account", "There is no account here for that; `next` takes one, a number opens it.")

    def _row(self, words: str, of: int) -> tuple[int, str]:
        """The row, from 0, that words begin with, and those behind it. Invalid "linear.row"."""
        number, _, rest = words.strip().partition(" ")
        if not (number.isdecimal() and len(number) <= _DIGITS and 0 < int(number) <= of):
            raise Invalid("linear.row", f"Say first the number of a row; there are {of}.")
        return int(number) - 1, rest.strip()

    def _opened(self, text: str) -> Callable[[], None] | None:
        """What a number opens here."""
        number = int(text) if text.isdecimal() and len(text) <= _DIGITS else 0
        return self._top.opens[number - 1] if 0 < number <= len(self._top.opens) else None

    def _question(self, what: str, ask: Ask | None = None) -> str:
        """Ask something, and say how to leave it: an empty answer."""
        return (ask or self._ask)(f"{what}, an empty line leaves it> ") or ""

    def _yes(self, what: str, no: str) -> bool:
        """Ask whether something is to be done, and say so when it is not."""
        if self._question(f"{what}, y or n").strip().casefold() in ("y", "yes"):
            return True
        self._say(no)
        return False

    def _saw(self, agent: AgentView | None) -> None:
        """Say what a lead says to me, once."""
        for word in agent.words if agent is not None else ():
            if word.id > self._heard:
                self._heard = word.id
                self._say(f"{word.by} says: {word.text} · `heard` acknowledges it.")
