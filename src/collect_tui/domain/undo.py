"""Undo by compensation: the effects that take an earlier act back, last effect first. Nothing is ever deleted.

What has left the building, an order that was sent or answered, cannot be taken back at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from collect_tui.domain.effect import Effect, Ids, fold_all
from collect_tui.domain.effects import CreditApplied, CreditReleased, PaymentAllocated, PaymentRecorded
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts

_MOVES = (PaymentAllocated, CreditApplied)
_ENDED = frozenset({"DONE", "CANCELLED", "RESCHEDULED", "RELEASED", "EXPIRED"})


def inverse(
    effects: Sequence[Effect], facts: AccountFacts, ids: Ids, reason: str, *, long_ago: bool = False
) -> tuple[Effect, ...]:
    """The effects that take `effects` back, in reverse order; `facts` is the account as it stands now. `long_ago`: the act is from before
    the days of which the facts have all that was paid and applied.

    Raises Refused "undo.left" when an order of it has left the building, "undo.final" for what has no way back (a payment
    already taken back, a promise since kept or broken), "undo.old" for money that is not in the facts any more, without which nobody
    could say what follows, "undo.nothing" when nothing of it can be undone.
    """
    if not _known(effects, facts, long_ago):
        told = "What that act did with money was settled too long ago to be undone; make a new entry that corrects it, such as revpay."
        raise Refused("undo.old", told, None)
    back: list[Effect] = []
    now = facts
    recorded = {e.payment.id for e in effects if isinstance(e, PaymentRecorded)}
    brief = _brief(effects)
    for effect in reversed(effects):
        if isinstance(effect, PaymentAllocated) and effect.payment_id in recorded:
            continue  # goes back with its payment
        if effect.target in brief:
            continue  # it was made and ended by the act: it has ended, and stays so
        step = effect.inverse(now, ids, reason)
        back += step
        now = fold_all(now, step)
    if not back:
        raise Refused("undo.nothing", "Nothing of that act can be taken back; what was written stays on file.", None)
    return tuple(back)


def _known(effects: Sequence[Effect], facts: AccountFacts, long_ago: bool) -> bool:
    """Is all money of an act in the facts? Payments and credits stay in them for so many days only; what is not there of a newer act
    has been released since."""
    payments = {payment.id for payment in (*facts.payments, *facts.named)}
    if any(isinstance(e, PaymentRecorded) and e.payment.id not in payments for e in effects):
        return False
    there = payments | {one.id for one in facts.applications}
    there |= {e.application.id for e in effects if isinstance(e, CreditReleased)}
    moved = {
        e.payment_id if isinstance(e, PaymentAllocated) else e.application.id for e in effects if isinstance(e, _MOVES)
    }
    return not long_ago or moved <= there


def _brief(effects: Sequence[Effect]) -> frozenset[int]:
    """What the act itself both made and ended: brought back, it would be there for the first time."""
    made = {e.target for e in effects if e.begins}
    last = {e.target: getattr(e, "status", "") for e in effects if not e.begins}
    return frozenset(ident for ident in made & last.keys() if ident is not None and last[ident] in _ENDED)


def only_written(effects: Sequence[Effect]) -> bool:
    """Is there nothing in an act that could be taken back, however the account stands?"""
    return all(effect.only_written for effect in effects)


def left_standing(effects: Sequence[Effect]) -> tuple[str, ...]:
    """What stays after an undo, in words: notes are on file for good, a place lost in the queue comes back overnight."""
    return tuple(dict.fromkeys(filter(None, (effect.stays() for effect in effects))))
