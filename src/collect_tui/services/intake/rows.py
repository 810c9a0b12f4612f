"""Rows of one account. Natural keys become ids, what is derived is worked out, the parts are checked against each other."""

from __future__ import annotations

from collections.abc import Mapping

from collect_tui.domain.contact import times
from collect_tui.domain.errors import Invalid
from collect_tui.domain.states import AccountState, ServiceState
from collect_tui.services.intake.entries import PartyEntry
from collect_tui.services.intake.rows_work import holds, log, messages, orders, promises
from collect_tui.services.intake.rowset import Row, RowSet
from collect_tui.store.customers import name_rows, point_row
from collect_tui.store.phone_zones import known_zones


def rows_of(rows: RowSet, linked: tuple[int, dict[str, int]] | None = None) -> list[Row]:
    """All rows of one account. `linked`: id of the party and its points by short name, when the entry says `party_of`.

    Raises Invalid "load.incoherent" with where, path and what was expected.
    """
    rows.party_id, rows.points = linked or (rows.ground.ids(), {})
    rows.account_id = rows.ground.ids()
    if (rows.entry.party is None) == (linked is None):
        rows.bad("party", "or party_of has to be given, and not both.")
    if rows.entry.party is not None:
        party(rows, rows.entry.party, rows.party_id, "party")
    account(rows)
    others(rows)
    services(rows)
    items(rows, live_allocations(rows))
    payments(rows)
    log(rows)
    holds(rows)
    promises(rows)
    messages(rows)
    orders(rows)
    return rows.rows


def others(rows: RowSet) -> None:
    """The other parties; their contact points are numbered after those that the account has of the kind."""
    rows.shared, rows.points = rows.points, dict(rows.points)
    for index, other in enumerate(rows.entry.parties):
        path = f"parties[{index}]"
        if other.role not in rows.ground.codes.party_roles:
            rows.bad(f"{path}.role", "is no role of a party of this site.")
        party_id = rows.ground.ids()
        party(rows, other, party_id, path)
        rows.add("account_party", account_id=rows.account_id, party_id=party_id, role=other.role, ord=index + 1)


def party(rows: RowSet, party: PartyEntry, party_id: int, where: str) -> None:
    if party.zone is not None and party.zone not in known_zones():
        rows.bad(f"{where}.zone", "is no IANA time zone, such as America/Chicago.")
    try:
        said = times.read(party.times).text
    except Invalid as error:
        rows.bad(f"{where}.times", f"is no time to call: {error.message}")
    who = {"name": party.name, "kind": party.kind, "lang": party.lang, "zone": party.zone}
    rows.add("party", id=party_id, **who, times=said, support=party.support)
    rows.rows += [("name_token", row) for row in name_rows(rows.ground.tenant_id, party_id, party.name)]
    count: dict[str, int] = {}
    for short in rows.points:
        kind = short.rstrip("0123456789")
        count[kind] = max(count.get(kind, 0), int(short.removeprefix(kind)))
    seen: set[str] = set()
    region = rows.ground.region(party)
    for index, point in enumerate(party.points):
        path = f"{where}.points[{index}]"
        count[point.kind[0]] = order = point.order or count.get(point.kind[0], 0) + 1
        try:
            made = point_row(point.kind, point.value, rows.ground.country, point.zones, region=region)
        except Invalid as error:
            rows.bad(f"{path}.{error.field}", f"{error.message}.")
        if (short := f"{point.kind[0]}{order}") in rows.points:
            rows.bad(f"{path}.order", "is taken by another contact point of this kind.")
        if made["normalized"] in seen:
            rows.bad(f"{path}.value", "stands twice.")
        seen.add(made["normalized"])
        rows.points[short] = made["id"] = rows.ground.ids()
        rows.add(
            "contact_point",
            party_id=party_id,
            ord=order,
            quality=point.quality,
            consent=point.consent,
            consent_source=point.consent_source,
            consent_on=rows.ground.shift.maybe_day(point.consent_on),
            **made,
        )


