"""Cases: in one line, and whole with what happened in them and what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from collect_tui.desk.columns import Column, Role, money_column
from collect_tui.desk.figures import moment
from collect_tui.desk.views.base import View
from collect_tui.domain.dates import format_day, stamp
from collect_tui.domain.money import format_minor

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session

CaseList = Literal["mine", "asked", "department", "decide", "overdue", "unresolved", "open"]
"""Mine; those that I opened; those of my department; those that wait for a decision of mine; those whose clock has run out; every open
one by its age; every open one."""

MOST: Final = 1_000
"""So many cases of a list are counted: where there are as many or more, it is said to have this many and more."""


class CaseRow(View):
    """A case in one line. `kind`: that of its definition, `title` what it is called; `label`: its state in words. `about`: the number of
    the document, the product of the service or the reference of the payment; `amount`: what it is about, minor units. `due`: when the clock
    that runs ends; `press_at`: from when it presses. `asked`: the move that waits for a decision."""

    number: str
    account: str
    customer: str
    currency: str
    kind: str
    title: str
    state: str
    label: str
    about: str
    amount: int
    department: str
    owner: str
    opened_at: datetime
    opened_by: str
    due: datetime | None
    press_at: datetime | None
    asked: str
    ended: bool
    overdue: bool


class AccountCase(View):
    """An open case among what else there is of its account. `about`: the number of the document, the product of the service or the
    reference of the payment; `amount`: what it is about, minor units. `asked`: the move that waits for a decision, `asked_by` who asked
    for it; `moves`: the names of those that it has now. `affordable`: what can be paid a month, as a case of hardship has worked out; minor
    units, 0: none has."""

    number: str
    kind: str
    title: str
    state: str
    label: str
    about: str
    amount: int
    department: str
    owner: str
    asked: str
    asked_by: str
    moves: tuple[str, ...]
    affordable: int = 0


class CaseFieldView(View):
    """A field of a case: `value` as text; an amount in minor units stands as a number. Of a table it is what its rows say, and `rows` are
    they, each with its cells by the name of the column. Of a document it is its hash, and `document` what people call it."""

    name: str
    title: str
    type: str
    value: bool | int | str
    document: str = ""
    rows: tuple[dict[str, bool | int | str], ...] = ()


class CaseEventView(View):
    at: datetime
    by: str
    state: str
    did: str
    text: str


class CaseMoveView(View):
    """A move that the case has now. `needs`: names of the fields that it asks for; `barred`: why the user may not make it."""

    name: str
    label: str
    key: str
    needs: tuple[str, ...]
    barred: str = ""

    @property
    def typed(self) -> str:
        """As one word of the line."""
        return self.name.replace(" ", "-")


class CaseView(CaseRow):
    """A case whole: its fields, those with them that come with the move that waits; what happened in it, oldest first; its moves.
    `passes_on`: the business date on which it goes by itself to the state that is called `passes_to`."""

    fields: tuple[CaseFieldView, ...]
    events: tuple[CaseEventView, ...]
    moves: tuple[CaseMoveView, ...]
    first_due: datetime | None
    resolve_due: datetime | None
    asked_by: str
    asked_amount: int
    links: tuple[str, ...]
    passes_on: date | None = None
    passes_to: str = ""


class CasePage(View):
    """A slice of a list of cases in its order. `total`: how many it has, at most `MOST`; `cursor` asks for the next slice."""

    title: str
    rows: tuple[CaseRow, ...]
    total: int
    cursor: str | None = None


class CaseFigure(View):
    """A list of cases on the board: how many it has, and how many of them press, at most `MOST` each."""

    name: CaseList
    title: str
    count: int
    pressing: int


def counted(count: int) -> str:
    """How many cases there are, as people read it."""
    return f"{count:,}{'+' if count >= MOST else ''}"


def _due(at: datetime | None, row: CaseRow, session: Session) -> str:
    return "" if at is None else ("late " if row.overdue else "") + stamp(at, session.zone)


def _due_soon(at: datetime | None, row: CaseRow, session: Session) -> str:
    late = "late " if row.overdue else ""
    return "" if at is None else late + moment(at, session.zone, session.business_date).strip()


def _due_shortly(at: datetime | None, row: CaseRow, session: Session) -> str:
    if at is None:
        return ""
    told = moment(at, session.zone, session.business_date).strip()
    return f"late {told.rpartition(' ')[0]}" if row.overdue else told


def _role(row: CaseRow) -> Role:
    return Role.BAD if row.overdue else Role.WARN if row.asked else Role.DIM if row.ended else Role.PLAIN


def _state(label: Any, row: CaseRow, session: Session) -> str:
    return f"{label}, {row.asked} to decide" if row.asked else str(label)


CASE_COLUMNS: Final = (
    Column("number", "Case", 15, role=Role.VALUE),
    Column("account", "Account", 9),
    Column("customer", "Customer", 14, flex=1, most=30),
    Column("title", "Kind", 9, flex=1),
    Column("label", "State", 12, flex=2, write=_state, role=_role),
    Column("about", "About", 10, rank=1),
    Column("department", "Dept", 8),
    Column("owner", "Owner", 6),
    Column("due", "Due", 17, write=_due, screen=_due_soon, role=_role),
)


def _now(label: Any, row: CaseRow, session: Session) -> str:
    return f"{row.asked} waits" if row.asked else str(label)


CASE_LIST_COLUMNS: Final = (
    Column("number", "Case", 4, value=lambda row: row.number[-4:], role=Role.VALUE),
    Column("account", "Account", 9),
    Column("customer", "Customer", 12, flex=1, most=30),
    Column("title", "Kind", 9, flex=1),
    Column("label", "State", 12, flex=2, write=_now, role=_role),
    Column("due", "Due", 12, write=_due, screen=_due_shortly, role=_role),
    money_column("amount", "Amount", 9, rank=1),
    Column("department", "Dept", 8, rank=2),
    Column("owner", "Owner", 6, rank=3),
    Column("about", "About", 10, rank=4),
)
"""Of many accounts: a case by the end of its number, by which it is named on the line."""

ACCOUNT_CASE_COLUMNS: Final = (
    *(column for column in CASE_COLUMNS if column.name in ("number", "title", "label")),
    Column("about", "About", 10, flex=1),
    money_column("amount", "Amount", 9),
    Column("due", "Due", 12, write=_due, screen=_due_shortly, role=_role),
    Column("department", "Dept", 8, rank=1),
    Column("owner", "Owner", 6, rank=2),
)
"""Of the cases of one account."""


def head(case: CaseView, session: Session) -> Iterator[tuple[str, str]]:
    """What there is to say of a case beside what happened in it: what each is called, and what it is. Instants by the clock of the desk."""
    told = (
        ("State", f"{case.label}{_passes(case, session)}"),
        ("About", "" if any(each.value == case.about for each in case.fields) else case.about),
        *((each.title, shown(each, case.currency)) for each in case.fields),
        ("Opened", f"{stamp(case.opened_at, session.zone)} by {case.opened_by}"),
        ("With", " · ".join(filter(None, (case.department, case.owner)))),
        ("Overdue since" if case.overdue else "Due", stamp(case.due, session.zone) if case.due is not None else ""),
        ("Waits", _waits(case)),
        ("See also", " ".join(case.links)),
    )
    return ((label, words) for label, words in told if words)


def shown(field: CaseFieldView, currency: str) -> str:
    """What a field holds, as people read it."""
    if isinstance(field.value, bool):
        return "yes" if field.value else "no"
    if field.type == "money" and isinstance(field.value, int):
        return f"{format_minor(field.value, currency)} {currency}"
    return field.document or str(field.value)


def _passes(case: CaseView, session: Session) -> str:
    if case.passes_on is None:
        return ""
    return f" until {format_day(case.passes_on, session.business_date)}, then {case.passes_to}"


def _waits(case: CaseView) -> str:
    if not case.asked:
        return ""
    amount = f" {format_minor(case.asked_amount, case.currency)}" if case.asked_amount else ""
    return f"{case.asked_by} asks for somebody to agree to {case.asked}{amount}"
