"""Rows of what was done with an account: contacts, notes, callbacks, promises, holds, messages and orders."""

from __future__ import annotations

from datetime import date

from collect_tui.domain.holder import Holder, HolderKind
from collect_tui.domain.message.message import SERVED
from collect_tui.domain.money import LIMIT
from collect_tui.domain.promise.effects import WAIVED_BY
from collect_tui.domain.states import (
    OPEN_INSTALMENT,
    OPEN_ORDER,
    HoldState,
    InboxState,
    InstalmentState,
    OrderState,
    PromiseState,
)
from collect_tui.services.intake.entries import NoticeEntry, PromiseEntry, ReceivedEntry
from collect_tui.services.intake.rowset import RowSet


def log(rows: RowSet) -> None:
    """Contacts, notes and callbacks."""
    codes = rows.ground.codes
    for index, contact in sorted(enumerate(rows.entry.contacts), key=lambda pair: pair[1].at):
        path = f"contacts[{index}]"
        action, result = codes.actions.get(contact.action), codes.results.get(contact.result)
        if action is None:
            rows.bad(f"{path}.action", "is no action code of this site.")
        if result is None:
            rows.bad(f"{path}.result", "is no result code of this site.")
        if contact.reason is not None and contact.reason not in codes.reasons:
            rows.bad(f"{path}.reason", "is no reason code of this site.")
        if (contact.offered is None) != (contact.offered_on is None) or (contact.offered and not result.offer):
            rows.bad(f"{path}.offered", "is what was offered on a day, by a result that offers.")
        rows.put(
            "contact_event",
            contact,
            path,
            "point",
            point_id=rows.point_id(f"{path}.point", contact.point),
            action=action.code,
            result=result.code,
            outbound=action.outbound,
            counted=action.outbound and action.call and result.counted,
            worked=result.worked,
            contact=result.contact,
            right_party=result.right_party,
            supersedes=None,
        )
    for index, note in sorted(enumerate(rows.entry.notes), key=lambda pair: pair[1].at):
        rows.put("note", note, f"notes[{index}]", typed="")
    for index, callback in enumerate(rows.entry.callbacks):
        point = rows.point_id(f"callbacks[{index}].point", callback.point)
        rows.put("callback", callback, f"callbacks[{index}]", "point", point_id=point)


def promises(rows: RowSet) -> None:
    shift = rows.ground.shift
    made: list[int] = []
    for index, promise in enumerate(rows.entry.promises):
        path = f"promises[{index}]"
        _check_promise(rows, path, promise)
        if promise.supersedes is not None and promise.supersedes > index:
            rows.bad(f"{path}.supersedes", "is the place, from 1, of an earlier promise in this list.")
        promise_id = rows.put(
            "promise",
            promise,
            path,
            "instalments",
            total=sum(part.amount for part in promise.instalments),
            supersedes=made[promise.supersedes - 1] if promise.supersedes else None,
            closed_at=shift.instant(promise.closed_at, promise.closed_on, after=promise.made_at),
        )
        made.append(promise_id)
        for seq, part in enumerate(promise.instalments, 1):
            rows.add("instalment", promise_id=promise_id, seq=seq, **{**part.model_dump(), "due": shift.day(part.due)})
        if promise.status == PromiseState.ACTIVE:
            if any(each.status == PromiseState.ACTIVE for each in rows.entry.promises[:index]):
                rows.bad(f"{path}.status", "is ACTIVE; an account has one open promise at most.")
            if rows.account["ladder_paused_by"] is None:
                rows.account["ladder_paused_by"] = str(Holder(HolderKind.PROMISE, promise_id))


