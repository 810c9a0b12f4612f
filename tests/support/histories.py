"""Histories of one account, pure: acts of a desk, answers of a billing system, bills and nights, each settled as it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from collect_tui.domain.effects import Effect, NextActionSet
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, Holder, Item, NextAction
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.order import decide as order
from collect_tui.domain.order.finding import find_order
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.promise import decide as promises
from collect_tui.domain.undo import inverse
from support.trade import CALENDAR, KINDS, RULES, account, act, item, nightfall, notice, numbers, service

AT = datetime(2025, 11, 24, 17, 0, tzinfo=UTC)
Step = tuple[Any, ...]


def two_services() -> AccountFacts:
    """Something late on each of two services and on the account, something to come, and the notice that lets services be cut."""
    items = (
        item(11, 20000, -63, service=1),
        item(12, 9000, -33, service=2),
        item(13, 4000, -25),
        item(14, 6000, 9),
        item(15, 3000, 20, service=1),
    )
    return account(items=items, services=(service(1), service(2, "TV")), messages=(notice(-12),))


def steps() -> st.SearchStrategy[Step]:
    """One thing that happens."""
    service_ids = st.sampled_from([1, 2])
    return st.one_of(
        st.tuples(
            st.just("pay"), st.sampled_from([500, 2500, 3950, 4000, 9000, 20000, 35500, 45000]), st.integers(0, 4)
        ),
        st.tuples(st.just("promise"), st.sampled_from([1000, 4000, 9000, 20000]), st.integers(0, 9)),
        st.tuples(st.just("plan"), st.sampled_from([4000, 9000, 20000]), st.integers(2, 3), st.integers(0, 5)),
        st.tuples(st.just("cancel promise")),
        st.tuples(st.just("hold"), st.sampled_from(sorted(KINDS)), st.integers(0, 6)),
        st.tuples(st.just("release"), st.sampled_from(sorted(KINDS))),
        st.tuples(st.just("next"), st.sampled_from(["call", "visit", "review"]), st.integers(0, 9)),
        st.tuples(st.just("suspend"), service_ids),
        st.tuples(st.just("restore"), service_ids),
        st.tuples(st.just("cancel order"), service_ids),
        st.tuples(st.just("send"), service_ids),
        st.tuples(st.just("answer"), service_ids, st.sampled_from(["completed", "rejected"])),
        st.tuples(st.just("bill"), st.sampled_from([3000, -2500]), st.integers(-3, 6)),
        st.tuples(st.just("night"), st.sampled_from([1, 1, 1, 2, 5])),
    )


@dataclass
class History:
    """An account as it goes through steps; `told`: the effects of the last one with what followed from it."""

    facts: AccountFacts = field(default_factory=two_services)
    ids: Callable[[], int] = field(default_factory=lambda: numbers(100))
    told: tuple[Effect, ...] = ()

    def allows(self, step: Step) -> bool:
        """Whether a step may happen now."""
        try:
            self._decided(step, numbers(10_000))
        except DomainError:
            return False
        return True

    def do(self, step: Step) -> None:
        """Lets a step happen. Raises DomainError when it may not."""
        match step:
            case ("night", n):
                self.facts = nightfall(self.facts, n, self.ids)
            case ("bill", amount, due):
                self.facts = act(self._billed(amount, due), (), self.ids, billed=True, moved=amount < 0)
            case _:
                self.act(self._decided(step, self.ids))

    def act(self, effects: Iterable[Effect]) -> None:
        given = tuple(effects)
        self.facts = act(self.facts, given, self.ids)
        self.told = given

    def pay(self, ref: str, amount: int, ago: int = 0) -> None:
        on = self.facts.business_date - timedelta(days=ago)
        more = {"method": "card", "received_on": on, "directed": (), "ids": self.ids}
        self.act(payment.record(self.facts, amount=amount, ref=ref, **more))

    def take_back(self, ref: str, *, returned: bool = False) -> None:
        more = {"ids": self.ids, "calendar": CALENDAR, "rules": RULES, "holds": KINDS}
        self.act(payment.reverse(self.facts, ref, "typed twice", returned, **more))

    def undo(self, effects: Iterable[Effect]) -> None:
        self.act(inverse(tuple(effects), self.facts, self.ids, "undone"))

    def _billed(self, amount: int, due: int) -> AccountFacts:
        ident = self.ids()
        on = self.facts.business_date + timedelta(days=due)
        kind, name = ("invoice", "INV") if amount > 0 else ("credit", "CR")
        new = Item(ident, f"{name}-{ident}", kind, on - timedelta(days=20), on, amount, amount)
        return replace(self.facts, items=tuple(sorted((*self.facts.items, new), key=lambda i: (i.due, i.id))))

    def _decided(self, step: Step, ids: Callable[[], int]) -> tuple[Effect, ...]:
        facts, today = self.facts, self.facts.business_date
        match step:
            case ("pay", amount, ago):
                on = today - timedelta(days=ago)
                more = {"method": "card", "received_on": on, "directed": (), "ids": ids}
                return payment.record(facts, amount=amount, ref="", **more)
            case ("promise", amount, due):
                return self._promised(promises.single(amount, today + timedelta(days=due)), "single", ids)
            case ("plan", amount, count, due):
                schedule = promises.plan(amount, count, "weekly", today + timedelta(days=due))
                return self._promised(schedule, "plan", ids)
            case ("cancel promise",):
                return promises.cancel(facts, "asked for it", CALENDAR)
            case ("hold", kind, until):
                more = {"until": today + timedelta(days=until), "reason": "said so", "by": "mia"}
                return hold.place(facts, KINDS[kind], ids=ids, calendar=CALENDAR, **more)
            case ("release", kind):
                return hold.release(facts, KINDS[kind], "over", KINDS)
            case ("next", code, ahead):
                return (NextActionSet(NextAction(code, today + timedelta(days=ahead)), facts.next_action),)
            case ("suspend", ident):
                more = {"effective": today + timedelta(days=7), "reason": "NONPAY", "calendar": CALENDAR}
                return order.cut(facts, facts.service(ident), ids=ids, **more)
            case ("restore", ident):
                more = {"effective": today, "reason": "PAID", "fee": RULES.suspend.reconnect_fee, "calendar": CALENDAR}
                return order.restore(facts, facts.service(ident), ids=ids, **more)
            case ("cancel order", ident):
                return order.cancel(facts, self._order(ident), "asked for it")
            case ("send", ident):
                return order.send(self._order(ident))
            case ("answer", ident, outcome):
                return order.acknowledge(facts, self._order(ident), outcome, "", AT)
            case ("bill" | "night", *_):
                return ()
        raise AssertionError(step)

    def _promised(self, schedule: tuple, kind: str, ids: Callable[[], int]) -> tuple[Effect, ...]:
        more = {"method": None, "grace_days": 2, "by": "mia", "calendar": CALENDAR}
        return promises.make(self.facts, schedule, kind=kind, ids=ids, **more)

    def _order(self, service_id: int) -> Any:
        return find_order(self.facts, self.facts.service(service_id).identifier)


def picture(facts: AccountFacts) -> dict[str, Any]:
    """What there is to see of an account, without ids that grow with every act, and without what is only history: the day on
    which a promise was kept is that of the money that was known to keep it."""
    places: dict[Holder | None, str] = {p.holder: f"promise #{n}" for n, p in enumerate(facts.promises)}
    places |= {h.holder: f"hold {h.kind}" for h in facts.holds}
    action = facts.next_action
    due = action and (action.code, max(action.on, facts.business_date), action.at)
    return {
        "owed": (facts.collectable, facts.past_due, facts.total, facts.unapplied, facts.credits),
        "items": sorted((i.due, i.kind, i.service_id, i.open) for i in facts.items),
        "promises": [
            (p.status, p.status == "KEPT" or p.closed_on, [(i.due, i.amount, i.paid, i.status) for i in p.instalments])
            for p in facts.promises
        ],
        "stage": facts.stage,
        "ladder": places.get(facts.ladder_paused_by, facts.ladder_paused_by),
        "holds": sorted(h.kind for h in facts.holds),
        "services": [(s.id, s.status, s.suspend_cause) for s in facts.services],
        "orders": sorted((o.service_id, o.kind, o.status) for o in facts.orders if o.open),
        "next action": due,
    }


def difference(one: AccountFacts, other: AccountFacts) -> dict[str, Any]:
    """What is not the same of two accounts, by name."""
    left, right = picture(one), picture(other)
    return {name: (left[name], right[name]) for name in left if left[name] != right[name]}
