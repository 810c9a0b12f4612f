"""The situations of the fixtures. Each tells one account whose history has led to the state it is in.

Business dates are counted from today (the portfolio's business date); what is said about offsets is days.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from collect_tui.domain.calendars import add_months
from collect_tui.exchange.scenarios_service import (
    fraud,
    pending,
    restore_ready,
    stuck,
    suspend_ready,
    suspended,
    voluntary,
)
from collect_tui.exchange.story import Story

Scenario = Callable[[Story], None]


def paid_up(story: Story) -> None:
    """Everything paid; the next bill is still to come."""
    due = story.day(story.random.randrange(8, 28))
    story.paid_before(due, 3)
    story.next("review", story.day(30))


def not_due(story: Story) -> None:
    """A bill that is not due yet, and a clean record."""
    due = story.day(story.random.randrange(6, 22))
    story.paid_before(due, 3)
    story.bill(due)
    story.next("call", due + timedelta(days=3))


def pre_due(story: Story) -> None:
    """Due within days; a promise was broken, or a payment came back, within the year."""
    due = story.day(story.random.randrange(1, 6))
    old = story.bill(add_months(due, -5, due.day))
    amount = sum(item["amount"] for item in old)
    if story.turn % 2:
        day = story.day(-118)
        story.call(-130, "PP", "will pay at the end of the month", reason="INCOME")
        missed = [{"due": day, "amount": amount, "paid": 0, "status": "MISSED"}]
        story.promise(
            -130, [], "BROKEN", instalments=missed, closed_on=story.day(-115), closed_reason="not paid by its day"
        )
    else:
        story.pay(
            story.day(-125),
            old,
            outcome="RETURNED",
            returned_on=story.day(-121),
            returned_reason="R01 insufficient funds",
        )
    story.pay(story.day(-104), old)
    story.paid_before(due, 3)
    story.bill(due)
    story.next("call", story.day(0))


def new(story: Story) -> None:
    """Late for the first time in a while; nobody has called yet."""
    story.late(story.random.randrange(1, 13), before=3)
    story.next("call", story.day(0))


def follow_up(story: Story) -> None:
    """Late for some weeks, tried without luck or spoken to without a promise; due to be called again."""
    dpd = story.random.randrange(16, 44)
    story.late(dpd)
    story.tries(-dpd + 5, -dpd + 9)
    if story.turn % 3:
        story.tries(-6, -4)
    else:
        reason, note = story.excuse()
        story.call(-4, "RP", note, reason=reason)
    if story.turn % 7 == 0:
        story.add("notes", at=story.at(-9, 15), by=story.agent, text="Prefers to be called after work", pinned=True)
    story.next("call", story.workday(0 if story.turn % 2 else -1))


def callback(story: Story) -> None:
    """Asked to be called back today; some by the person who spoke to them, some by anybody, one was missed on Friday."""
    dpd = story.random.randrange(8, 40)
    story.late(dpd)
    story.call(-3, "CB", "asked to be called back", hour=11)
    missed = story.turn % 5 == 4
    hour = (9, 10, 11, 13, 14, 16, 17, 18)[story.turn % 8]
    at = story.at(-1 if missed else 0, hour, (0, 15, 30, 45)[story.turn % 4])
    story.add(
        "callbacks",
        at=at,
        owner=None if story.turn % 2 else "mia",
        point=story.phone[1],
        status="MISSED" if missed else "SCHEDULED",
        note=story.random.choice(("after the shift", "has the bill at hand then", "when the spouse is home")),
        made_by=story.agent,
    )
    story.next("callback", story.workday(-1) if missed else story.day(0), at)


def broken(story: Story) -> None:
    """Promised and did not pay; nobody has spoken to them since."""
    dpd = story.random.randrange(20, 58)
    owed = story.late(dpd)
    amount = sum(item["amount"] for item in owed if item["due"] < story.today)
    reason, note = story.excuse()
    made, due = -15, story.day(-(3 + story.turn % 4))
    story.call(made, "PP", note, reason=reason)
    promised = amount if story.turn % 2 else max(1000, amount * 6 // 10)
    missed = [{"due": due, "amount": promised, "paid": 0, "status": "MISSED"}]
    story.promise(
        made, [], "BROKEN", instalments=missed, closed_on=due + timedelta(days=3), closed_reason="not paid by its day"
    )
    story.tries(-8)
    story.next("call", story.day(0))


def plan_broken(story: Story) -> None:
    """An arrangement whose second instalment was missed."""
    owed = story.late(62)
    amount = sum(item["amount"] for item in owed if item["due"] < story.today)
    each = amount // 4
    first = owed[0]
    story.call(-38, "PA", "agreed on four instalments", reason="INCOME")
    paid = min(each, first["amount"])
    payment = story.pay(story.day(-33), [first])
    payment["amount"] = payment["allocations"][0]["amount"] = paid
    plan = [
        {"due": story.day(-33), "amount": paid, "paid": paid, "status": "PAID"},
        {"due": story.day(-5), "amount": each, "paid": 0, "status": "MISSED"},
        {"due": story.day(25), "amount": each},
        {"due": story.day(56), "amount": each},
    ]
    story.promise(
        -38, [], "BROKEN", instalments=plan, closed_on=story.day(-2), closed_reason="an instalment was not paid"
    )
    story.tries(-1)
    story.stage, story.stage_on = "NOTICE_2", story.day(-38)
    story.next("call", story.day(0))


def returned(story: Story) -> None:
    """Paid, but the bank sent the payment back."""
    dpd = story.random.randrange(9, 30)
    owed = story.late(dpd)
    late = [item for item in owed if item["due"] < story.today]
    story.call(-12, "PF", "pays by bank transfer today")
    story.pay(
        story.day(-11),
        late,
        outcome="RETURNED",
        returned_on=story.workday(-1),
        returned_reason=story.random.choice(("R01 insufficient funds", "R02 account closed", "R09 uncollected funds")),
    )
    story.fee(story.day(-1), 1500)
    story.next("returned", story.day(0))


def dispute_open(story: Story) -> None:
    """Part of a bill, or all of it, is under dispute; the rest is collectable."""
    owed = story.late(story.random.randrange(18, 50))
    item = owed[0]
    if story.turn % 2:
        item["disputed"] = item["amount"] // 2
        story.call(-6, "DI", f"{item['doc_no']}: half of it is for a month without service", reason="SERVICE")
    else:
        for each in owed:
            each["disputed"] = each["amount"]
        story.call(-6, "DB", "says the meter is not theirs", reason="DISPUTE")
        story.add(
            "holds",
            kind="DISPUTE",
            placed_on=story.workday(-6),
            placed_by=story.agent,
            until=story.day(9),
            reason="wrong meter",
        )
    story.next("dispute", story.day(2))


def dispute_back(story: Story) -> None:
    """The dispute was answered against the customer: all of it is collectable again."""
    story.late(story.random.randrange(28, 56))
    story.call(-24, "DB", "thinks the bill was paid twice", reason="DISPUTE")
    story.add(
        "holds",
        kind="DISPUTE",
        placed_on=story.workday(-24),
        placed_by=story.agent,
        until=story.workday(-1),
        reason="charged twice",
        status="EXPIRED",
        closed_reason="billing: charged once, the bill stands",
    )
    story.add("notes", at=story.at(-1, 16), by="billing", text="Looked into it: charged once, the bill stands.")
    story.next("dispute", story.day(0))


def claim_expired(story: Story) -> None:
    """Said it was paid; the days for it to show are over, and it has not."""
    story.late(story.random.randrange(14, 40))
    story.call(-8, "PM", "says it was paid at a kiosk, has no receipt at hand")
    story.add(
        "holds",
        kind="PAYMENT_CLAIM",
        placed_on=story.workday(-8),
        placed_by=story.agent,
        until=story.day(-3),
        reason="says already paid",
        status="EXPIRED",
        closed_reason="its days are over",
    )
    story.next("verify", story.day(0))


def promised(story: Story) -> None:
    """A promise that is still to be kept: due today, or in the next days."""
    owed = story.late(story.random.randrange(10, 50))
    amount = sum(item["amount"] for item in owed if item["due"] < story.today)
    reason, note = story.excuse()
    story.call(-5, "PP", note, reason=reason)
    due = story.day((0, 1, 3, 4, 7)[story.turn % 5])
    made = story.promise(-5, [(due, amount)], ladder_step=story.stage)
    story.next("promise", _weekday(due + timedelta(days=made["grace_days"] + 1)))


def plan(story: Story) -> None:
    """An arrangement that is being kept: the first instalment is paid, the next is to come."""
    owed = story.late(64)
    amount = sum(item["amount"] for item in owed if item["due"] < story.today)
    first, rest = owed[0]["amount"], amount - owed[0]["amount"]
    count = 2 + story.turn % 3
    each = max(1, rest // count)
    story.call(-20, "PA", "agreed on instalments", reason="INCOME")
    story.pay(story.day(-18), owed[:1])
    step = 14 if story.turn % 2 else 30
    parts = [{"due": story.day(-18), "amount": first, "paid": first, "status": "PAID"}]
    for n in range(count):
        last = rest - each * (count - 1)
        parts.append({"due": story.day(6 + step * n), "amount": each if n < count - 1 else last})
    story.promise(-20, [], "ACTIVE", instalments=parts, ladder_step="NOTICE_2")
    story.stage, story.stage_on = "NOTICE_2", story.day(-34)
    story.next("monitor", _weekday(story.day(9)))


def kept(story: Story) -> None:
    """Promised and paid: a promise kept, nothing late any more."""
    due = story.day(story.random.randrange(7, 20))
    old = add_months(due, -2, due.day)
    story.paid_before(old, 2)
    owed = story.bill(old) + story.bill(add_months(due, -1, due.day))
    amount = sum(item["amount"] for item in owed)
    made = (add_months(due, -1, due.day) - story.today).days + 8
    day = story.day(made + 4)
    story.call(made, "PP", "pays by card on payday", reason="FORGOT")
    done = [{"due": day, "amount": amount, "paid": amount, "status": "PAID"}]
    story.promise(made, [], "KEPT", instalments=done, closed_on=day, closed_reason="paid")
    story.pay(day, owed)
    story.bill(due)
    story.next("call", due + timedelta(days=3))


_HOLDS: Final = (
    ("MEDICAL", "MD", "oxygen machine at home, certificate on file", 20, "call"),
    ("INSOLVENCY", "BK", "filed for bankruptcy, case papers by mail", None, "insolvency"),
    ("DECEASED", "DE", "daughter called: customer has died", None, "review"),
    ("CEASE", "CD", "wants no more contact, put it in writing", None, "supervisor"),
    ("ATTORNEY", "AT", "represented, speak to the attorney only", None, "review"),
    ("HARDSHIP", "CP", "hours were cut, asks for a pause", 18, "review"),
    ("ASSISTANCE", "CP", "has applied for help with the bill", 12, "hold"),
    ("MORATORIUM", "RP", "lives in the flood area", 30, "call"),
    ("PAYMENT_CLAIM", "PM", "says it is in the mail", 3, "verify"),
)


def held(story: Story) -> None:
    """A hold forbids something: one kind after the other."""
    kind, result, note, days, action = _HOLDS[story.turn % len(_HOLDS)]
    story.late(story.random.randrange(20, 58))
    placed = -2 if kind == "PAYMENT_CLAIM" else -9
    reason = {"CP": "INCOME", "RP": "ILLNESS"}.get(result)
    story.call(placed, result, note, reason=reason, action="IN")
    hold = {"kind": kind, "placed_on": story.workday(placed), "placed_by": story.agent, "reason": note}
    if days is not None:
        hold["until"] = story.day(days)
    if kind == "MEDICAL":
        for service in story.services:
            if service["product"] in {"EL", "PHN"}:
                service["life_support"] = True
    story.add("holds", **hold)
    story.next(action, story.day(0 if kind == "MORATORIUM" else 2))


def closed(story: Story) -> None:
    """Moved away, paid, closed."""
    story.paid_before(story.day(-40), 3)
    for service in story.services:
        service["status"] = "TERMINATED"
    story.status = "CLOSED"
    story.add("notes", at=story.at(-30, 12), by=story.agent, text="Moved out, last bill paid, account closed.")


def _weekday(day: date) -> date:
    """The day, or the Monday after when it is a weekend."""
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


#: Each with how many of a hundred accounts it tells.
SCENARIOS: Final[tuple[tuple[Scenario, int], ...]] = (
    (paid_up, 10),
    (not_due, 6),
    (pre_due, 4),
    (new, 9),
    (follow_up, 10),
    (callback, 7),
    (broken, 7),
    (plan_broken, 2),
    (returned, 4),
    (suspend_ready, 6),
    (restore_ready, 3),
    (suspended, 2),
    (stuck, 3),
    (pending, 2),
    (voluntary, 1),
    (fraud, 1),
    (dispute_open, 3),
    (dispute_back, 3),
    (claim_expired, 3),
    (promised, 4),
    (plan, 3),
    (kept, 3),
    (held, 3),
    (closed, 1),
)