def _check_promise(rows: RowSet, path: str, promise: PromiseEntry) -> None:
    if (promise.status == PromiseState.ACTIVE) != (promise.closed_on is None):
        rows.bad(f"{path}.closed_on", "belongs to a promise that is closed, and to no other.")
    rows.closed(f"{path}.closed", promise.status != PromiseState.ACTIVE, promise.closed_at, promise.closed_by)
    if promise.kind == "single" and len(promise.instalments) != 1:
        rows.bad(f"{path}.instalments", "are one for a single promise; several are a plan.")
    if (total := sum(part.amount for part in promise.instalments)) > LIMIT:
        rows.bad(f"{path}.instalments", "come to more than an amount may be.")
    if 0 < promise.settles <= total:
        rows.bad(f"{path}.settles", "is all that was owed: more than what settles it.")
    if promise.confirmed_on is not None and promise.confirm_by is None:
        rows.bad(f"{path}.confirmed_on", "belongs to a promise that is to be confirmed in writing, and to no other.")
    last: date | None = None
    for place, part in enumerate(promise.instalments):
        where = f"{path}.instalments[{place}]"
        if last is not None and part.due <= last:
            rows.bad(f"{where}.due", "comes after the instalment before it.")
        last = part.due
        if part.paid > part.amount:
            rows.bad(f"{where}.paid", "is more than the instalment.")
        fits = {"OPEN": part.paid == 0, "PART_PAID": 0 < part.paid < part.amount, "PAID": part.paid == part.amount}
        if not fits.get(part.status, part.paid < part.amount):
            rows.bad(f"{where}.status", "does not fit what was paid.")
        if promise.status in WAIVED_BY and part.status in OPEN_INSTALMENT:
            rows.bad(f"{where}.status", "is open, but the promise was cancelled or superseded; that waives it.")
    if promise.status == PromiseState.KEPT and any(part.status != InstalmentState.PAID for part in promise.instalments):
        rows.bad(f"{path}.status", "is KEPT, but not every instalment is paid.")


def holds(rows: RowSet) -> None:
    shift = rows.ground.shift
    active: set[tuple[str, str, str | None]] = set()
    for index, hold in enumerate(rows.entry.holds):
        path = f"holds[{index}]"
        kind = rows.ground.holds.get(hold.kind)
        if kind is None:
            rows.bad(f"{path}.kind", "is no kind of hold of this site.")
        if (hold.scope == "account") != (hold.target is None):
            rows.bad(f"{path}.target", "belongs to a scope other than the account, and to every such.")
        target: int | None = None
        if hold.scope == "service":
            target = rows.service_id(f"{path}.target", hold.target)
        elif hold.scope == "point":
            target = rows.point_id(f"{path}.target", hold.target)
        elif hold.scope == "item" and (target := rows.items.get(hold.target or "")) is None:
            rows.bad(f"{path}.target", "names no item of this account.")
        rows.closed(f"{path}.closed", hold.status != HoldState.ACTIVE, hold.closed_at, hold.closed_by)
        placed_at = shift.instant(hold.placed_at, hold.placed_on, before=hold.closed_at)
        hold_id = rows.put("hold", hold, path, "target", target_id=target, placed_at=placed_at)
        if hold.status == HoldState.ACTIVE:
            if (same := (hold.kind, hold.scope, hold.target)) in active:
                rows.bad(f"{path}.kind", "is active twice.")
            active.add(same)
            if kind.pauses_ladder and rows.account["ladder_paused_by"] is None:
                rows.account["ladder_paused_by"] = str(Holder(HolderKind.HOLD, hold_id))


