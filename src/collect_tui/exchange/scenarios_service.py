"""The situations of the fixtures in which a service is cut, is about to be, or comes back."""

from __future__ import annotations

from datetime import timedelta

from collect_tui.exchange.story import Story


def suspend_ready(story: Story) -> None:
    """Long late, the last notice before the cut was served in time, nothing in the way."""
    story.late(story.random.randrange(62, 74))
    story.add(
        "notices", level="pre-cut", channel="letter", status="DELIVERED", sent_on=story.workday(-13), service=story.main
    )
    reason, note = story.excuse()
    story.call(-48, "RP", note, reason=reason)
    story.tries(-30, -16, -9, -5)
    story.next("order", story.day(0))


def cut(story: Story, on: int) -> None:
    """Suspended for non-payment `on` days from today, after its notice."""
    story.add(
        "notices",
        level="pre-cut",
        channel="letter",
        status="DELIVERED",
        sent_on=story.workday(on - 15),
        service=story.main,
    )
    story.tries(on - 20, on - 6)
    story.order(story.main, "suspend", "COMPLETED", story.workday(on), on - 2, sent=on - 2, answered=on)
    story.serving(story.main, "SUSPENDED", "nonpay")
    story.stage, story.stage_on = "SUSPENDED", story.workday(on)


def restore_ready(story: Story) -> None:
    """Was cut and has paid everything and the reconnection fee; the drafted restoration waits to be sent off."""
    owed = [item for item in story.late(82) if item["due"] <= story.today]
    cut(story, -10)
    story.call(-3, "RS", "paid at the counter, wants the service back", action="IN")
    story.pay(story.day(-3), owed, extra=800)
    story.order(story.main, "restore", "DRAFT", story.day(0), -3, reversal_of=story.lists["orders"][-1]["number"])
    story.next("order", story.day(0))


def suspended(story: Story) -> None:
    """Cut for non-payment and still owing."""
    story.late(88)
    cut(story, -12)
    story.call(-11, "RP", "called about the cut, has no money before the first", reason="INCOME", action="IN")
    story.next("call", story.day(4))


def stuck(story: Story) -> None:
    """The order to suspend left days ago and the billing system has not answered."""
    story.late(70)
    story.add(
        "notices", level="pre-cut", channel="letter", status="DELIVERED", sent_on=story.workday(-22), service=story.main
    )
    story.tries(-26, -12)
    story.order(story.main, "suspend", "SENT", story.workday(-5), -7, sent=-6)
    story.serving(story.main, "PENDING_SUSPEND", "nonpay")
    story.next("order", story.workday(-3))


def pending(story: Story) -> None:
    """To be cut in the next days; the order waits for the next run or has just left."""
    story.late(66)
    story.add(
        "notices", level="pre-cut", channel="letter", status="DELIVERED", sent_on=story.workday(-14), service=story.main
    )
    story.call(-20, "SU", "was told that the service will be cut")
    story.tries(-8)
    effective = story.day(1)
    while effective.weekday() >= 4:
        effective += timedelta(days=1)
    if story.turn % 2:
        story.order(story.main, "suspend", "SENT", effective, -1, sent=-1)
    else:
        story.order(story.main, "suspend", "REQUESTED", effective, 0)
    story.serving(story.main, "PENDING_SUSPEND", "nonpay")
    story.next("order", effective + timedelta(days=1))


def voluntary(story: Story) -> None:
    """Paused at the customer's own wish: no payment brings it back, and none is owed."""
    due = story.day(17)
    story.paid_before(due, 3)
    story.call(-24, "RP", "away for the winter, wants the service paused", reason="AWAY", action="IN")
    story.order(story.main, "suspend", "COMPLETED", story.workday(-20), -24, sent=-23, answered=-20, reason="VOLUNTARY")
    story.serving(story.main, "SUSPENDED", "voluntary")
    story.next("review", story.day(40))


def fraud(story: Story) -> None:
    """Says the account was opened in their name by somebody else; cut, and with the fraud desk."""
    owed = story.late(40)
    for item in owed:
        item["disputed"] = item["amount"]
    story.call(-16, "FR", "never ordered this, has made a police report", action="IN")
    story.add(
        "holds", kind="FRAUD", placed_on=story.workday(-16), placed_by=story.agent, reason="identity theft reported"
    )
    story.order(story.main, "suspend", "COMPLETED", story.workday(-14), -16, sent=-15, answered=-14, reason="FRAUD")
    story.serving(story.main, "SUSPENDED", "fraud")
    story.next("hold", story.day(6))