def account(rows: RowSet) -> None:
    entry, shift = rows.entry, rows.ground.shift
    action = entry.next_action
    if entry.status == AccountState.OPEN and action is None:
        rows.bad("next_action", "is missing; an open account always has one.")
    if action is not None and action.code not in rows.ground.codes.next_actions:
        rows.bad("next_action.code", "is no next action of this site.")
    rows.add(
        "account",
        id=rows.account_id,
        number=entry.number,
        party_id=rows.party_id,
        segment=entry.segment,
        billing_system=entry.billing_system,
        owner=entry.owner,
        credit_limit=entry.credit_limit,
        cash_only=entry.cash_only,
        status=entry.status,
        stage=entry.stage,
        stage_on=shift.maybe_day(entry.stage_on),
        ladder_paused_by=None,  # set by what pauses it: a hold, else the open promise
        currency=entry.currency or rows.ground.currency,
        opened_on=shift.day(entry.opened_on),
        next_action_code=action.code if action else None,
        next_action_on=shift.day(action.on) if action else None,
        next_action_at=shift.maybe_at(action.at) if action else None,
        version=1,
        changed_by=rows.ground.by,
        changed_at=rows.ground.now,
    )
    rows.account = rows.rows[-1][1]


def services(rows: RowSet) -> None:
    for index, service in enumerate(rows.entry.services):
        path = f"services[{index}]"
        if (service.suspend_cause is None) == (service.status not in {ServiceState.ACTIVE, ServiceState.TERMINATED}):
            rows.bad(f"{path}.suspend_cause", "belongs to a service that is, or is to be, suspended, and to no other.")
        service_id = rows.put("service", service, path)
        for name in (service.product, service.identifier):
            rows.services[name] = None if name in rows.services else service_id


def live_allocations(rows: RowSet) -> dict[str, int]:
    """Minor units allocated to each document by payments that stand."""
    live: dict[str, int] = {}
    known = {item.doc_no for item in rows.entry.items}
    for index, payment in enumerate(rows.entry.payments):
        total = 0
        for place, part in enumerate(payment.allocations):
            if part.item not in known:
                rows.bad(f"payments[{index}].allocations[{place}].item", "names no item of this account.")
            total += part.amount
            if payment.outcome is None:
                live[part.item] = live.get(part.item, 0) + part.amount
        if total > payment.amount:
            rows.bad(f"payments[{index}].allocations", "come to more than the payment.")
    return live


def items(rows: RowSet, live: Mapping[str, int]) -> None:
    for index, item in enumerate(rows.entry.items):
        path = f"items[{index}]"
        if item.doc_no in rows.items:
            rows.bad(f"{path}.doc_no", "stands twice.")
        if (item.kind == "credit") != (item.amount < 0):
            rows.bad(f"{path}.amount", "is negative for a credit, and for nothing else.")
        left = item.amount - live.get(item.doc_no, 0)
        if left < 0 <= item.amount:
            rows.bad(f"{path}.amount", "is less than the payments allocated to it.")
        if item.disputed > max(0, left):
            rows.bad(f"{path}.disputed", "is more than what is open on the item.")
        service = rows.service_id(f"{path}.service", item.service)
        rows.items[item.doc_no] = rows.put("item", item, path, "service", service_id=service, open=left, source="")


def payments(rows: RowSet) -> None:
    shift = rows.ground.shift
    for index, payment in enumerate(rows.entry.payments):
        if (payment.outcome is None) != (payment.returned_on is None):
            rows.bad(
                f"payments[{index}].returned_on", "belongs to a payment that was returned or reversed, and to no other."
            )
        rows.closed(
            f"payments[{index}].returned", payment.outcome is not None, payment.returned_at, payment.returned_by
        )
        applied = sum(part.amount for part in payment.allocations)
        standing = "APPLIED" if applied == payment.amount else "PARTLY_APPLIED" if applied else "UNAPPLIED"
        at = shift.at(payment.recorded_at) if payment.recorded_at else shift.noon(payment.received_on)
        back = shift.instant(payment.returned_at, payment.returned_on, after=payment.recorded_at)
        payment_id = rows.put(
            "payment",
            payment,
            f"payments[{index}]",
            "outcome",
            "allocations",
            status=payment.outcome or standing,
            recorded_at=at,
            returned_at=back,
        )
        for part in payment.allocations:
            rows.add(
                "allocation",
                id=rows.ground.ids(),
                payment_id=payment_id,
                item_id=rows.items[part.item],
                amount=part.amount,
                at=at,
                reversed_at=back,
                directed=True,
            )
