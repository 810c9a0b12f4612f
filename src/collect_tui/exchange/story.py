"""One account of the fixtures in the making: bills, payments, contacts and orders that fit each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from collect_tui.domain.calendars import add_months
from collect_tui.exchange import invented
from collect_tui.exchange.invented import Place

Json = dict[str, Any]

SYSTEMS: Final = {"INT": "AURORA", "TV": "AURORA", "PHN": "AURORA", "EL": "GRIDLINE", "GAS": "GRIDLINE", "WTR": "BROOK"}
_MONTHLY: Final = {
    "INT": (3990, 8990),
    "TV": (2490, 5990),
    "PHN": (1490, 2990),
    "EL": (4500, 13900),
    "GAS": (2200, 8900),
    "WTR": (1900, 4900),
}
BUNDLES: Final = (
    ("INT",),
    ("INT", "TV"),
    ("INT", "TV"),
    ("INT", "TV", "PHN"),
    ("PHN",),
    ("INT", "PHN"),
    ("EL",),
    ("EL", "GAS"),
    ("EL", "GAS"),
    ("EL", "GAS", "WTR"),
    ("WTR",),
)
AGENTS: Final = ("mia", "omar", "tam")
#: Days from the oldest due date at which a rung of the ladder is reached, with the notice that goes with it.
RUNGS: Final = (
    (60, "FINAL", "final"),
    (45, "NOTICE_3", "3"),
    (30, "NOTICE_2", "2"),
    (15, "NOTICE_1", "1"),
    (1, "PAST_DUE", None),
)

EXCUSES: Final = (
    ("INCOME", "waits for salary, pays after payday"),
    ("FORGOT", "forgot the bill, apologised"),
    ("ILLNESS", "was in hospital, back home now"),
    ("BILL-NOT-RECEIVED", "moved house, bill went to the old address"),
    ("CASHFLOW", "waits for money from a customer"),
    ("AWAY", "was travelling for work"),
)


class Story:
    """Tells one account. Days count from the business date: `day(-3)` is three days before it. Amounts are minor units (USD)."""

    def __init__(self, index: int, number: str, random: Random, business_date: date, place: Place) -> None:
        self.index, self.random, self.today, self.place = index, random, business_date, place
        self.zone = ZoneInfo(place.zone)
        self.agent = random.choice(AGENTS)
        self.turn = 0  # how often this kind of story has been told before
        self.account: Json = {"number": number}
        self.services: list[Json] = []
        self.items: list[Json] = []
        self.payments: list[Json] = []
        self.lists: dict[str, list[Json]] = {}
        self.status, self.stage, self.stage_on = "OPEN", "CURRENT", self.today
        self.segment = "default"
        self.next_action: Json | None = None

    # when -------------------------------------------------------------------------------------
    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def workday(self, offset: int) -> date:
        """The day, or the Friday before when it is a weekend."""
        found = self.day(offset)
        return found - timedelta(days=max(0, found.weekday() - 4))

    def at(self, offset: int, hour: int, minute: int | None = None) -> datetime:
        """An instant of a working day in the customer's local time."""
        clock = time(hour, self.random.randrange(60) if minute is None else minute)
        return datetime.combine(self.workday(offset), clock, self.zone).astimezone(UTC)

    # who --------------------------------------------------------------------------------------
    def party(self, name: str, kind: str = "person", lang: str = "en") -> None:
        n, place = self.index, self.place
        points = [
            # The city's zone is stated beside the number: some area codes say another one.
            {"kind": "mobile", "value": invented.telephone(place, n * 7), "consent": "in", "zones": [place.zone]},
        ]
        if kind == "org":
            points[0]["kind"] = "work"
            self.segment = "business"
        elif n % 3 == 0:
            points.append({"kind": "home", "value": invented.telephone(place, n * 7 + 50), "zones": [place.zone]})
        points.append({"kind": "email", "value": f"customer{n + 1}@example.com"})
        points.append({"kind": "address", "value": invented.address(self.random, place), "zones": [place.zone]})
        self.account["party"] = {"name": name, "kind": kind, "lang": lang, "points": points}

    @property
    def phone(self) -> tuple[str, str]:
        """The action that calls the first telephone, and its short name."""
        return ("TE", "w1") if self.segment == "business" else ("TM", "m1")

    # what they have ---------------------------------------------------------------------------
    def serve(self, *products: str, monthly: tuple[int, ...] = ()) -> None:
        for place, product in enumerate(products or self.random.choice(BUNDLES)):
            low, high = _MONTHLY[product]
            each = monthly[place] if monthly else self.random.randrange(low, high + 1, 10)
            self.services.append(
                {
                    "product": product,
                    "billing_system": SYSTEMS[product],
                    "identifier": f"{SYSTEMS[product][:3]}-{product}-{self.index + 1:06d}",
                    "monthly": each,
                }
            )
        if [s["product"] for s in self.services] == ["PHN"] and self.segment == "default":
            self.segment = "phone"

    def bill(self, due: date) -> list[Json]:
        """A month's bill: one item for each service; usage makes utilities differ from month to month."""
        made = []
        for service in self.services:
            amount = service["monthly"]
            if service["billing_system"] != "AURORA":
                amount = amount * self.random.randrange(80, 126) // 100
            made.append(self._item("INV", "invoice", due, amount, service["product"]))
        return made

    def fee(self, due: date, amount: int) -> Json:
        return self._item("FEE", "fee", due, amount, None)

    def _item(self, prefix: str, kind: str, due: date, amount: int, service: str | None) -> Json:
        item: Json = {"doc_no": f"{prefix}-{10_000 + self.index * 60 + len(self.items)}"}
        if kind != "invoice":
            item["kind"] = kind
        item |= {"issued": due - timedelta(days=21), "due": due, "amount": amount}
        if service is not None:
            item["service"] = service
        self.items.append(item)
        return item

    def pay(self, day: date, items: list[Json], *, extra: int = 0, part: int = 100, **more: Any) -> Json:
        """A payment of the items, or of `part` percent of each; `extra` stays unapplied."""
        parts = [{"item": item["doc_no"], "amount": item["amount"] * part // 100} for item in items]
        payment = {
            "ref": f"P{100_000 + self.index * 30 + len(self.payments)}",
            "received_on": day,
            "method": self.random.choice(("card", "ach", "cash", "check")),
            "amount": sum(p["amount"] for p in parts) + extra,
            **more,
            "allocations": parts,
        }
        self.payments.append(payment)
        return payment

    def paid_before(self, oldest_due: date, months: int = 2) -> None:
        """Bills before the oldest open one, each paid near its day."""
        for back in range(months, 0, -1):
            due = add_months(oldest_due, -back, oldest_due.day)
            paid = due + timedelta(days=self.random.randrange(-4, 6))
            self.pay(min(paid, self.day(-1)), self.bill(due))

    def late(self, dpd: int, *, before: int = 2) -> list[Json]:
        """Unpaid bills, the oldest `dpd` days past due, then one a month; the ladder and its notices as they follow from it."""
        oldest = self.day(-dpd)
        self.paid_before(oldest, before)
        owed: list[Json] = []
        month = 0
        while (due := add_months(oldest, month, oldest.day)) <= self.day(12):
            owed += self.bill(due)
            month += 1
        self.climb(oldest)
        return owed

    def climb(self, oldest: date) -> None:
        dpd = (self.today - oldest).days
        for offset, stage, level in sorted(RUNGS):
            if dpd >= offset:
                self.stage, self.stage_on = stage, oldest + timedelta(days=offset)
                if level is not None:
                    channel = "email" if level in {"1", "2"} else "letter"
                    self.add("notices", level=level, channel=channel, status="DELIVERED", sent_on=self.stage_on)

    # what happened ----------------------------------------------------------------------------
    def add(self, what: str, **entry: Any) -> Json:
        self.lists.setdefault(what, []).append(entry)
        return entry

    def call(
        self,
        offset: int,
        result: str,
        note: str = "",
        *,
        reason: str | None = None,
        hour: int | None = None,
        **more: Any,
    ) -> None:
        """A call to the first telephone on the working day at or before `offset`."""
        action, point = self.phone
        at = self.at(offset, hour or self.random.randrange(9, 19))
        entry = {
            "at": at,
            "by": more.pop("by", self.agent),
            "action": more.pop("action", action),
            "result": result,
            "point": point,
        }
        entry |= {"reason": reason, "note": note, **more}
        self.add("contacts", **{key: value for key, value in entry.items() if value not in (None, "")})

    def tries(self, *offsets: int) -> None:
        """Calls that reached nobody, on distinct working days."""
        days = {self.workday(offset): offset for offset in offsets}
        for offset in sorted(days.values()):
            result = self.random.choice(("NA", "NA", "AM", "LM", "BZ"))
            self.call(offset, result, "left name and number to call back" if result == "LM" else "")

    def excuse(self) -> tuple[str, str]:
        """A reason code and the words that go with it."""
        return self.random.choice(EXCUSES)

    def promise(self, made: int, due: list[tuple[date, int]], status: str = "ACTIVE", **more: Any) -> Json:
        """A promise made on the working day of `made`; each instalment open unless `more` brings them."""
        instalments = more.pop("instalments", None) or [{"due": day, "amount": amount} for day, amount in due]
        return self.add(
            "promises",
            kind="single" if len(instalments) == 1 else "plan",
            status=status,
            made_on=self.workday(made),
            made_at=self.lists["contacts"][-1]["at"],  # said in the call just told
            made_by=self.agent,
            grace_days=2,
            method=more.pop("method", None) or self.random.choice(("card", "ach")),
            instalments=instalments,
            **more,
        )

    def order(self, product: str, kind: str, status: str, effective: date, requested: int, **more: Any) -> Json:
        """An order and its service's state. `sent` and `answered`: days, for what has left and what was answered."""
        count = len(self.lists.get("orders", ()))
        entry: Json = {
            "number": f"{kind[0].upper()}-{4000 + self.index * 4 + count}",
            "service": product,
            "kind": kind,
            "reason": more.pop("reason", "NONPAY" if kind == "suspend" else "PAID"),
            "effective": effective,
            "status": status,
            "requested_on": self.workday(requested),
            "requested_by": self.agent,
        }
        for key, name in (("sent", "sent_at"), ("answered", "answered_at")):
            if (offset := more.pop(key, None)) is not None:
                entry[name] = self.at(offset, 17)
        return self.add("orders", **entry, **more)

    def serving(self, product: str, status: str, cause: str | None = None) -> None:
        """Sets the state of a service."""
        service = next(s for s in self.services if s["product"] == product)
        service["status"] = status
        if cause is not None:
            service["suspend_cause"] = cause

    def next(self, code: str, on: date, at: datetime | None = None) -> None:
        self.next_action = {"code": code, "on": on} | ({"at": at} if at else {})

    @property
    def main(self) -> str:
        """The product that is cut first."""
        return str(self.services[0]["product"])

    def done(self, opened: date) -> Json:
        """The account as the portfolio format wants it, without what is as usual."""
        account = self.account | {
            "segment": self.segment,
            "billing_system": self.services[0]["billing_system"] if self.services else "",
            "status": self.status,
            "stage": self.stage,
            "stage_on": self.stage_on,
            "opened_on": opened,
            "next_action": self.next_action,
            "services": self.services,
            "items": self.items,
            "payments": self.payments,
            **self.lists,
        }
        usual = {"segment": "default", "status": "OPEN", "stage": "CURRENT", "next_action": None}
        return {key: value for key, value in account.items() if value != usual.get(key, []) and value != []}
