"""One account as the first screen shows it, and its panes: facts, policy and store meet, nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from sqlmodel import Session as Db

from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.account import (
    AccountView,
    AgeingView,
    HoldView,
    InstalmentView,
    ItemView,
    OrderView,
    PaneName,
    PaneView,
    PaymentView,
    PointView,
    PromiseView,
    RequiredPart,
    ServiceView,
    WaitingMessage,
)
from collect_tui.desk.views.message import MessageView
from collect_tui.domain.account.ageing import age, bucket, days_past_due
from collect_tui.domain.contact.points import candidate_zones, first_zone, of_party, zones_at
from collect_tui.domain.contact.verification import is_verified
from collect_tui.domain.contact.zones import clocks
from collect_tui.domain.dates import clock, local_time
from collect_tui.domain.facts import AccountFacts, Hold, Item, Order, Payment, Point, Promise, Service
from collect_tui.domain.hold import freezing
from collect_tui.domain.hold.decide import forbids
from collect_tui.domain.money import format_minor
from collect_tui.domain.order import required
from collect_tui.domain.order.stuck import is_stuck
from collect_tui.domain.order.suspension import first_suspension_day
from collect_tui.domain.parts import UNDATED
from collect_tui.domain.states import WAITING_MESSAGE, PaymentState, ServiceState
from collect_tui.policy.attempts import calls, most_attempts, of_customer
from collect_tui.policy.contact import label, may_call
from collect_tui.policy.message import against_notices
from collect_tui.policy.restore import may_restore
from collect_tui.policy.suspend import may_suspend
from collect_tui.services import masking
from collect_tui.services.case_views import of_account, open_cases, reader_of
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.verdict_view import next_action, verdict_view
from collect_tui.store import agents, cases, linked, panes, queues
from collect_tui.store import facts as load_facts
from collect_tui.store.tables import AccountSummary

LATEST: Final = 10
"""Payments that an account lists by themselves."""
_TAKEN_BACK: Final = frozenset({PaymentState.RETURNED, PaymentState.REVERSED})


def _received(payment: Payment) -> tuple[date, int]:
    return payment.received_on, payment.id


def account_view(db: Db, desk: DeskContext, number: str) -> AccountView:
    seen = load_facts.load(db, desk.tenant_id, number)
    catalogue, now = desk.catalogue(), desk.clock()
    rules = catalogue.rules
    may = may_call(seen, now, rules.contact, catalogue.holds)
    zones, contact = candidate_zones(seen), rules.contact.of(seen.party_kind)
    sums = db.get(AccountSummary, (desk.tenant_id, seen.id)) or AccountSummary(
        tenant_id=desk.tenant_id, account_id=seen.id
    )
    stand = queues.stand(db, desk.tenant_id, catalogue, seen.id, seen.business_date, now)
    dpd = days_past_due(seen.oldest_due, seen.business_date)
    promise = seen.open_promise
    standing = sorted((p for p in seen.payments if p.status not in _TAKEN_BACK), key=_received, reverse=True)
    last_payment = max((p for p in seen.payments if p.method != UNDATED), key=_received, default=None)
    callback = min((c.at for c in seen.callbacks), default=None)
    last_contact = seen.attempts[-1].at if seen.attempts else sums.last_attempt_at
    ages = age(((i.due, i.open) for i in seen.items), seen.business_date)
    verified = is_verified(seen, desk.user, now, rules.verification)
    view = AccountView.made_of(
        seen,
        now=now,
        agent=agents.view(db, desk.tenant_id, desk.user, now),
        verified=verified,
        hidden=False,
        linked=linked.count(db, desk.tenant_id, seen.id),
        desk_zone=rules.zone,
        promised=sum(i.outstanding for i in promise.instalments) if promise else 0,
        dpd=dpd,
        paused_since=freezing.since(seen, catalogue.holds),
        bucket=bucket(dpd),
        ageing=AgeingView(
            current=ages.current,
            b1_30=ages.b1,
            b31_60=ages.b2,
            b61_90=ages.b3,
            b91_plus=ages.b4,
            credits=ages.credits,
            total=ages.total,
            past_due=ages.past_due,
        ),
        points=tuple(point_view(p, seen, desk) for p in seen.every_point),
        may_call=verdict_view(may, seen, rules),
        call_label=label(may, most_attempts(seen, now, contact, zones), contact.max_attempts, zones, now),
        items=tuple(item_view(i, seen) for i in sorted(seen.items, key=lambda i: (i.due, i.doc_no))),
        promise=promise_view(promise) if promise else None,
        broken_12m=sums.broken_12m,
        kept_12m=sums.kept_12m,
        holds=tuple(hold_view(h, desk) for h in seen.holds),
        services=tuple(service_view(s, seen, desk) for s in seen.services),
        orders=tuple(order_view(o, seen, desk) for o in seen.orders),
        waiting=tuple(
            WaitingMessage.made_of(m, name=m.level or m.template or str(m.id))
            for m in seen.messages
            if m.status in WAITING_MESSAGE
        ),
        notices=against_notices(seen, rules),
        cases=open_cases(seen, desk, db),
        unapplied_payments=tuple(payment_view(p, seen) for p in seen.payments if p.unapplied),
        latest_payments=tuple(payment_view(p, seen) for p in standing[:LATEST]),
        last_payment=payment_view(last_payment, seen) if last_payment else None,
        last_word=panes.last_word(db, desk.tenant_id, seen.id),
        last_contact_at=last_contact,
        next_action=next_action(seen, catalogue.codes, rules.zone, now),
        next_action_on=seen.next_action.on if seen.next_action else None,
        callback_at=callback,
        zone=first_zone(seen),
        zones=zones,
        queue=stand.queue,
        chips=stand.chips,
        claimed_by=seen.lease_by if seen.lease_until and seen.lease_until > now else None,
    )
    return view if verified or rules.verification.mode != "hide" else masking.unverified(view)


def pane_view(db: Db, desk: DeskContext, number: str, pane: PaneName, cursor: str | None, limit: int) -> PaneView:
    """Panes that are read from the facts have no pages; those with time in them do."""
    if not 1 <= limit <= 1000:
        raise Invalid("pane.limit", "The limit of a page is 1 to 1,000 rows.", "limit")
    seen = load_facts.load(db, desk.tenant_id, number)
    here: dict[str, Any] = {"account": seen.number, "pane": pane, "currency": seen.currency}
    rules = desk.catalogue().rules.verification
    if rules.mode == "hide" and pane != "points" and not is_verified(seen, desk.user, desk.clock(), rules):
        return PaneView(account=seen.number, pane=pane)
    match pane:
        case "timeline":
            rows, more = panes.timeline(db, desk.tenant_id, seen.id, cursor=cursor, limit=limit)
            return PaneView(**here, timeline=rows, cursor=more)
        case "payments":
            paid, more = panes.payments(db, desk.tenant_id, seen.id, cursor=cursor, limit=limit)
            return PaneView(**here, payments=paid, cursor=more)
        case "promises":
            return PaneView(**here, promises=panes.promises(db, desk.tenant_id, seen.id))
        case "audit":
            reader, of = reader_of(desk, db), cases.kinds_of(db, desk.tenant_id, seen.id)
            entries, more = panes.audit(
                db, desk.tenant_id, seen.id, cursor=cursor, limit=limit, readable=lambda c: reader.may_read(c, of)
            )
            return PaneView(**here, audit=entries, cursor=more)
        case "messages":
            messages, more = panes.messages(db, desk.tenant_id, seen, cursor=cursor, limit=limit)
            return PaneView(**here, messages=messages, cursor=more)
        case "cases":
            return PaneView(**here, cases=of_account(desk, db, seen.id))
        case "linked":
            found = linked.others(db, desk.tenant_id, seen.id, seen.business_date, desk.clock())
            return PaneView(**here, linked=found)
        case "items":
            return PaneView(**here, items=panes.items(db, desk.tenant_id, seen.id, seen.business_date))
        case "points":
            return PaneView(**here, points=tuple(point_view(p, seen, desk) for p in seen.every_point))
        case "services":
            services = tuple(service_view(s, seen, desk) for s in seen.services)
            return PaneView(**here, services=services, orders=tuple(order_view(o, seen, desk) for o in seen.orders))


def message_view(db: Db, desk: DeskContext, number: str, message_id: int) -> MessageView:
    """One message, whole. Raises NotFound."""
    return panes.message(db, desk.tenant_id, load_facts.load(db, desk.tenant_id, number), message_id)


def point_view(point: Point, seen: AccountFacts, desk: DeskContext) -> PointView:
    rules, holds, now = desk.catalogue().rules, desk.catalogue().holds, desk.clock()
    contact = rules.contact.of(seen.party_kind)
    since = now - timedelta(days=contact.window_days)
    party = seen.party_of(point)
    there = clocks((z, local_time(now, z)) for z in zones_at(of_party(seen, point), point))
    times = (clock(now, zone) for zone, _ in there)
    return PointView.made_of(
        point,
        local_time=" / ".join(times),
        may_call=verdict_view(may_call(seen, now, rules.contact, holds, point), seen, rules)
        if point.kind not in {"email", "address", "social"}
        else None,
        party=party.name if party else "",
        role=party.role if party else "",
        attempts_7d=sum(a.point_id == point.id and a.at > since for a in calls(of_customer(seen), contact)),
    )


def item_view(item: Item, seen: AccountFacts) -> ItemView:
    service = next((s.product for s in seen.services if s.id == item.service_id), None)
    return ItemView.made_of(item, dpd=days_past_due(item.due, seen.business_date) if item.open else 0, service=service)


def promise_view(promise: Promise) -> PromiseView:
    override = f"{promise.override_by}: {promise.override_reason}" if promise.override_by else None
    return PromiseView.made_of(
        promise,
        instalments=tuple(
            InstalmentView(seq=i.seq, due=i.due, amount=i.amount, paid=i.paid, status=i.status)
            for i in promise.instalments
        ),
        override=override,
    )


def hold_view(hold: Hold, desk: DeskContext) -> HoldView:
    kind = desk.catalogue().holds.get(hold.kind)
    return HoldView.made_of(hold, blocks=forbids(kind))


def service_view(service: Service, seen: AccountFacts, desk: DeskContext) -> ServiceView:
    catalogue = desk.catalogue()
    suspend = restore = needed = None
    if service.status == ServiceState.ACTIVE:
        tomorrow = seen.business_date + timedelta(days=1)
        effective = (
            first_suspension_day(tomorrow, catalogue.rules.suspend.of(service.product), desk.calendar) or tomorrow
        )
        suspend = verdict_view(
            may_suspend(seen, service, effective, catalogue.rules.suspend, catalogue.holds, desk.calendar),
            seen,
            catalogue.rules,
        )
    elif service.status == ServiceState.SUSPENDED:
        restore = verdict_view(may_restore(seen, service, catalogue.rules, catalogue.holds), seen, catalogue.rules)
        needed = required.to_restore(seen, service, catalogue.rules, catalogue.holds)
    return ServiceView.made_of(
        service,
        suspend=suspend,
        restore=restore,
        required_to_restore=None if needed is None else needed.total,
        required_parts=_parts(needed.parts if needed else ()),
        not_needed=_parts(needed.besides if needed else ()),
    )


def _parts(parts: Iterable[required.Part]) -> tuple[RequiredPart, ...]:
    return tuple(RequiredPart(what=part.what, amount=part.amount) for part in parts)


def order_view(placed: Order, seen: AccountFacts, desk: DeskContext) -> OrderView:
    return OrderView.made_of(
        placed,
        product=seen.service(placed.service_id).product,
        stuck=is_stuck(placed, seen.business_date, desk.catalogue().rules),
    )


def payment_view(payment: Payment, seen: AccountFacts) -> PaymentView:
    docs = {i.id: i.doc_no for i in seen.items}
    return PaymentView.made_of(
        payment,
        applied_to=tuple(
            f"{docs.get(a.item_id, 'settled item')} {format_minor(a.amount, seen.currency)}"
            for a in payment.allocations
        ),
    )
