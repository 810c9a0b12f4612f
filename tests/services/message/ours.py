"""The firm's own people for tests: a book whose services are about to be cut, a site that names who answers for them, and its days.

The clock stands on Monday, November 23; to a cut of Monday the 30th they may object until Friday the 27th (Thursday is a holiday).
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from collect_tui import defaults
from collect_tui.channels.folders import FolderPort
from collect_tui.desk.views.session import DayReport, OrdersReport
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.states import Stage
from collect_tui.services import day_run
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming
from collect_tui.services.order_dispatch import OrderDispatch
from collect_tui.store import facts
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import Message
from services.message.far import Far, Said
from support.book import SERVICES, TODAY, Book, Clock, account, at, day, do_line

ROSA, IVAN, ADA = "4410-2231", "4410-0087", "5500-0099"
SOUTH, TV, ALL = "south@firm.example", "tv@firm.example", "all@firm.example"
CUT = date(2026, 11, 30)
SITE = f"""
[contacts.south]
title = "Account manager, South"
email = "{SOUTH}"
digests = ["suspensions"]
answers_for = {{ accounts = ["4410-"] }}

[contacts.tv]
title = "Televisión"
email = "{TV}"
language = "es"
digests = ["suspensions", "reasons"]
answers_for = {{ products = ["TV"] }}

[contacts.all]
title = "Operations"
email = "{ALL}"
digests = ["channels", "reasons"]
"""


def _account(number: str, name: str, n: int, **more: Any) -> dict[str, Any]:
    services = [{**each, "identifier": f"{each['identifier']}{n}"} for each in SERVICES]
    items = [(f"INV-{n}1", -63, 30000, {"service": "INT"}), (f"INV-{n}2", -63, 11210, {"service": "TV"})]
    served = {"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}
    points = [{"kind": "mobile", "value": f"+1 312 555 01{n}2"}, {"kind": "email", "value": f"{n}@home.example"}]
    return account(
        number, name, items=items, services=services, stage=Stage.FINAL, notices=[served], points=points, **more
    )


def _said(ago: int, reason: str) -> dict[str, Any]:
    return {"at": at(-ago), "by": "mia", "action": "TM", "result": "RP", "point": "m1", "reason": reason}


BOOK = Book(
    _account(ROSA, "Alvarez, Rosa", 1, contacts=[_said(10, "INCOME"), _said(3, "INCOME"), _said(2, "FORGOT")]),
    _account(IVAN, "Petrov, Ivan", 2),
    _account(ADA, "Okafor, Ada", 3, contacts=[_said(4, "INCOME")]),
)


class House:
    """The desk of a site that names its people, its mail and its days."""

    def __init__(self, store: Store, folder: Path, site: str = SITE) -> None:
        self.clock, self.today, self.folder = Clock(), TODAY, folder
        self.email, self.sms, self.store = Far("email", repeatable=False), Far("sms"), store
        self.named(site)

    def named(self, site: str) -> None:
        """The site's file as it is from now on."""
        (self.folder / "internal.toml").write_text(site, "utf-8")
        catalogue = defaults.load(self.folder, today=TODAY)
        self.desk = LocalDesk(self.store, catalogue, user="lee", clock=self.clock)

    def night(self, days: int = 1) -> DayReport:
        self.clock.forward(days=days)
        self.today += timedelta(days=days)
        return day_run.run(self.desk, self.today)

    def send(self) -> Any:
        ports = {"email": self.email, "sms": self.sms}
        return MessageDispatch(self.desk, ports, take=Intake(self.desk).take).run()

    def orders(self) -> OrdersReport:
        return OrderDispatch(self.desk, FolderPort(self.folder / "orders")).run()

    def cut(self, number: str = ROSA, service: str = "int", on: str = "30nov") -> None:
        do_line(self.desk, number, f"sus {service} {on} #{number[-4:]}")

    def seen(self, number: str = ROSA) -> AccountFacts:
        with self.store.read() as db:
            return facts.load(db, 1, number)

    def orders_of(self, number: str = ROSA) -> dict[str, str]:
        view = self.desk.account(number)
        return {order.product: order.status for order in view.orders}

    def messages(self, **key: Any) -> list[Any]:
        m = table(Message)
        with self.store.read() as db:
            return list(db.execute(select(m).where(*(m.c[name] == v for name, v in key.items())).order_by(m.c.id)))

    def digests(self) -> list[Any]:
        return [row for row in self.messages(inbound=False) if row.account_id is None]

    def told(self, number: str = ROSA) -> list[tuple[str, str]]:
        entries = self.desk.pane(number, "timeline").timeline
        return [(each.title, each.text) for each in entries if each.kind in ("message", "hold")]

    def answer(self, text: str, to: Any, sender: str = SOUTH, **more: Any) -> bool:
        given = {
            "reference": f"<{len(self.messages(inbound=True))}@firm.example>",
            "at": self.clock.now,
            "subject": "Re: services about to be cut",
            **more,
        }
        said = Incoming(channel="email", sender=sender, text=text, answers=(f"1-{to.id}",), **given)
        return Intake(self.desk).take(said)


__all__ = ["ADA", "ALL", "BOOK", "CUT", "IVAN", "ROSA", "SITE", "SOUTH", "TV", "House", "Said"]
