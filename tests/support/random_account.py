"""One random account for a random book (`support/random_book.py`): an entry of the portfolio format whose parts fit together."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from support.book import account

Json = dict[str, Any]

SIZES: Final = (500, 99, 100, 101, 1000, 2499, 2500, 2600, 5000, 8000, 10000, 12345, 30000)
DUES: Final = (
    *(-95, -91, -76, -63, -61, -46, -45, -40, -33, -31, -30, -20, -16, -10, -5, -2, -1),
    *(0, 1, 3, 5, 7, 12, 20, 40),
)
PRODUCTS: Final = ("INT", "TV", "EL")
RUNGS: Final = (("PAST_DUE", 1), ("NOTICE_1", 15), ("NOTICE_2", 30), ("NOTICE_3", 45), ("FINAL", 60))
GRACE: Final = 2
HOLDS: Final = (
    *("MEDICAL", "PAYMENT_CLAIM", "DISPUTE", "HARDSHIP", "MORATORIUM", "ASSISTANCE"),
    *("CEASE", "INSOLVENCY", "FRAUD", "DECEASED", "ATTORNEY"),
)


def loaded_on(today: date) -> date:
    """The business date a book is loaded with, so that the run to `today` is the next one."""
    return today - timedelta(days=3 if today.weekday() == 0 else 1)


class RandomAccount:
    """One account in the making. `loaded`: the business date before the run to `today`."""

    def __init__(self, chance: Random, today: date, place: int, kind: str) -> None:
        self.chance, self.today, self.place, self.kind = chance, today, place, kind
        self.loaded = loaded_on(today)
        self.number = f"4410-{2231 + 1111 * place}"
        self.items: list[Json] = []
        self.services: list[Json] = []
        self.orders: list[Json] = []
        self.payments: list[Json] = []
        self.promises: list[Json] = []
        self.next: Json | None = None

    def day(self, offset: int) -> str:
        return (self.today + timedelta(days=offset)).isoformat()

    def at(self, offset: int, hour: int = 10) -> str:
        wall = datetime.combine(self.today + timedelta(days=offset), time(hour), ZoneInfo("America/Chicago"))
        return wall.isoformat()

    def sometimes(self, share: float) -> bool:
        return self.chance.random() < share

    def entry(self) -> Json:
        self._services()
        self._items()
        self._cuts()
        self._credits()
        self._promises()
        self._money()
        holds = self._holds()
        stage, reached = self._stage()
        made = account(
            self.number,
            f"Fiction, {'ABCD'[self.place]}",
            phone=f"+1 312 555 01{40 + self.place}",
            items=[],
            services=self.services,
            stage=stage,
            notices=self._notices(reached),
            holds=holds,
            orders=self.orders,
            payments=self.payments,
            promises=self.promises,
            contacts=self._contacts(),
            callbacks=self._callbacks(),
            opened_on=(self.today - timedelta(days=900)).isoformat(),
            next_action=self.next or self._next(holds),
        )
        made["items"] = self.items
        return made

    # what there is ------------------------------------------------------------------------------------------------
    def _services(self) -> None:
        least = 1 if self.kind in {"cuttable", "cut"} else 0
        for product in PRODUCTS[: self.chance.randint(least, 2 + (self.kind == "mixed"))]:
            service: Json = {
                "product": product,
                "billing_system": "north",
                "identifier": f"{product}-{self.number[-4:]}",
            }
            service["monthly"] = 6000
            if self.sometimes(0.06):
                service["life_support"] = True
            self.services.append(service)

    def _items(self) -> None:
        late = [d for d in DUES if d < 0]
        coming = [d for d in DUES if d >= 0]
        dues = [self.chance.choice(DUES) for _ in range(self.chance.randint(1, 4))]
        if self.kind == "quiet":
            dues = [self.chance.choice(coming) for _ in range(self.chance.randint(0, 2))]
        elif self.kind == "cuttable":
            dues = [self.chance.choice([d for d in late if d <= -61]), *dues[1:]]
        elif self.kind in {"late", "promised"}:
            dues[0] = self.chance.choice(late)
        for due in sorted(dues):
            self._item(due, self.chance.choice(SIZES if self.kind != "cuttable" else SIZES[5:]))

    def _item(self, due: int, amount: int, **rest: Any) -> Json:
        place = len(self.items) + 1
        item: Json = {"doc_no": f"INV-{self.place + 1}{place}", "due": self.day(due)}
        item["issued"] = self.day(min(due - 30, -2))
        item |= {"amount": amount, **rest}
        if self.services and self.sometimes(0.45) and "service" not in item:
            item["service"] = self.chance.choice(self.services)["product"]
        if amount > 0 and "disputed" not in item and self.sometimes(0.12) and self.kind != "cuttable":
            item["disputed"] = self.chance.choice((amount, amount // 2))
        if amount > 0 and self.sometimes(0.08):
            item["kind"] = self.chance.choice(("fee", "instalment"))
        self.items.append(item)
        return item

    def _cuts(self) -> None:
        """Suspensions under way and carried out, and restorations."""
        for place, service in enumerate(self.services):
            name = service["product"]
            chosen = self.chance.random()
            if self.kind == "cut" or (self.kind == "mixed" and chosen < 0.25):
                if self.sometimes(0.15):
                    service |= {"status": "SUSPENDED", "suspend_cause": self.chance.choice(("voluntary", "fraud"))}
                    continue
                service |= {"status": "SUSPENDED", "suspend_cause": "nonpay"}
                if self.sometimes(0.5):
                    self._order(place, name, "suspend", "COMPLETED", -12, answered_at=self.at(-11))
            elif self.kind == "cuttable" and chosen < 0.5 and not service.get("life_support"):
                service |= {"status": "PENDING_SUSPEND", "suspend_cause": "nonpay"}
                sent = {"sent_at": self.at(-1)} if self.sometimes(0.3) else {}
                status, effective = "SENT" if sent else "REQUESTED", self.chance.choice((0, 1, 2, 5))
                self._order(place, name, "suspend", status, effective, **sent)

    def _order(self, place: int, service: str, kind: str, status: str, effective: int, **rest: Any) -> None:
        order = {"number": f"S-{self.place + 1}{place + 1}", "service": service, "kind": kind, "reason": "NONPAY"}
        order |= {
            "effective": self.day(effective),
            "status": status,
            "requested_on": self.day(self.chance.choice((-1, -4))),
        }
        if status == "COMPLETED":
            order["requested_on"] = self.day(effective - 2)
        self.orders.append({**order, "requested_by": "mia", **rest})
        if status in {"REQUESTED", "SENT"}:
            self.next = {"code": "order", "on": self.day(max(1, effective + 1))}

    def _credits(self) -> None:
        if self.sometimes(0.3):
            amount = self.chance.choice((500, 99, 2500, 10000))
            due = self.chance.choice((-70, -20, -3, 0, 4))
            credit = {"doc_no": f"CR-{self.place + 1}", "kind": "credit", "issued": self.day(min(due, -2))}
            credit["due"] = self.day(due)
            self.items.append({**credit, "amount": -amount})

    # what was promised and paid --------------------------------------------------------------------------------------
    def _promises(self) -> None:
        if self.sometimes(0.25):
            self._old_promise()
        if self.kind == "promised" or (self.kind in {"mixed", "late"} and self.sometimes(0.2)):
            self._open_promise()

    def _old_promise(self) -> None:
        amount, kept = self.chance.choice((1000, 5000)), self.sometimes(0.5)
        part: Json = {"due": self.day(-55), "amount": amount, "paid": 0, "status": "MISSED"}
        if kept:
            part |= {"paid": amount, "status": "PAID"}
            paid = self._item(-90, amount, disputed=0)
            self._payment(f"P-{self.place + 1}K", -56, amount, [paid])
        state = "KEPT" if kept else "BROKEN"
        promise = self._promise([part], state, made=-60, closed_on=self.day(-55 if kept else -52))
        self.promises.append(promise)

    def _open_promise(self) -> None:
        owed = sum(i["amount"] for i in self.items if i["amount"] > 0) or 5000
        total = max(1000, min(owed, self.chance.choice((2000, 5000, 10000, owed))))
        first = self.chance.choice((-3, -2, -1, 0, 1, 2, 4, 8))
        while self.today + timedelta(days=first + GRACE) < self.loaded:
            first += 1
        count = self.chance.choice((1, 1, 1, 2, 3))
        sizes = [total // count] * (count - 1)
        sizes.append(total - sum(sizes))
        parts: list[Json] = [
            {"due": self.day(first + 7 * n), "amount": size, "paid": 0, "status": "OPEN"}
            for n, size in enumerate(sizes)
        ]
        made = min(-6, first - 3)
        if self.sometimes(0.5):
            left = paid = self.chance.choice((500, sizes[0] // 2, sizes[0] if count > 1 else 700))
            ready = [i for i in self.items if i["amount"] >= paid and not i.get("disputed") and not self._is_paid(i)]
            if ready and 0 < paid < total:
                self._payment(f"P-{self.place + 1}Q", made + 1, paid, ready[:1])
                for part in parts:
                    part["paid"] = min(left, part["amount"])
                    left -= part["paid"]
                    if part["paid"]:
                        part["status"] = "PAID" if part["paid"] == part["amount"] else "PART_PAID"
        self.promises.append(self._promise(parts, "ACTIVE", made=made))
        open_ = next(p for p in parts if p["status"] != "PAID")
        deadline = date.fromisoformat(open_["due"]) + timedelta(days=GRACE)
        self.next = {"code": "promise", "on": (deadline + timedelta(days=1)).isoformat()}

    def _promise(self, parts: list[Json], status: str, *, made: int, **rest: Any) -> Json:
        kind = "single" if len(parts) == 1 else "plan"
        own = {"kind": kind, "status": status, "made_on": self.day(made), "made_at": self.at(made, 9), "made_by": "mia"}
        return {**own, "grace_days": GRACE, "instalments": parts, **rest}

    def _is_paid(self, item: Json) -> bool:
        return any(part["item"] == item["doc_no"] for p in self.payments for part in p["allocations"])

    def _payment(self, ref: str, on: int, amount: int, items: list[Json], **rest: Any) -> None:
        parts = [{"item": item["doc_no"], "amount": amount} for item in items]
        paid = {"ref": ref, "received_on": self.day(on), "method": "ach", "amount": amount, "allocations": parts}
        self.payments.append({**paid, "recorded_at": self.at(on, 12), "recorded_by": "bank", **rest})

    def _money(self) -> None:
        """Older payments: applied, in part, not at all, returned."""
        before = -110  # none of it came while something was promised
        if self.sometimes(0.3):
            ready = [i for i in self.items if i["amount"] > 200 and not i.get("disputed") and not self._is_paid(i)]
            if ready:
                item = self.chance.choice(ready)
                self._payment(f"P-{self.place + 1}A", before, self.chance.choice((item["amount"] // 2, 150)), [item])
        if self.sometimes(0.2):
            self._payment(f"P-{self.place + 1}U", before, self.chance.choice((50, 800, 1600, 5000)), [])
        if self.sometimes(0.12):
            gone = {"outcome": self.chance.choice(("RETURNED", "REVERSED")), "returned_on": self.day(before + 3)}
            self._payment(f"P-{self.place + 1}R", before, 2500, [], **gone, returned_reason="bounced")

    # what else was done ----------------------------------------------------------------------------------------------
    def _holds(self) -> list[Json]:
        share = {"cuttable": 0.0, "cut": 0.1, "quiet": 0.1}.get(self.kind, 0.25)
        found: list[Json] = []
        for kind in self.chance.sample(HOLDS, 2):
            if self.sometimes(share):
                until = self.chance.choice((None, -1, 0, 1, 6))
                hold: Json = {"kind": kind, "placed_on": self.day(-9), "placed_by": "mia", "reason": "said so"}
                if until is not None:
                    hold["until"] = max(self.loaded, self.today + timedelta(days=until)).isoformat()
                if self.services and self.sometimes(0.25):
                    hold |= {"scope": "service", "target": self.chance.choice(self.services)["product"]}
                found.append(hold)
        return found

    def _late(self) -> int:
        """How many days late the oldest item is on the day of loading that has something undisputed open."""
        dues = [
            date.fromisoformat(i["due"])
            for i in self.items
            if i["amount"] - i.get("disputed", 0) > 0 and not self._is_paid(i)
        ]
        return max((max(0, (self.loaded - due).days) for due in dues), default=0)

    def _stage(self) -> tuple[str, list[str]]:
        """The stage, and the stages that were advanced on the way to it."""
        reached = [stage for stage, days in RUNGS if days <= self._late()]
        if reached and self.kind != "cuttable" and self.sometimes(0.25):
            reached = reached[: self.chance.randint(1, len(reached))]
        if any(s.get("status") == "SUSPENDED" for s in self.services) and self._late() >= 75 and "FINAL" in reached:
            return "SUSPENDED", reached
        return (reached[-1] if reached else "CURRENT"), reached

    def _notices(self, reached: list[str]) -> list[Json]:
        levels = [(stage[-1], 45 - 5 * n) for n, stage in enumerate(reached) if stage.startswith("NOTICE")]
        levels += [("final", 16)] * ("FINAL" in reached)
        notices: list[Json] = [
            {"level": level, "channel": "letter", "status": "SENT", "sent_on": self.day(-ago)} for level, ago in levels
        ]
        if self.kind == "cuttable" or (len(reached) > 2 and self.sometimes(0.4)):
            ago = self.chance.choice((14, 20)) if self.kind == "cuttable" else self.chance.choice((5, 9, 10, 11, 25))
            notice: Json = {"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": self.day(-ago)}
            if self.services and self.sometimes(0.1 if self.kind == "cuttable" else 0.4):
                notice["service"] = self.chance.choice(self.services)["product"]
            notices.append(notice)
        if any(one["kind"] == "suspend" for one in self.orders):  # nothing is ordered without one
            notices.append({"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": self.day(-16)})
        return notices

    def _contacts(self) -> list[Json]:
        results = [("TM", "LM"), ("TM", "NA"), ("TM", "HV"), ("IN", "HV"), ("EM", "LM")]
        days = sorted(self.chance.sample(range(2, 70), self.chance.choice((0, 0, 1, 3))), reverse=True)
        made = []
        for ago in days:
            action, result = self.chance.choice(results)
            made.append({"at": self.at(-ago), "by": "mia", "action": action, "result": result})
        return made

    def _callbacks(self) -> list[Json]:
        if not self.sometimes(0.08):
            return []
        return [{"at": self.at(self.chance.choice((0, 1, 4)), 15), "owner": "mia", "made_by": "mia"}]

    def _next(self, holds: list[Json]) -> Json:
        if self.kind == "quiet":
            return {"code": "monitor", "on": self.day(self.chance.choice((0, 1, 6, 20)))}
        if holds and self.sometimes(0.5):
            until = holds[0].get("until")
            on = date.fromisoformat(until) + timedelta(days=1) if until else self.today + timedelta(days=20)
            return {"code": "hold", "on": on.isoformat()}
        return {"code": "call", "on": self.day(self.chance.choice((-3, -1, 0, 0, 0, 1, 3)))}
