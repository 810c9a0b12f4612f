"""The floor: who works what now, and handing an account to a colleague."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session as Db

from collect_tui.common.text import clean
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.views.floor import FloorView, QueueLockView, SeatView
from collect_tui.desk.views.queue import Claim
from collect_tui.domain.card_text import mask_card
from collect_tui.domain.states import AccountState
from collect_tui.services import case_lists, events
from collect_tui.services.access import WORKS, require, require_of
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import claims, facts, kpi, queue_locks, queues, worked
from collect_tui.store import floor as rows
from collect_tui.store.tables import gate

LONGEST_REASON = 500


def floor(desk: DeskContext) -> FloorView:
    """Everybody who may work. Today began when the business date did at the desk. Forbidden without `floor.read`."""
    require(desk.authority, "floor.read")
    with desk.reading() as db:
        tenant, now, began = desk.tenant(db), desk.clock(), worked.day_began(db, desk.tenant_id)
        seen = rows.floor(db, desk.tenant_id, now, began, tenant.business_date)
        board = queues.board(db, desk.tenant_id, desk.catalogue(), now, desk.user)
        locks = tuple(QueueLockView.made_of(each) for each in queue_locks.every(db, desk.tenant_id))
        seats = _produced(desk, db, seen.seats, began, tenant.currency)
        return FloorView(
            seats=seats,
            now=now,
            currency=tenant.currency,
            queues=board.queues,
            cases=case_lists.board(desk, db),
            locks=locks,
        )


def _produced(
    desk: DeskContext, db: Db, seats: tuple[SeatView, ...], began: datetime, currency: str
) -> tuple[SeatView, ...]:
    """The seats with what came of the day."""
    until = desk.clock() + timedelta(microseconds=1)
    minutes = desk.catalogue().rules.contact.conversation_minutes
    found = kpi.count(db, desk.tenant_id, [seat.login for seat in seats], began, until, minutes)
    return tuple(seat.model_copy(update=_work(kpi.of(found, seat.login), currency)) for seat in seats)


def _work(figures: kpi.Figures, currency: str) -> dict[str, Any]:
    named = {name: value for (_, name, unit), value in figures.items() if unit in ("", currency)}
    return {
        **{name: named.get(name, 0) for name in ("worked", "right_party", "promises", "promised")},
        "promised_other_currencies": kpi.others(figures, currency),
    }


def reassign(desk: DeskContext, account: str, to: str, reason: str, *, do: bool = True) -> Claim:
    """Hands an account to `to`, whoever holds it: their lease begins anew, and what its holder still writes is refused. Without `do`
    all of it is tried and nothing stays.

    The reason and both names stand in the audit. Asked again, it only renews the lease. Forbidden without `queue.assign`;
    NotFound: no such account or user; Refused: the account is closed, the user no longer works here ("user.inactive") or may not
    work a queue ("user.role"); Invalid: no reason.
    """
    require(desk.authority, "queue.assign")
    why = clean(reason).strip()
    if not why:
        raise Invalid("reassign.reason", "Say why the account goes to a colleague; it stands in the audit.", "reason")
    if len(why) > LONGEST_REASON:
        raise Invalid("reassign.reason", f"A reason has at most {LONGEST_REASON} characters.", "reason")
    return desk.store.attempt(lambda: _hand_over(desk, account, to, why, do))


def _hand_over(desk: DeskContext, account: str, to: str, why: str, do: bool) -> Claim:
    with unit_of_work(desk, account, dry_run=not do) as work:
        db, now, minutes = work.db, work.now, desk.catalogue().rules.queue.lease_minutes
        account_id = facts.account_id(db, desk.tenant_id, account)
        number, status = rows.number_and_status(db, desk.tenant_id, account_id)
        if status != AccountState.OPEN:
            raise Refused("account.closed", f"{number} is closed; there is nothing left to work on it.", "account")
        user = rows.user(db, desk.tenant_id, to)
        if user is None:
            raise desk.no_user(db, to, "to")
        if not user.active:
            raise Refused("user.inactive", f"{to} no longer works at this desk; choose a colleague who does.", "to")
        require_of(desk.catalogue().authority, to, user.role, WORKS, "to")
        before, in_queue, fence, until = claims.hand_over(db, desk.tenant_id, account_id, to, now, minutes)
        if before != to:
            gate.know({number})
            told = mask_card(why, {number})
            work.record(
                account_id,
                line="",
                commands=[{"kind": "reassign", "from": before, "to": to, "reason": told}],
                effects=[{"kind": "Reassigned", "sentence": f"handed from {before or 'nobody'} to {to}: {told}"}],
                outcome="reassigned",
            )
            work.tell_all(account_id, [(events.REASSIGNED, {"from": before, "to": to, "fence": fence})])
    return Claim(account=number, queue=in_queue, lease_until=until, fence=fence, left=0)