def _notice(rows: RowSet, path: str, notice: NoticeEntry) -> None:
    shift, served = rows.ground.shift, notice.status in SERVED
    if not notice.level and not notice.template:
        rows.bad(f"{path}.level", "is missing; a message that is no notice says its template.")
    if served and notice.sent_on is None:
        rows.bad(f"{path}.sent_on", "is missing for a notice that was sent.")
    if notice.served_on is not None and not served:
        rows.bad(f"{path}.served_on", "belongs to a notice that was sent and has not come back.")
    made = shift.day(notice.sent_on) if notice.sent_on else shift.today
    service_id = rows.service_id(f"{path}.service", notice.service)
    message_id = rows.put(
        "message",
        notice,
        path,
        "service",
        "items",
        service_id=service_id,
        served_on=shift.maybe_day(notice.served_on or notice.sent_on) if served else None,
        made_on=made,
        made_at=shift.noon(notice.sent_on) if notice.sent_on else shift.now,
    )
    for doc_no in notice.items or ():
        if doc_no not in rows.items:
            rows.bad(f"{path}.items", f"names {doc_no!r}, which is no item of this account.")
    for item in rows.entry.items:
        ours = service_id is None or item.service is None or rows.service_id("", item.service) == service_id
        late = item.amount > 0 and shift.day(item.due) <= made
        if item.doc_no in notice.items if notice.items is not None else ours and late:
            rows.add("message_item", message_id=message_id, item_id=rows.items[item.doc_no], amount=max(0, item.amount))


def _received(rows: RowSet, path: str, received: ReceivedEntry) -> None:
    shift, at = rows.ground.shift, rows.ground.shift.at(received.at)
    codes = received.suggests.split()
    if unknown := next((code for code in codes if code not in rows.ground.codes.results), None):
        rows.bad(f"{path}.suggests", f"names {unknown!r}, which is no result code of this site.")
    point_id = rows.point_id(f"{path}.point", received.point)
    own = (row["value"] for table, row in rows.rows if table == "contact_point" and row["id"] == point_id)
    rows.put(
        "message",
        received,
        path,
        *("at", "point", "suggests", "address"),
        inbound=True,
        point_id=point_id,
        address=received.address or next(own, ""),
        reference=f"{rows.entry.number} {path}",
        detail=received.suggests,
        made_on=at.astimezone(shift.zone).date(),
        made_at=at,
        closed_at=None if received.status == InboxState.RECEIVED else at,
    )


def messages(rows: RowSet) -> None:
    for index, notice in enumerate(rows.entry.notices):
        _notice(rows, f"notices[{index}]", notice)
    for index, received in enumerate(rows.entry.received):
        _received(rows, f"received[{index}]", received)


def orders(rows: RowSet) -> None:
    shift = rows.ground.shift
    known: dict[str, int] = {}
    open_on: set[int] = set()
    for index, order in enumerate(rows.entry.orders):
        path = f"orders[{index}]"
        service_id = rows.service_id(f"{path}.service", order.service)
        assert service_id is not None
        if order.number in known:
            rows.bad(f"{path}.number", "stands twice.")
        if order.reversal_of is not None and order.reversal_of not in known:
            rows.bad(f"{path}.reversal_of", "names no earlier order in this list.")
        if order.status in OPEN_ORDER:
            if service_id in open_on:
                rows.bad(f"{path}.status", "is open; a service has one open order at most.")
            open_on.add(service_id)
        if (order.kind == "downgrade") != bool(order.target):
            rows.bad(f"{path}.target", "belongs to a downgrade, and to every such.")
        if order.extended and order.kind != "suspend":
            rows.bad(f"{path}.extended", "belongs to a suspension that was put off, and to no other order.")
        if order.status == OrderState.SENT and order.sent_at is None:
            rows.bad(f"{path}.sent_at", "is missing for an order that was sent.")
        rows.closed(f"{path}.closed", order.status not in OPEN_ORDER, order.closed_at, order.closed_by)
        closed_at = order.closed_at or (order.answered_at if order.status not in OPEN_ORDER else None)
        known[order.number] = rows.put(
            "service_order",
            order,
            path,
            "service",
            service_id=service_id,
            requested_at=shift.instant(order.requested_at, order.requested_on, before=order.sent_at or closed_at),
            closed_at=shift.maybe_at(closed_at),
            reversal_of=known[order.reversal_of] if order.reversal_of else None,
        )
