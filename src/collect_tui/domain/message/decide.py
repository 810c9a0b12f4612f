"""By which way a message goes, from when it counts as served, and what becomes of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, Literal

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.contact.points import usable
from collect_tui.domain.facts import AccountFacts, Item, Message, Point
from collect_tui.domain.message.effects import MessageChanged
from collect_tui.domain.message.template import Head, Served
from collect_tui.domain.states import MessageState

POINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "letter": ("address",),
    "email": ("email",),
    "sms": ("mobile", "other"),
    "chat": ("social",),
    "social": ("social",),
    "internal": (),
}
"""Channel → kinds of contact points that it reaches."""

PERSONS_TWO: Final = ("pre-cut", "cancellation")
"""Levels past the final notice: what one has written, another releases."""

SOON: Final = 30
"""Days after the first item that comes due in which others are told of with it."""

_SENT: Final = Served("sent")


def kinds_of_points(channels: Iterable[str]) -> tuple[str, ...]:
    """The kinds of contact points that any of these channels reaches."""
    return tuple(dict.fromkeys(kind for channel in channels for kind in POINTS[channel]))


def route(facts: AccountFacts, channels: Iterable[str], point: Point | None = None) -> tuple[str, Point] | None:
    """The first of the channels, in their order, by which the customer can be reached, and where; None: there is no way. With a
    `point`: the first that reaches it."""
    for channel in channels:
        for each in facts.points if point is None else (point,):
            if each.kind in POINTS[channel] and (usable(each) or point is not None):
                return channel, each
    return None


def ways(templates: Mapping[str, Iterable[str]]) -> list[str]:
    """Each template, by its channels, with each kind of contact points that it goes to: `notice-1 address`."""
    return [
        f"{name} {kind}" for name, channels in templates.items() for channel in channels for kind in POINTS[channel]
    ]


#: Of which items a message is, by the words of its head: whether they are past due, and their kind; any other is of all that is open.
_OF_ITEMS: Final = {
    "items past due": (True, ""),
    "items coming due": (False, ""),
    "the balloon coming due": (False, "balloon"),
    "the retention coming due": (False, "retention"),
}


def of_items(about: str) -> tuple[bool | None, str]:
    """Of which items a message about this is: past due or not (None: all that is open), and of which kind (empty: of any)."""
    return _OF_ITEMS.get(about, (None, ""))


def concerned(facts: AccountFacts, head: Head, items: Collection[int] = ()) -> list[Item]:
    """The items that a message of this head speaks of. `items`: those that it was drafted about, by id: of what comes due it speaks of
    these and no others; without them, where it is of items of any kind, of those that fall due in the `SOON` days after the first."""
    late, kind = of_items(head.about)
    found = [
        i
        for i in facts.items
        if (i.open > 0 if late is None else i.collectable and (i.due < facts.business_date) is late)
        and kind in ("", i.kind)
    ]
    if late is not False or (kind and not items):
        return found
    last = min((i.due for i in found), default=date.max - timedelta(days=SOON)) + timedelta(days=SOON)
    return [i for i in found if (i.id in items if items else i.due <= last)]


def about(facts: AccountFacts, head: Head, items: Collection[int] = ()) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The items that a message of this head is about, by id, and what is asked for on each (minor units). `items`: as in `concerned`."""
    found = sorted((i for i in concerned(facts, head, items) if i.collectable), key=lambda i: i.id)
    return tuple(i.id for i in found), tuple(i.collectable for i in found)


def served_on(
    head: Head, channel: str, day: date, calendar: Calendar, *, after: Literal["sent", "delivered"] = "sent"
) -> date | None:
    """The business date from which a message counts as served that was sent, or delivered, on a day; None: not by that.

    A channel of which the head says nothing serves by being sent. Where a bounce may still come, it is served when that time is over.
    """
    rule = head.served.get(channel, _SENT)
    if rule.on == "delivered" and after == "sent":
        return None
    counted = calendar.add_business_days(day, rule.days) if rule.business else day + timedelta(days=rule.days)
    return counted + timedelta(days=rule.bounce_days)


def changed(message: Message, status: MessageState, **how: object) -> MessageChanged:
    """The message in another state; it stays served, or not, as it was, unless it is said."""
    kept = {"served_on": message.served_on} if status in (MessageState.SENT, MessageState.DELIVERED) else {}
    return MessageChanged(message.id, status, message.status, **{**kept, **how})  # type: ignore[arg-type]


__all__ = ["PERSONS_TWO", "POINTS", "about", "changed", "route", "served_on"]
