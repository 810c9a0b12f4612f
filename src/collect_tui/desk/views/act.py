"""Previews, verdicts and receipts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from collect_tui.desk.columns import Column
from collect_tui.desk.figures import moment
from collect_tui.desk.sets import set_of, short
from collect_tui.desk.views.base import View

Kind = Literal["refused", "warning", "replaced", "done", "next", "later", "allowed"]


class Said(View):
    """One sentence, and what it is. `kind`: refused, warning, replaced (cancelled or revived too), done, next, later, allowed."""

    kind: Kind
    text: str


class FindingView(View):
    """One rule's word. `severity`: allow, info, warn, schedule, hold, block."""

    rule: str
    severity: str
    sentence: str
    check: str = ""
    cite: str = ""
    next_ok: datetime | None = None
    override_role: str | None = None


class VerdictView(View):
    severity: str
    allowed: bool
    overridable_by: str | None
    findings: tuple[FindingView, ...] = ()

    @property
    def first(self) -> FindingView | None:
        return self.findings[0] if self.findings else None


class ScheduleRow(View):
    seq: int
    due: date
    amount: int


class EffectView(View):
    """One effect in words. `kind` is the effect's name (`PromiseMade`)."""

    kind: str
    sentence: str


class Confirm(View):
    """What must be typed before an act is done. `kind`: digits (the account's last four), surplus (of a payment over all that is
    owed). `what` is typed at a keyboard (`87.90`, in `currency`) and called `label`; over a wire `value` (8790) goes into the
    `field` of the command at `command`, 0 the first. Without it the act is refused with `code` and `sentence`."""

    kind: str
    what: str
    value: str | int
    label: str
    field: str
    command: int
    currency: str
    code: str
    sentence: str


class Overrider(View):
    """Somebody whose role reaches as far as a refusal asks. `proves`: they give their own password for an act of somebody else's."""

    login: str
    name: str
    role: str
    proves: bool


class Preview(View):
    """What an act would do. Nothing was written. `meaning` is the parsed sense, one entry per command; `line` the text it amounts to.

    `said`: all of it in sentences, in the order in which they are to be read. `ok`: it may be done, once what `confirm` asks
    for has been typed.
    """

    account: str
    currency: str
    version: int
    meaning: tuple[str, ...]
    effects: tuple[EffectView, ...]
    schedule: tuple[ScheduleRow, ...]
    verdict: VerdictView
    error: str | None = None  # a sentence: the act cannot be done as it stands
    error_code: str | None = None
    field: str | None = None
    next_action: str | None = None
    outside: bool = False  # takes effect outside the building, and asks for the last four digits
    confirm: Confirm | None = None  # the first thing that must still be typed
    overridden: bool = False  # the verdict forbids it, and the act carries an override that suffices
    overriders: tuple[Overrider, ...] = ()  # who may override what it forbids, the first fifty
    said: tuple[Said, ...] = ()
    text: str = ""  # of a message that it would send, on one line

    @property
    def ok(self) -> bool:
        refused = any(each.kind == "refused" for each in self.said)
        return self.error is None and not refused and (self.verdict.allowed or self.overridden)


STAYS: Final = "What was written stays on file; there is nothing else of it to take back."
"""Said of an act that only wrote something down."""
AGAIN: Final = "it had been done before; nothing was done twice"
"""Said of an act whose id had been done."""


class Receipt(View):
    """What an act did. `undoable`: `undo` can still take it back. `repeated`: this id had been done before; nothing was done twice.

    `said`: what it did in sentences, in the order in which they are to be read; `sentence` is what was replaced and what is new,
    in one line. `entry`: its number in the account's chain of evidence, where it was looked up. `acts`: it stands for so many, a set
    told as one, and is the newest of them; `undoable` then: of one or more; `said` and `sentence`: what is so on all their accounts.
    `only_written`: it wrote something down and changed nothing that could be taken back.
    `queued`: the server could not be asked; the act waits in the outbox and its effects are not known yet.
    """

    id: UUID
    account: str
    version: int
    sentence: str
    effects: tuple[EffectView, ...]
    verdict: VerdictView
    next_action: str | None
    undoable: bool
    at: datetime
    repeated: bool = False
    queued: bool = False
    said: tuple[Said, ...] = ()
    entry: int | None = None
    acts: int = 1
    only_written: bool = False

    @property
    def sentences(self) -> tuple[Said, ...]:
        """What was said; of an act kept from before there were sentences, its one."""
        again = (Said(kind="warning", text=AGAIN),) if self.repeated else ()
        return (*again, *(self.said or (Said(kind="done", text=self.sentence),)))

    @property
    def whose(self) -> str:
        """The account, or of how many acts it is."""
        return self.account if self.acts == 1 else f"set of {self.acts}"

    @property
    def named(self) -> str:
        """What it did; of a set on all its accounts, and how the set is called."""
        return self.sentence if self.acts == 1 else f"{self.sentence} (set {short(set_of(self.id))})"


HISTORY_MOST: Final = 200
"""Acts that a list of them has at most."""
NO_ACT: Final = "No such act was found."
HISTORY_COLUMNS: Final = (
    Column("at", "When", 12, write=lambda at, row, session: moment(at, session.zone, session.business_date)),
    Column("account", "Account", 10, write=lambda account, row, session: row.whose),
    Column("sentence", "What was done", 40, flex=1, write=lambda sentence, row, session: row.named),
    Column("undoable", "Undo", 4, write=lambda undoable, row, session: "u" if undoable else ""),
    Column("entry", "Entry", 5, align="right", rank=1),
    Column("id"),
)
