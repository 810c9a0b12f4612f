"""One book on a store of its own, with every door open by which an event can come: for tests that try them against each other.

    world = World(Book(account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -63, 41210)])))
    world.type("4410-2231", "pay 50 card R1")                    # as the terminal would; what is asked for is typed too
    world.pay("4410-2231", 5000, ref="R1", by="night")           # by desk, api, lines or night: the same payment through each door
    world.settle("INV-1", by="csv")                              # by desk, api or csv: the invoice is paid in full
    world.bill(…); world.file(…); world.owe(…)                   # an item by the API, by a file, or as if loaded
    world.roll()                                                 # the day run of the next day, the clock with it
    world.sync(port)                                             # orders leave and answers come, through a port of the test

Worlds of different slots live side by side; a new one of the same slot takes the place of the old. `twin` is an identical
copy in another slot, down to the ids that will be given out. The clock stands at 16:00 UTC (10:00 in Chicago) of the business date.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from collect_tui.desk.commands import Act, Command, Directed, Override, RecordPayment
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.views.account import AccountView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.session import DayReport, OrdersReport
from collect_tui.domain.facts import AccountFacts
from collect_tui.ingest import pipeline
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.intake.batch import Reject, Row
from collect_tui.services.intake.billed import BILLED, Billed, BilledPart, BilledPayment
from collect_tui.services.intake.upserts import deliver
from collect_tui.services.local import LocalDesk
from collect_tui.services.order_dispatch import OrderDispatch
from collect_tui.store import facts
from support import copies
from support.book import Book, Clock, catalogue
from support.far_end import FarEnd

_T = SQLModel.metadata.tables
METHOD = "ach"
"""How every payment comes that is tried at several doors."""

MAP = """
format = 1
[file]
date_format = "%Y-%m-%d"
[columns]
account = "account"
name = "name"
doc_no = "doc"
issued = "issued"
due = "due"
amount = "amount"
settled_on = "settled"
disputed = "disputed"
[values]
currency = "USD"
method = "ach"
[words]
disputed = ["yes"]
undisputed = ["no", ""]
"""

SITE = lru_cache(maxsize=1)(catalogue)


class Misread(Exception):
    """The terminal would not understand the line on the account as it is."""


class Counter:
    """Ids that count up, so that two worlds give out the same."""

    def __init__(self, start: int) -> None:
        self.last = start

    def __call__(self) -> int:
        self.last += 1
        return self.last


class World:
    def __init__(self, book: Book, *, slot: int = 0) -> None:
        book.ids = lambda: Counter(1 << 40)
        self._sit_down(slot, date.fromisoformat(book.data["business_date"]), Counter(1 << 41))
        copies.put(self.store, copies.empty())
        with tempfile.TemporaryDirectory() as folder:
            book.load(self.store, Path(folder))

    def _sit_down(self, slot: int, today: date, ids: Counter) -> None:
        self.store, self.ids = copies.slot(slot), ids
        self.clock = Clock(_morning(today))
        self.desk = self.seat("mia")
        self.port = FarEnd()

    def twin(self, slot: int) -> Self:
        """An identical copy in another slot."""
        other = object.__new__(type(self))
        other._sit_down(slot, self.today, Counter(self.ids.last))
        other.clock.now = self.clock.now
        copies.put(other.store, copies.image(self.store))
        return other

    def seat(self, user: str) -> LocalDesk:
        return LocalDesk(self.store, SITE(), user=user, clock=self.clock, ids=self.ids)  # type: ignore[arg-type]

    # what is seen ---------------------------------------------------------------------------------------------------
    @property
    def today(self) -> date:
        return self.desk.session().business_date

    def numbers(self) -> list[str]:
        return [row.number for row in self.rows("account")]

    def view(self, number: str) -> AccountView:
        return self.desk.account(number)

    def facts(self, number: str) -> AccountFacts:
        with self.store.read() as db:
            return facts.load(db, 1, number)

    def rows(self, table: str, **where: Any) -> list[Any]:
        t = _T[table]
        query = select(t).where(*(t.c[name] == value for name, value in where.items()))
        with self.store.read() as db:
            return sorted(db.connection().execute(query).all(), key=lambda row: getattr(row, "id", 0))

    def row(self, table: str, **where: Any) -> Any:
        (found,) = self.rows(table, **where)
        return found

    def account_id(self, number: str) -> int:
        return int(self.row("account", number=number).id)

    def given(self) -> list[tuple[Any, Any, Any]]:
        """What of a payment is given to an item: allocation, payment, item."""
        payments, items = ({row.id: row for row in self.rows(table)} for table in ("payment", "item"))
        live = (a for a in self.rows("allocation") if a.reversed_at is None)
        return [(a, payments[a.payment_id], items[a.item_id]) for a in live]

    # acts at the desk -----------------------------------------------------------------------------------------------
    def commands(self, number: str, line: str) -> tuple[Command, ...]:
        """What the terminal makes of a line. Raises Misread."""
        view = self.view(number)
        parsed = parse(line, LineContext.of(view, SITE(), self.desk.session()))
        if parsed.errors or not parsed.commands:
            raise Misread(f"{line}: {[e.message for e in parsed.errors]}")
        return parsed.commands

    def act(self, number: str, *commands: Command, line: str = "", override: str | None = None) -> Act:
        lead = Override(by="lee", reason=override) if override else None
        return Act(id=uuid4(), account=number, commands=commands, line=line, override=lead)

    def do(self, act: Act) -> Receipt:
        """Does an act, and types what is asked for before it is done."""
        while any(c.asks for c in act.commands) and (asked := self.desk.preview(act).confirm) is not None:
            one = act.commands[asked.command].model_copy(update={asked.field: asked.value})
            act = act.model_copy(
                update={"commands": (*act.commands[: asked.command], one, *act.commands[asked.command + 1 :])}
            )
        return self.desk.do(act)

    def preview(self, number: str, line: str, **rest: Any) -> Preview:
        return self.desk.preview(self.act(number, *self.commands(number, line), line=line, **rest))

    def type(self, number: str, line: str, **rest: Any) -> Receipt:
        """Types a line and presses Enter. Raises Misread, and whatever the desk refuses it with."""
        return self.do(self.act(number, *self.commands(number, line), line=line, **rest))

    # the same payment through every door ------------------------------------------------------------------------------
    def pay(
        self, number: str, amount: int, *, ref: str, by: str, on: date | None = None, to: Sequence[tuple[str, int]] = ()
    ) -> None:
        received = on or self.today
        if by == "desk":
            parts = tuple(Directed(doc_no=doc, amount=part) for doc, part in to)
            paid = RecordPayment(amount=amount, method=METHOD, ref=ref, received_on=received, directed=parts)
            self.do(self.act(number, paid))
        elif by in {"api", "lines"}:
            shares = tuple(BilledPart(doc_no=doc, amount=part) for doc, part in to)
            self.bill(
                BilledPayment(
                    account=number, ref=ref, received_on=received, method=METHOD, amount=amount, directed=shares
                ),
                by=by,
            )
        else:
            assert by == "night", by
            assert not to, "nobody says at night what money is for"
            self.add(
                "payment",
                account_id=self.account_id(number),
                ref=ref,
                received_on=received,
                method=METHOD,
                amount=amount,
                status="UNAPPLIED",
                recorded_by="bank",
                recorded_at=self.clock(),
            )

    def settle(self, doc_no: str, *, ref: str, by: str, on: date | None = None) -> None:
        """An invoice is paid in full, by whom it may concern."""
        item = self.row("item", doc_no=doc_no)
        number = self.row("account", id=item.account_id).number
        if by == "csv":
            self.file({**self.line_of(doc_no), "settled": (on or self.today).isoformat()})
        else:
            self.pay(number, item.open, ref=ref, by=by, on=on, to=[(doc_no, item.open)])

    def line_of(self, doc_no: str) -> dict[str, str]:
        """The line of a receivables file that says of an item what is known of it."""
        item = self.row("item", doc_no=doc_no)
        account = self.row("account", id=item.account_id)
        name = self.row("party", id=account.party_id).name
        return file_line(account.number, doc_no, item.issued, item.due, item.amount, name=name)

    # what others bring --------------------------------------------------------------------------------------------------
    def bill(self, *rows: Billed, by: str = "api") -> None:
        """The billing system sends rows of one kind through the API's upserts, or with `lines` as a file; none may be rejected."""
        if by == "lines":
            kind = next(name for name, each in BILLED.items() if isinstance(rows[0], each.model))
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "in.ndjson"
                path.write_text("\n".join(row.model_dump_json() for row in rows), "utf-8")
                report = pipeline.run(kind, self._as("netbill"), path)
            assert not report.rejected, report.problems
            return
        taken = deliver(self._as("netbill"), [Row(n, row) for n, row in enumerate(rows, 1)])
        refused = [each for each in taken if isinstance(each, Reject)]
        assert not refused, refused

    def file(self, *lines: dict[str, str]) -> str:
        """A receivables file is imported; no line may be rejected. Returns the text of the file."""
        texts = [",".join(lines[0]), *(",".join(f'"{cell}"' for cell in line.values()) for line in lines)]
        text = "\n".join(texts) + "\n"
        with tempfile.TemporaryDirectory() as folder:
            path, mapping = Path(folder) / "in.csv", Path(folder) / "map.toml"
            mapping.write_text(MAP, "utf-8")
            path.write_text(text, "utf-8")
            report = pipeline.run("receivables", self._as("import"), path, mapping)
        assert not report.rejected, report.problems
        return text

    def unfile(self, text: str) -> None:
        """The import of a file of this text is undone."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "in.csv"
            path.write_text(text, "utf-8")
            pipeline.undo(self._as("import"), path)

    def owe(self, number: str, doc_no: str, due: date, amount: int, **rest: Any) -> None:
        """An item that is simply there, as one that was loaded: what follows from it is for the night."""
        row = {"kind": "credit" if amount < 0 else "invoice", "issued": due - timedelta(days=30), "open": amount}
        self.add("item", account_id=self.account_id(number), doc_no=doc_no, due=due, amount=amount, **(row | rest))

    def add(self, table: str, **row: Any) -> None:
        """A row that is simply there."""
        with self.store.write(1) as db:
            db.connection().execute(insert(_T[table]), {"tenant_id": 1, "id": self.ids(), **row})

    # time -----------------------------------------------------------------------------------------------------------
    def roll(self, to: date | None = None, **rest: Any) -> DayReport:
        """The day run to a date, tomorrow by default; the clock goes on to the morning of that day."""
        day = to or self.today + timedelta(days=1)
        self.clock.now = _morning(day)
        return self.desk.day(day, **rest)

    def sync(self, port: FarEnd | None = None) -> OrdersReport:
        return OrderDispatch(self._as("lee"), port or self.port).run()

    def _as(self, user: str) -> DeskContext:
        return DeskContext(self.store, SITE(), user=user, clock=self.clock, ids=self.ids)


def file_line(
    number: str, doc_no: str, issued: date, due: date, amount: int, *, name: str = "", **rest: str
) -> dict[str, str]:
    """A line of a receivables file. `settled`: a date; `disputed`: yes or no."""
    sign, minor = "-" if amount < 0 else "", abs(amount)
    return {
        "account": number,
        "name": name,
        "doc": doc_no,
        "issued": issued.isoformat(),
        "due": due.isoformat(),
        "amount": f"{sign}{minor // 100}.{minor % 100:02}",
        "settled": "",
        "disputed": "no",
        **rest,
    }


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(16), UTC)
