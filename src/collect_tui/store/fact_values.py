"""Makes facts of the rows that `fact_statements.py` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from collect_tui.domain.calendars import add_months
from collect_tui.domain.contact.party import named_apart
from collect_tui.domain.facts import (
    PHONE_KINDS,
    AccountFacts,
    Allocation,
    Application,
    Attempt,
    Callback,
    Hold,
    Holder,
    Instalment,
    Item,
    NextAction,
    Order,
    Parked,
    Party,
    Payment,
    Point,
    Promise,
    Service,
)
from collect_tui.domain.message.message import WRITTEN_DAYS, Message, Received
from collect_tui.domain.payment.moving import PAYMENT_DAYS
from collect_tui.domain.promise.effects import PROMISE_MONTHS
from collect_tui.domain.states import (
    AccountState,
    CallbackState,
    HoldState,
    InboxState,
    InstalmentState,
    MessageState,
    OrderState,
    PaymentState,
    PromiseState,
    ServiceState,
    Stage,
    State,
)
from collect_tui.store import fact_columns
from collect_tui.store.case_values import case_of
from collect_tui.store.phone_zones import reach

ATTEMPT_DAYS: Final = 30
"""Contact events stay in the facts for this many days before the business date (UTC days)."""

VOID: Final = "VOID"
"""Action and result of the contact event that takes another back."""

_V = TypeVar("_V")


def windows(today: date) -> dict[str, Any]:
    paid = today - timedelta(days=PAYMENT_DAYS)
    return {
        "promised_since": add_months(today, -PROMISE_MONTHS),
        "paid_since": paid,
        "applied_since": datetime.combine(paid, time(), UTC),
        "tried_since": attempts_since(today),
        "written_since": today - timedelta(days=WRITTEN_DAYS),
    }


def assembled(
    head: Any,
    read: Mapping[str, Sequence[Any]],
    settled: Callable[[set[int]], tuple[Item, ...]],
    named: tuple[Payment, ...] = (),
) -> AccountFacts:
    payments, applied = payments_of(read["payments"])
    known = {p.id for p in (*payments, *named)}
    fees, _ = payments_of([row for row in read["fees"] if row.id not in known])
    named = (*named, *fees)
    items = _made(Item, read["items"], fact_columns.ITEM)
    applications = _made(Application, read["applications"], fact_columns.APPLICATION)
    applied |= {a.item_id for p in named for a in p.allocations}
    applied |= {item_id for a in applications for item_id in (a.item_id, a.credit_id)}
    applied -= {item.id for item in items}
    points = tuple(as_point(row) for row in read["points"])
    orders = _made(Order, read["orders"], fact_columns.ORDER, OrderState)
    return AccountFacts(
        id=head.id,
        number=head.number,
        name=head.name,
        version=head.version,
        status=AccountState[head.status],
        stage=Stage[head.stage],
        currency=head.currency,
        segment=head.segment,
        business_date=head.business_date,
        opened_on=head.opened_on,
        next_action=next_action(head),
        parked=head.parked_on
        and Parked(
            NextAction(head.parked_code, head.parked_on, head.parked_at), head.parked_by or 0, head.parked_since
        ),
        ladder_paused_by=head.ladder_paused_by and Holder.read(head.ladder_paused_by),
        credit_limit=head.credit_limit,
        cash_only=head.cash_only,
        owner=head.owner,
        party_kind=head.party_kind,
        zone=head.zone,
        home_zone=head.home_zone,
        times=head.times,
        language=head.lang,
        support=head.support,
        snoozes=head.snoozes or 0,
        points=points,
        parties=named_apart(points, _parties(read["parties"])),
        items=items,
        settled=settled(applied) if applied else (),
        promises=_promises(read["promises"]),
        holds=holds_of(read["holds"]),
        services=_made(Service, read["services"], fact_columns.SERVICE, ServiceState),
        orders=tuple(o for o in orders if o.status != OrderState.CANCELLED),
        lifted=tuple(o for o in orders if o.status == OrderState.CANCELLED),
        cases=tuple(map(case_of, read["cases"])),
        messages=_messages(read["messages"]),
        inbox=_made(Received, read["inbox"], fact_columns.RECEIVED, InboxState),
        payments=payments,
        named=named,
        applications=applications,
        attempts=attempts(read["attempts"]),
        elsewhere=attempts(read["elsewhere"], elsewhere=True),
        callbacks=_made(Callback, read["callbacks"], fact_columns.CALLBACK, CallbackState),
        pinned=tuple(row.text for row in read["pinned"]),
        lease_by=head.claimed_by if head.claimed else None,
        lease_until=head.lease_until if head.claimed else None,
        lease_since=head.claimed_at if head.claimed else None,
        fence=head.fence or 0,
        verified_by=head.verified_by or "",
        verified_at=head.verified_at,
        verified_fence=head.verified_fence or 0,
    )


def next_action(row: Any) -> NextAction | None:
    return row.next_action_on and NextAction(row.next_action_code, row.next_action_on, row.next_action_at)


def _made(
    kind: Callable[..., _V], rows: Sequence[Any], columns: str, state: type[State] | None = None
) -> tuple[_V, ...]:
    """Values of rows, their status as a state; what a row has beyond the columns is not for them."""
    names = columns.split(" ")
    if state is None:
        return tuple(kind(*row[: len(names)]) for row in rows)
    at = names.index("status")
    return tuple(kind(*row[:at], state[row[at]], *row[at + 1 : len(names)]) for row in rows)


def holds_of(rows: Sequence[Any]) -> tuple[Hold, ...]:
    return _made(Hold, rows, fact_columns.HOLD, HoldState)


def _parties(rows: Sequence[Any]) -> tuple[Party, ...]:
    """Each row is a contact point with its party before it."""
    found: dict[int, tuple[Any, list[Point]]] = {}
    for row in rows:
        _, points = found.setdefault(row.id, (row, []))
        if row.point_id is not None:
            names = fact_columns.POINT.split()
            points.append(as_point(SimpleNamespace(**{name: getattr(row, f"point_{name}") for name in names})))
    return tuple(
        Party(p.id, p.role, p.name, p.ord, p.kind, p.lang, p.zone, p.times, tuple(points))
        for p, points in found.values()
    )


def as_point(row: Any) -> Point:
    # What was stored with a number is what was known of it on that day: what is known of it now counts as well.
    zones = tuple(z for z in row.zones.split(",") if z)
    country: tuple[str, ...] = ()
    if row.kind in PHONE_KINDS:
        zones, country = reach(row.normalized, zones)
    given = row.normalized, row.consent_source, row.consent_on
    return Point(row.id, row.kind, row.value, row.ord, row.quality, row.consent, zones, country, *given)


def attempts_since(today: date) -> datetime:
    return datetime.combine(today - timedelta(days=ATTEMPT_DAYS), time(), UTC)


def attempts(rows: Sequence[Any], *, elsewhere: bool = False) -> tuple[Attempt, ...]:
    """The events without those taken back: what takes one back is always the younger. `elsewhere`: they are of other accounts."""
    gone = {row.supersedes for row in rows}
    return tuple(
        Attempt(
            *(r.at, r.action, r.result, r.counted, r.contact and r.right_party, r.point_id, r.id),
            other_account=r.other_account if elsewhere else 0,
        )
        for r in rows
        if r.action != VOID and r.id not in gone
    )


def _promises(rows: Sequence[Any]) -> tuple[Promise, ...]:
    """Each row is an instalment with its promise before it; those of one promise lie together."""
    found: dict[int, tuple[Any, list[Instalment]]] = {}
    for row in rows:
        _, instalments = found.setdefault(row.id, (row, []))
        if row.seq is not None:
            instalments.append(
                Instalment(row.seq, row.due, row.amount, row.paid, InstalmentState[row.instalment_status])
            )
    return tuple(
        Promise(
            id=row.id,
            kind=row.kind,
            status=PromiseState[row.status],
            total=row.total,
            settles=row.settles,
            confirm_by=row.confirm_by,
            confirmed_on=row.confirmed_on,
            made_on=row.made_on,
            grace_days=row.grace_days,
            instalments=tuple(instalments),
            method=row.method,
            made_by=row.made_by,
            override_by=row.override_by,
            override_reason=row.override_reason,
            supersedes=row.supersedes,
            closed_reason=row.closed_reason,
            ladder_step=row.ladder_step and Stage[row.ladder_step],
            grace_unit=row.grace_unit,
            closed_on=row.closed_on,
            made_at=row.made_at,
            closed_at=row.closed_at,
        )
        for row, instalments in found.values()
    )


def _messages(rows: Sequence[Any]) -> tuple[Message, ...]:
    """Each row is an item with its message before it; those of one message lie together."""
    found: dict[int, tuple[Any, list[int]]] = {}
    for row in rows:
        _, items = found.setdefault(row.id, (row, []))
        if row.item_id is not None:
            items.append(row.item_id)
    return tuple(
        Message(
            row.id,
            row.level,
            row.channel,
            MessageState[row.status],
            row.served_on,
            row.service_id,
            row.template,
            row.point_id,
            row.made_on,
            row.sent_on,
            row.lifted and MessageState[row.lifted],
            tuple(items),
        )
        for row, items in found.values()
    )


def settled(db: Connection, query: Any, key: dict[str, Any], ids: set[int]) -> tuple[Item, ...]:
    """Items of an account with nothing open."""
    return tuple(Item(*row) for row in db.execute(query, {**key, "ids": sorted(ids)}))


def payments_of(rows: Sequence[Any]) -> tuple[tuple[Payment, ...], set[int]]:
    """The payments of the window, and the items they are allocated to."""
    found: dict[int, tuple[Any, list[Allocation]]] = {}
    for row in rows:
        _, allocations = found.setdefault(row.id, (row, []))
        if row.item_id is not None:
            allocations.append(Allocation(row.item_id, row.allocated, row.directed, row.allocation_id))
    payments = [
        Payment(
            p.id,
            p.ref,
            p.received_on,
            p.method,
            p.amount,
            PaymentState[p.status],
            tuple(allocations),
            p.returned_reason,
            p.returned,
            p.recorded_at,
        )
        for p, allocations in found.values()
    ]
    return tuple(payments), {a.item_id for p in payments for a in p.allocations}
