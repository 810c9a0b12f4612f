"""The Desk: everything the terminal, the plain commands and the server can ask for. Plain synchronous methods,
one per keystroke's worth of work, safe to call from any thread. Errors are those of `desk.errors`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Act
from collect_tui.desk.dated import Day
from collect_tui.desk.outbox import Outbox
from collect_tui.desk.views.account import AccountView, FindHit, PaneName, PaneView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.agent import AgentView
from collect_tui.desk.views.case import CaseList, CasePage, CaseView
from collect_tui.desk.views.case_document import CaseDocument
from collect_tui.desk.views.case_report import CaseReport
from collect_tui.desk.views.floor import FloorView, HandedOn, Revealed
from collect_tui.desk.views.forecast import Forecast
from collect_tui.desk.views.me import MeView
from collect_tui.desk.views.message import InboxRow, MessagesRun, MessageView
from collect_tui.desk.views.queue import Claim, QueueBoard, QueuePage, Why
from collect_tui.desk.views.script import ScriptView
from collect_tui.desk.views.session import DayReport, OrdersReport, Session

#: Called by long work with (step title, done, of how many); `of` 0 when unknown.
Progress = Callable[[str, int, int], None]


class Desk(Protocol):
    @property
    def outbox(self) -> Outbox | None:
        """The queue between this desk and its server; None: the desk is here."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """What time it is (UTC), by the desk's own clock."""
        ...

    def session(self) -> Session:
        """Who I am, the business date, the clock."""
        ...

    def catalogue(self) -> Catalogue:
        """Codes, abbreviations, queues, policies and holds of the site: what the line and the forms need."""
        ...

    # queues -----------------------------------------------------------------------------------
    def queues(self) -> QueueBoard:
        """All queues with their figures, best tier first."""
        ...

    def queue(self, name: str, *, words: str = "", cursor: str | None = None, limit: int = 200) -> QueuePage:
        """A slice of one queue in its order; `words`: of which of it, and in which other order (`desk/queue_filter.py`). NotFound: no such
        queue. Invalid "queue.filter", "queue.cursor"."""
        ...

    def next(self, queue: str | None = None, key: UUID | None = None, words: str = "") -> Claim | None:
        """Takes the best account that is free and due: of one queue, or of all by tier; of those that `words` want, as `queue` reads
        them, in the order of the queue. None: nothing left.

        `key`: who heard no answer asks again with the same one, and gets the account that was taken then.
        """
        ...

    def claim(self, account: str) -> Claim:
        """Takes one account by choice. Stale: another agent holds it."""
        ...

    def release(self, account: str) -> None:
        """Gives a claimed account back; no error when it is not mine."""
        ...

    def heartbeat(self, account: str) -> Claim:
        """Renews the lease. Stale: it ran out and somebody else took the account."""
        ...

    def reassign(self, account: str, to: str, reason: str, *, do: bool = True) -> Claim:
        """Hands an account to a colleague, whoever holds it; the reason is in the audit. Without `do` nothing is written, and the
        claim is the one that they would have. NotFound: no such user."""
        ...

    def agent(self, state: Literal["", "available", "pause"] = "", code: str = "", heard: int = 0) -> AgentView:
        """What I do now, after I have paused with a code of the site or come back, or have acknowledged a lead's words up to one.
        Invalid "agent.code"."""
        ...

    def me(self, login: str = "") -> MeView:
        """What my work has come to today and before, and what is left of it; for a lead, of somebody else's. NotFound: no such user."""
        ...

    def floor(self) -> FloorView:
        """Who works what now."""
        ...

    def word(self, login: str, text: str) -> None:
        """Leaves an agent a word, which stands on their status line until they acknowledge it. NotFound; Invalid "word.text"."""
        ...

    def absent(self, login: str, until: Day | None = None, deputy: str = "", reason: str = "") -> None:
        """An agent is away until a business date, on which they are back; without one they are back now. Meanwhile their callbacks
        are anybody's, and `deputy` decides cases in their stead. NotFound; Invalid "absent.until", "absent.reason", "absent.deputy"."""
        ...

    def lock_order(self, queue: str, locked: bool, reason: str = "") -> None:
        """Locks the order of a queue, or releases it. NotFound: no such queue; Invalid "lock.reason"."""
        ...

    def hand_on(
        self, of: str, to: tuple[str, ...], reason: str = "", *, do: bool = False, progress: Progress | None = None
    ) -> HandedOn:
        """Counts what is an agent's, and with `do` hands it to a colleague or spreads it over several, each account an act of its own.
        NotFound: no such user; Invalid "handover.to", "handover.reason"."""
        ...

    def forecast(self, business_date: Day | None = None, *, progress: Progress | None = None) -> Forecast:
        """The queues of a business date (default: the one after today's) as a day run would make them, tried on a copy; nothing is written.
        Refused "day.backwards", Invalid "day.too_far", Unavailable "forecast.busy", "store.full"."""
        ...

    def why(self, account: str) -> Why:
        """Why it stands where it does, term by term; or which rules keep it out."""
        ...

    # accounts ---------------------------------------------------------------------------------
    def account(self, number: str) -> AccountView:
        """One account. NotFound when there is none."""
        ...

    def pane(self, number: str, pane: PaneName, *, cursor: str | None = None, limit: int = 200) -> PaneView:
        """One pane's rows, newest first where there is time in them."""
        ...

    def script(self, number: str) -> ScriptView:
        """What is said in a call: cards and objections, filled for the customer. Invalid "script.text": the site's is wrong."""
        ...

    def message(self, number: str, id: int) -> MessageView:
        """One message of an account with its text. NotFound when it has none of this id."""
        ...

    def inbox(self, *, unknown: bool = False) -> tuple[InboxRow, ...]:
        """The messages that wait for an answer, the oldest first: those of accounts, or of senders that nobody knows."""
        ...

    def contact_file(self, message: int = 0) -> str:
        """The number of the account of a message; one is made for a sender whom nobody knows, closed and owing nothing. Without a
        message that of the office, for what belongs to no customer. NotFound "message.not_found"."""
        ...

    def cases(
        self,
        which: CaseList = "open",
        *,
        kind: str = "",
        reason: str = "",
        channel: str = "",
        age: str = "",
        cursor: str | None = None,
        limit: int = 100,
    ) -> CasePage:
        """A list of open cases, what presses first, with an age the oldest first; of one kind, reason (a code of the field that its kind is
        sorted by), channel or age (`>7d`, `<7d`) where these are given. Invalid "case.list", "case.kind", "case.reason", "case.age",
        "case.cursor"."""
        ...

    def case(self, number: str) -> CaseView:
        """One case with what happened in it and its moves. NotFound "case.not_found"."""
        ...

    def case_document(self, number: str, *, field: str = "") -> CaseDocument:
        """What was drawn up in a case, of one of its fields, else the last. NotFound "case.not_found", "case.no_document"."""
        ...

    def case_report(self, days: int = 7) -> CaseReport:
        """What became of cases in the last so many days. Invalid "case.days"."""
        ...

    def find(self, text: str, *, limit: int = 50) -> tuple[FindHit, ...]:
        """By account number, name, phone, e-mail, invoice or payment reference; points marked bad count too."""
        ...

    def reveal(self, number: str, what: str, reason: str) -> Revealed:
        """An identifier that is masked for me, in full: a point (`m1`) or a service (`INT`). Audited with its reason."""
        ...

    # acts -------------------------------------------------------------------------------------
    def preview(self, act: Act) -> Preview:
        """What the act would do. Writes nothing, locks nothing; a mistake comes back in `error`, not as an exception."""
        ...

    def do(self, act: Act, *, proof: str | None = None) -> Receipt:
        """Does all commands of the act in one transaction, or none. A known id answers with its first receipt.

        `proof` is the password of whoever overrides a refusal for somebody else; a desk that runs here takes the word of who has none.
        """
        ...

    def history(
        self, *, limit: int = 20, words: str = "", by: str = "", act: str = "", sets: bool = False
    ) -> tuple[Receipt, ...]:
        """My last acts, newest first; those that have all the `words` in their account, sentence or day (`2026-11-30`). `by`: those of a
        colleague, for whoever may take them back. `act`: those whose id begins so, which may be a set's; `sets`: each set told as one, by
        its newest act. `entry` says where each stands in the account's evidence. Invalid "history.limit", "history.act"."""
        ...

    # the day ----------------------------------------------------------------------------------
    def day(
        self,
        business_date: Day | None = None,
        *,
        check: bool = False,
        full: bool = False,
        progress: Progress | None = None,
    ) -> DayReport:
        """Rolls to a business date (default: the clock's). Repeatable; `check` recomputes everything, holds a sample of accounts
        against the rules, or with `full` all, and counts differences."""
        ...

    def orders(self, *, send: bool = False, progress: Progress | None = None) -> OrdersReport:
        """Which orders wait to leave and which are stuck; with `send` they leave and acknowledgements are read."""
        ...

    def messages(
        self, *, release: bool = False, template: str | None = None, progress: Progress | None = None
    ) -> MessagesRun:
        """Which drafts of messages would leave, all or those of one template, with samples, and which would not and why; with
        `release` they are released, each as an act of its own."""
        ...

    def close(self) -> None: ...
