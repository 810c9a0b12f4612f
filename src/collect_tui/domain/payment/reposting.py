"""Reposting: where money and credits would be, had a payment or a document before them never come.

What it had paid or credited is free again, and what had been paid on it is left over. What was given by rule after it moves
up in turn: whatever came next takes the parts that are free and leaves its last ones to what came after that. Nothing is moved
to an item that was not there when it was given, and what somebody directed stays. Amounts are minor units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import AllocationReleased, CreditApplied, CreditReleased, ItemVoided, PaymentAllocated
from collect_tui.domain.facts import AccountFacts, Allocation, Application, Item, Payment, entered
from collect_tui.domain.order import required
from collect_tui.domain.payment.posting import WAITING, Ids, by_due, for_service
from collect_tui.domain.rules import HoldKind, Rules

FEES: Final = (1,)
"""The place of what is kept for fees in the order of posting."""

_Source = tuple[str, int]
"""What gives: a payment or a credit, by id."""

_To = int | None
"""An item by its id; None: what is kept for fees."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """One part that was given by rule, the id of its giving, and what takes it back."""

    ident: int
    source: _Source
    item_id: int
    amount: int
    release: AllocationReleased | CreditReleased


def without_payment(fold: Folded, payment: Payment, ids: Ids, rules: Rules, holds: Mapping[str, HoldKind]) -> None:
    """Moves up what was given by rule since a payment was entered. What is left unapplied is posted as settling goes on.

    `fold` stands without the payment, or without the part that was returned of it; `payment` is as it was before that.
    """
    free: Counter[_To] = Counter()
    now = next((p for p in (*fold.facts.payments, *fold.facts.named) if p.id == payment.id), None)
    for given in payment.allocations:
        free[given.item_id] += given.amount
    for given in now.allocations if now else ():
        free[given.item_id] -= given.amount
    loose = max(0, payment.unapplied - (now.unapplied if now else 0))
    _move_up(fold, payment.id, free, loose, ids, rules, holds)


def without_document(fold: Folded, item: Item, ids: Ids, rules: Rules, holds: Mapping[str, HoldKind]) -> bool:
    """Takes a bill or a credit off, with all that was paid on it or set against it, and moves up what came after it.

    False when it stays, since what settled it is too old to be known.
    """
    free: Counter[_To] = Counter()
    for payment in (*fold.facts.payments, *fold.facts.named):
        fold.add(*(AllocationReleased(a.id, payment.id, a) for a in payment.allocations if a.item_id == item.id))
    for one in fold.facts.applications:
        if item.id in (one.item_id, one.credit_id):
            fold.add(CreditReleased(one))
        if item.id == one.credit_id:
            free[one.item_id] += one.amount
    left = next((i for i in fold.facts.items if i.id == item.id), None)
    if left is None or left.open != left.amount:
        return False
    fold.add(ItemVoided(item.id, item.doc_no, item.amount))
    _move_up(fold, item.id, free, item.credit, ids, rules, holds)
    return True


def _move_up(
    fold: Folded, since: int, free: Counter[_To], loose: int, ids: Ids, rules: Rules, holds: Mapping[str, HoldKind]
) -> None:
    """`free`: what is open again of each item; `loose`: what was kept, of which some may have been for fees."""
    for item in fold.facts.items:  # nothing is given by rule to what is in dispute
        free[item.id] = min(free[item.id], item.collectable)
    fees = required.fees_to_keep(fold.facts, rules, holds)
    lacking = max(0, fees - fold.facts.unapplied - fold.facts.credits)
    free[None] = min(lacking, loose)
    turns = _since(fold.facts, since)
    was: Counter[tuple[_Source, _To]] = Counter()
    for turn in turns:
        was[turn.source, turn.item_id] += turn.amount
    now = _as_without(fold.facts, turns, free, fees)
    moved = {key for key in was | now if was[key] != now[key]}
    for turn in turns:
        if (turn.source, turn.item_id) in moved:
            fold.add(turn.release)
    for (kind, ident), item_id in sorted(moved, key=lambda key: (*_place(fold.facts, key[1])[:1], key[0])):
        part = now[(kind, ident), item_id]
        if item_id is None or not part:
            continue
        if kind == "payment":
            fold.add(PaymentAllocated(ids(), ident, Allocation(item_id, part)))
        else:
            fold.add(CreditApplied(Application(ids(), ident, item_id, part)))


def _since(facts: AccountFacts, since: int) -> list[_Turn]:
    """What was given by rule since a payment or a document was entered, in the order in which it was."""
    found = [
        _Turn(a.id, ("payment", p.id), a.item_id, a.amount, AllocationReleased(a.id, p.id, a))
        for p in (*facts.payments, *facts.named)
        for a in p.allocations
        if p.id != since and not a.directed
    ]
    found += [
        _Turn(a.id, ("credit", a.credit_id), a.item_id, a.amount, CreditReleased(a))
        for a in facts.applications
        if not a.directed
    ]
    later = (turn for turn in found if entered(turn.ident, None) > entered(since, None))
    return sorted(later, key=lambda turn: entered(turn.ident, None))


def _as_without(
    facts: AccountFacts, turns: Sequence[_Turn], free: Counter[_To], fees: int
) -> Counter[tuple[_Source, _To]]:
    """How much each source gives to each item when what is free is given as well, each time in the order of posting.

    What a source has left then goes to what others gave to after it, if that was there already.
    """
    left = _loose(facts)
    kept = {source: min(fees, money) for source, money in left.items()}
    room = {turn.ident: turn.amount for turn in turns}
    for turn in turns:
        left[turn.source] += turn.amount
    given: Counter[tuple[_Source, _To]] = Counter()
    runs = _runs(turns)
    for place, run in enumerate(runs):
        source = run[0].source
        for turn in run:
            free[turn.item_id] += room[turn.ident]
        service_id = _service(facts, source)
        for item_id in sorted(free, key=lambda ident: _place(facts, ident, service_id)):
            reserve = kept.get(source, 0) if _place(facts, item_id) > FEES else 0
            part = max(0, min(free[item_id], left[source] - reserve))
            given[source, item_id] += part
            free[item_id] -= part
            left[source] -= part
        ahead = [turn for later in runs[place + 1 :] for turn in later]
        over = left[source] - kept.get(source, 0) - sum(turn.amount for turn in ahead if turn.source == source)
        for turn in sorted(ahead, key=lambda turn: _place(facts, turn.item_id, service_id)):
            part = min(over, room[turn.ident])
            if part > 0 and turn.source != source and _there(turn.item_id, run[0]):
                given[source, turn.item_id] += part
                room[turn.ident] -= part
                left[source] -= part
                over -= part
    return given


def _runs(turns: Sequence[_Turn]) -> list[list[_Turn]]:
    """The parts that were given in one go: of one source, to items that were all there by then."""
    runs: list[list[_Turn]] = []
    for turn in turns:
        first = runs[-1][0] if runs else None
        if first and first.source == turn.source and _there(turn.item_id, first):
            runs[-1].append(turn)
        else:
            runs.append([turn])
    return runs


def _there(item_id: int, turn: _Turn) -> bool:
    return entered(item_id, None) < entered(turn.ident, None)


def _loose(facts: AccountFacts) -> Counter[_Source]:
    """What of money that is posted, and of credits, is given to nothing."""
    loose: Counter[_Source] = Counter()
    for payment in (*facts.payments, *facts.named):
        loose["payment", payment.id] = payment.unapplied if payment.status in WAITING else 0
    for item in facts.items:
        loose["credit", item.id] = item.credit
    return loose


def _service(facts: AccountFacts, source: _Source) -> int | None:
    """The service that a credit is for."""
    kind, ident = source
    known = (*facts.items, *facts.settled) if kind == "credit" else ()
    return next((i.service_id for i in known if i.id == ident), None)


def _place(facts: AccountFacts, item_id: _To, service_id: int | None = None) -> tuple[object, ...]:
    """Where an item stands in the order of posting, for a credit of a service: what is late, then the fees to keep, then what is
    not due."""
    item = next((i for i in (*facts.items, *facts.settled) if i.id == item_id), None)
    if item is None:
        return FEES
    return (0 if item.due < facts.business_date else 2, not for_service(item, service_id), *by_due(item))
