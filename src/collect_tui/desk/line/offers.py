"""What could stand for each kind of word that the grammar asks for: the site's codes, and what is on the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import available_timezones

from collect_tui.desk.line import case_fields, customer, say, sending
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import word
from collect_tui.desk.line.point import SOURCES
from collect_tui.desk.line.promise import affordable_plan, most_a_month
from collect_tui.desk.line.sending import LANGUAGE_NAMES
from collect_tui.desk.line.verbs import VERBS
from collect_tui.desk.line.vocabulary import BALANCES, CHANNELS
from collect_tui.domain.dates import WEEKDAYS
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.states import MessageState
from collect_tui.domain.typed_dates import parse_date

Offer = tuple[str, str]


def of(slot: str, context: LineContext) -> Iterable[Offer]:
    """What may stand for a kind of word; `KIND:WHAT` is more closely said."""
    kind, more, what = slot.partition(":")
    if kind == "word":
        return ((what, "anyone may take it" if what == "any" else ""),)
    if kind == "move":
        return _moves(what, context)
    if kind == "action":
        return _actions(context, what)
    if kind in ("result", "result or template"):
        return (*_results(context, what), *(context.sending.offered() if kind != "result" else ()))
    if kind == "channel":
        return ((each, CHANNELS[each]) for each in context.sending.channels(what) if each in CHANNELS)
    if kind == "language":
        return ((each, LANGUAGE_NAMES[each]) for each in context.sending.languages(what))
    if (order := kind.removesuffix(" reason")) in KINDS:
        return _table(lambda context: context.codes.reasons_for(order, what))(context)
    field = case_fields.field_of(slot, context) if more else None
    own = case_fields.offers(field, context) if field is not None else None
    source = _SOURCES.get(kind)
    return own if own is not None else source(context) if source is not None else ()


def _moves(number: str, context: LineContext) -> Iterator[Offer]:
    for case in context.cases:
        kind = context.kinds.get(case.kind)
        for name in case.moves if number in ("", case.number) else ():
            yield word(name.replace(" ", "-")), kind.moves[name].label if kind is not None else ""


def _verbs(context: LineContext) -> Iterator[Offer]:
    yield from _results(context)
    for verb in VERBS.values():
        yield verb.verb, verb.summary
    for kind in context.kinds.values():
        if kind.verb.upper() not in context.codes.results:
            yield kind.verb.lower(), kind.title
    yield from ((code, f"{title}, before a result code") for code, title in _actions(context))


def _actions(context: LineContext, of: str = "") -> Iterator[Offer]:
    """`of`: the code of a result that they are to have."""
    result = context.codes.results.get(of.upper())
    for action in context.codes.actions.values():
        if result is None or result.may_come_of(action):
            yield action.code.lower(), action.title


def _results(context: LineContext, of: str = "") -> Iterator[Offer]:
    """`of`: the code of the action that they are to come of."""
    action = context.codes.actions.get(of.upper())
    for result in context.codes.results.values():
        if action is None or result.may_come_of(action):
            yield result.code.lower(), result.title


def _points(context: LineContext) -> Iterator[Offer]:
    for short, kind, value in context.points:
        yield short, f"{kind} {value}"


def _amounts(context: LineContext) -> Iterator[Offer]:
    if context.number is None:
        return
    half = (context.collectable + 1) // 2
    values = {"b": context.total, "p": context.past_due, "half": half}
    for name, title in BALANCES.items():
        yield name, f"{title} {say.money(values.get(name, context.collectable), context)}"
    yield "50%", f"half of the collectable {say.money(half, context)}"
    if most := most_a_month(context):
        yield say.amount(most, context), f"can be paid a month {say.money(most, context)}"


def _dates(context: LineContext) -> Iterator[Offer]:
    for ahead in range(1, 8):
        when = context.today + timedelta(days=ahead)
        yield WEEKDAYS[when.weekday()][:3].lower(), say.date_said(when, context)
    for form in ("t", "tom", "eom", "+7", "+2w"):
        yield form, say.date_said(parse_date(form, context.today), context)


def _moments(context: LineContext) -> Iterator[Offer]:
    yield from _dates(context)
    yield from (("+1h", "in an hour"), ("+2h", "in two hours"), ("+30m", "in half an hour"))


def _times(context: LineContext) -> Iterator[Offer]:
    for hour in range(8, 21):
        yield f"{hour}:00", "customer's time" if context.customer_zone else "desk time"


def _terms(context: LineContext) -> Iterator[Offer]:
    if plan := affordable_plan(context):
        yield f"{plan['count']}m", f"monthly, as {say.money(most_a_month(context), context)} can be paid"
    yield from (("3m", "three monthly"), ("4w", "four weekly"), ("6f", "six fortnightly"))


def _anchors(context: LineContext) -> Iterator[Offer]:
    for form in ("1", "15", "eom"):
        yield form, f"first {say.date_said(parse_date(form, context.today), context)}"
    yield from _dates(context)


def _documents(context: LineContext) -> Iterator[Offer]:
    for doc_no, open_, disputed in context.items:
        if open_ > 0:
            about = f", {say.money(disputed, context)} disputed" if disputed else ""
            yield f"{word(doc_no)}={say.amount(open_, context)}", f"open {say.money(open_, context)}{about}"


def _invoices(context: LineContext) -> Iterator[Offer]:
    yield from ((word(doc_no), f"open {say.money(open_, context)}") for doc_no, open_, _ in context.items if open_ > 0)


def _credits(context: LineContext) -> Iterator[Offer]:
    for doc_no, open_, _ in context.items:
        if open_ < 0:
            yield word(doc_no), f"credit {say.money(-open_, context)}"
    for ref, unapplied in context.money:
        yield word(ref), f"payment, {say.money(unapplied, context)} unapplied"


def _payments(context: LineContext) -> Iterator[Offer]:
    for one in context.payments:
        yield (
            word(one.ref),
            f"{say.money(one.amount, context)} of {say.date_said(one.received_on, context)}, {one.status.lower()}",
        )


def _zones(context: LineContext) -> Iterator[Offer]:
    """Those of the customer's numbers and address first."""
    for name in dict.fromkeys((*context.zones, *_all_zones())):
        yield name, name.rpartition("/")[2].replace("_", " ")


