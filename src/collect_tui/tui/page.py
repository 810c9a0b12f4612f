"""What the app and its parts know of the screens that stand on it: the screens know them, not the other way round.

Screens are made by name (:meth:`Navigator.screen_of`), and what is asked of one stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, Protocol, TypeVar

from collect_tui.tui.render.roles import Role

if TYPE_CHECKING:
    from datetime import date

    from textual import events
    from textual.app import App

    from collect_tui.desk.case_pages import Seen
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import EffectView, Receipt
    from collect_tui.desk.views.me import MeView
    from collect_tui.desk.views.message import MessageView
    from collect_tui.desk.views.queue import Claim, Why
    from collect_tui.desk.views.script import ScriptView
    from collect_tui.domain.errors import DomainError
    from collect_tui.tui.case_rows import CaseRows
    from collect_tui.tui.queue_rows import Loaded
    from collect_tui.tui.render.styled import Line

P = ParamSpec("P")
T = TypeVar("T")


class LineTarget(NamedTuple):
    """The account the line acts on, as the agent saw it. `version` None: not checked; `fence` None: no lease."""

    account: str
    version: int | None = None
    fence: int | None = None


class LineField(Protocol):
    """The field of a line that keeps what is typed."""

    display: bool

    @property
    def text(self) -> str: ...
    def hand_over(self) -> None: ...
    def done_elsewhere(self, account: str, text: str) -> None: ...


class Page(Protocol):
    """A screen of the desk; `DeskScreen` says what each of these is."""

    @property
    def app(self) -> App[Any]: ...
    @property
    def context(self) -> str: ...
    @property
    def is_mounted(self) -> bool: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def said(self) -> str: ...
    @property
    def refused(self) -> bool: ...
    @property
    def line_account(self) -> AccountView | None: ...
    @property
    def marked_accounts(self) -> tuple[str, ...]: ...
    @property
    def line_edit(self) -> LineField | None: ...
    @property
    def row_text(self) -> str: ...
    @property
    def row_commands(self) -> Collection[str]: ...
    @property
    def takes_back(self) -> Sequence[tuple[str, str]]: ...

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any) -> bool: ...
    def status(self, text: str | Line, role: Role = ..., *, typed: bool = ...) -> None: ...
    def say_again(self) -> None: ...
    def refuse(self, sentence: str) -> int: ...
    def desk_refused(self, error: DomainError) -> None: ...
    def failed(self, error: Exception) -> None: ...
    def not_loaded(self, what: str, sentence: str) -> None: ...
    async def ask(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None: ...
    def fetch(self, what: str, fn: Callable[[], T], then: Callable[[T], None]) -> None: ...
    def forget(self, what: str) -> None: ...
    def before_key(self, event: events.Key) -> Coroutine[Any, Any, None] | None: ...
    def run_command(self, command_id: str) -> None: ...
    def begin_line(self, text: str) -> None: ...
    def refusal(self, command_id: str) -> str | None: ...
    def line_target(self) -> LineTarget | None: ...
    def line_follows(self) -> None: ...
    def passes_on(self, effects: Iterable[EffectView]) -> bool: ...
    def naming(self, account: str) -> str: ...
    def show_frame(self) -> None: ...
    def show_keys(self) -> None: ...
    def focus_body(self) -> None: ...
    async def after_act(self, receipt: Receipt) -> None: ...
    async def marks_done(self, last: Receipt | None) -> None: ...
    async def do_view_refresh(self) -> None: ...


class AccountPage(Page, Protocol):
    """The screen of one account."""

    view: AccountView | None
    claim: Claim | None

    def show_account(self, view: AccountView, claim: Claim | None) -> None: ...
    async def open_message(self, message_id: str) -> None: ...

    def may_mark(self) -> None: ...

    async def mark_row(self, which: str) -> None: ...


class QueuePage(Page, Protocol):
    """The screen of one queue. `words`: what is wanted of it."""

    queue_name: str
    words: str

    def show_page(self, loaded: Loaded) -> None: ...

    async def mark_row(self, which: str) -> None: ...


class HistoryPage(Page, Protocol):
    """What was done."""

    async def show_words(self, words: str) -> None: ...


class FormPage(Page, Protocol):
    """A form."""

    async def open(
        self, view: AccountView, fence: int | None, text: str, *, whole: bool = ..., why: str = ...
    ) -> None: ...


class HelpPage(Page, Protocol):
    """The help."""

    about: str

    def explain(self, context: str, word: str = ...) -> None: ...


class WhyPage(Page, Protocol):
    """Why an account stands where it does."""

    def show_why(self, why: Why) -> None: ...


class MePage(Page, Protocol):
    """The figures of one agent."""

    def show_day(self, login: str, me: MeView) -> None: ...


class ForecastPage(Page, Protocol):
    """The queues of a day to come."""

    async def make(self, on: date | None) -> None: ...


class ScriptPage(Page, Protocol):
    """What is said in a call."""

    def show_script(self, script: ScriptView) -> None: ...


class MessagePage(Page, Protocol):
    """One message."""

    def show_message(self, message: MessageView, name: str) -> None: ...


class CasePage(Page, Protocol):
    """One case."""

    def show_case(self, seen: Seen, rows: CaseRows | None = None) -> None: ...
    async def decide(self, *, agreed: bool) -> None: ...


class CasesPage(Page, Protocol):
    """A list of cases."""

    def show_rows(self, rows: CaseRows) -> None: ...


class FindPage(Page, Protocol):
    """The search."""

    def begin(self, text: str = ...) -> None: ...