_CONTINENTS: Final = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/",
)  # fmt: skip


@lru_cache(maxsize=1)
def _all_zones() -> tuple[str, ...]:
    """Those of a city, by continent."""
    return tuple(sorted(name for name in available_timezones() if name.startswith(_CONTINENTS)))


def _services(context: LineContext) -> Iterator[Offer]:
    products = [product for product, _, _ in context.services]
    for product, identifier, status in context.services:
        title = f"{product} {identifier} {status.lower()}"
        yield (word(product.lower()) if products.count(product) == 1 else word(identifier)), title


def _orders(context: LineContext) -> Iterator[Offer]:
    for number in context.orders:
        yield word(number), context.placed.get(number, "")


def _left(context: LineContext) -> Iterator[Offer]:
    for number in context.left:
        yield word(number), context.placed.get(number, "")


def _cases(context: LineContext) -> Iterator[Offer]:
    for case in context.cases:
        yield word(case.number), say.sentence(case.title, case.about, case.label)


def _table(pick: Callable[[LineContext], Mapping[str, str]]) -> Callable[[LineContext], Iterator[Offer]]:
    def offers(context: LineContext) -> Iterator[Offer]:
        for code, title in pick(context).items():
            yield code.lower().replace("_", "-"), title

    return offers


_SOURCES: Final[Mapping[str, Callable[[LineContext], Iterable[Offer]]]] = {
    "verb": _verbs,
    "point": _points,
    "amount": _amounts,
    "date": _dates,
    "moment": _moments,
    "time": _times,
    "terms": _terms,
    "anchor": _anchors,
    "down": lambda _: (("dn", "a down payment, such as dn100"),),
    "part": lambda _: (("+", "a further part: + AMOUNT DATE"),),
    "credit": _credits,
    "payment": _payments,
    "zone": _zones,
    "spoken": lambda _: LANGUAGE_NAMES.items(),
    "document": _documents,
    "invoice": _invoices,
    "service": _services,
    "order": _orders,
    "order that left": _left,
    "reason": _table(lambda context: context.codes.reasons),
    "skip reason": _table(lambda context: context.codes.skip_reasons),
    "next action": _table(lambda context: context.codes.next_actions),
    "hold": _table(lambda context: {code: kind.title for code, kind in context.holds.items()}),
    "template": lambda context: context.sending.offered(),
    "level": lambda context: context.sending.notices(),
    "draft": lambda context: sending.waiting(context.waiting, MessageState.DRAFT),
    "message": lambda context: sending.waiting(context.waiting),
    "case": _cases,
    "asked case": lambda context: (
        (word(one.number), f"{one.asked}, asked for by {one.asked_by}") for one in context.cases if one.asked
    ),
    "move": lambda context: _moves("", context),
    "department": lambda context: context.departments.items(),
    "method": lambda context: context.codes.method_words.items(),
    "quality": lambda _: ((name, "") for name in ("good", "bad", "wrong", "in", "out")),
    "point kind": lambda _: customer.KINDS.items(),
    "role": _table(lambda context: context.codes.party_roles),
    "detail": lambda _: customer.OFFERED.items(),
    "source": lambda _: SOURCES.items(),
    "fact": lambda context: context.facts.items(),
    "talk": lambda _: customer.TALKS.items(),
    "pinned": lambda context: ((f"{word(text)}", "pinned") for text in context.pinned),
}

_NONE: Final[Mapping[str, str]] = {
    "point": "the account has no contact point",
    "document": "no item is open",
    "invoice": "no item is open",
    "credit": "there is no credit, and no payment with anything unapplied",
    "payment": "no payment stands",
    "service": "the account has no service",
    "order": "no order waits that has not left yet",
    "order that left": "no cut has left that could be reversed",
    "draft": "no draft waits",
    "message": "no message waits",
    "case": "no case is open",
    "asked case": "no case waits for a decision",
    "move": "there is no move that could be made",
    "template": "no template fits this customer and what is owed",
    "channel": "there is no way to send it to this customer",
    "level": "the ladder of this account has no notices",
    "pinned": "nothing is pinned",
    "amount": "there is no account to take a balance from",
}
"""Why a list of the account's own is empty; others are the site's."""


def why_none(slots: Sequence[str], context: LineContext) -> str:
    """Why nothing is listed for these kinds of words; empty: no list is of them."""
    kinds = [slot.partition(":")[0] for slot in slots]
    listed = [kind for kind in kinds if kind in _SOURCES or kind in _OF_A_WORD or kind.removesuffix(" reason") in KINDS]
    if not listed:
        return ""
    if context.number is None and not _NONE.keys().isdisjoint(listed):
        return "None here: what the account has is not known yet."
    reasons = dict.fromkeys(_NONE.get(kind, f"the site has no {kind}") for kind in listed)
    return f"None here: {'; '.join(reasons)}."


_OF_A_WORD: Final = frozenset(("move", "action", "result", "result or template", "channel", "language"))
"""Kinds whose list hangs on another word."""
